using IMDD.Synthetics.Rendering;

namespace IMDD.Synthetics.Textures;

/// <summary>One product's material: paints itself, and says what shows where its skin is broken.</summary>
internal abstract class Surface
{
    /// <summary>The material below the skin: what a scratch or a chip lays bare.</summary>
    public abstract Rgb Fresh { get; }

    /// <summary>What shows in the depth of a crack or a hole.</summary>
    public virtual Rgb Deep => Rgb.Grey(0.012f);

    /// <summary>Gloss of <see cref="Fresh"/>.</summary>
    public virtual float FreshGloss => 0.15f;

    /// <summary>Gloss of the intact skin, about.</summary>
    public virtual float SkinGloss => 0.15f;

    /// <summary>Mean reflectance of the skin.</summary>
    public abstract Rgb Skin { get; }

    /// <summary>Colour of the highlight.</summary>
    public virtual Rgb SpecularTint => Rgb.Grey(1f);

    /// <summary>The highlight's exponent is 2 to this.</summary>
    public virtual int SpecularDoublings => 4;

    /// <summary>How readily it bends rather than breaks; sheet metal is 1.</summary>
    public virtual float Pliancy => 1f;

    /// <summary>True for metals, where heat and rust have colours of their own.</summary>
    public virtual bool IsMetal => false;

    /// <summary>Fills all planes of the canvas.</summary>
    /// <param name="canvas">Where to.</param>
    /// <param name="pose">How the product lies.</param>
    /// <param name="random">The frame's own: each part of the line is another piece of the material.</param>
    public abstract void Paint(Canvas canvas, in Pose pose, SeededRandom random);

    /// <summary>Paints a bore: it belongs to the product and looks much like a place where a part is missing.</summary>
    public void PaintBore(Canvas canvas, in Pose pose, Part bore) => Mounting.Screw(canvas, pose, bore, missing: true, Skin, Deep);

    /// <summary>Paints a mounted part, or the place where it should be.</summary>
    /// <returns>The part's footprint.</returns>
    public abstract Patch PaintPart(Canvas canvas, in Pose pose, Part part, bool missing);
}
