using IMDD.Synthetics.Rendering;

namespace IMDD.Synthetics.Defects;

/// <summary>Damages the canvas and says exactly where.</summary>
internal interface IDefectPainter
{
    /// <summary>Coverage from which on a pixel belongs to the mask.</summary>
    const float MaskThreshold = 0.35f;

    /// <summary>Changes relief, reflectance and gloss; the light makes the rest.</summary>
    /// <returns>The coverage; the mask is where it reaches <see cref="MaskThreshold"/>.</returns>
    Patch Paint(DefectSite site);
}
