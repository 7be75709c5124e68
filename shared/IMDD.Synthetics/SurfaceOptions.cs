using IMDD.Synthetics.Looks;

namespace IMDD.Synthetics;

/// <summary>What a generator makes. One set of options is one product on one line; the frames differ by their seeds.</summary>
public sealed record SurfaceOptions
{
    /// <summary>Smallest and largest side of a frame, pixels.</summary>
    public const int MinSide = 64;

    /// <inheritdoc cref="MinSide"/>
    public const int MaxSide = 4096;

    /// <summary>Most defects a frame may have.</summary>
    public const int MaxDefectsPerFrame = 8;

    /// <summary>The surface.</summary>
    public SurfaceTexture Texture { get; init; } = SurfaceTexture.BrushedMetal;

    /// <summary>Pixels.</summary>
    public int Width { get; init; } = 512;

    /// <summary>Pixels.</summary>
    public int Height { get; init; } = 512;

    /// <summary>The product's look: colours, weave, layout, places of its parts. Equal for all frames of a line.</summary>
    public ulong ProductSeed { get; init; } = 1;

    /// <summary>Chance that a frame is defective, 0 to 1.</summary>
    public double DefectRate { get; init; } = 0.2;

    /// <summary>A defective frame has 1 to this many defects.</summary>
    public int MaxDefects { get; init; } = 2;

    /// <summary>Kinds to draw from; empty: the open kinds that occur on the surface.</summary>
    public IReadOnlyList<DefectKind> Kinds { get; init; } = [];

    /// <summary>Looks to draw instead of kinds; empty: kinds are drawn.</summary>
    public IReadOnlyList<DefectLook> Looks { get; init; } = [];

    /// <summary>
    /// Mounted parts (screws, rivets, components) the product has, beside a bore that is meant to be empty; 0: a plain surface, and no part
    /// can be missing.
    /// </summary>
    public int Parts { get; init; } = 2;

    /// <summary>Harmless marks on good and bad frames alike (dust, smudges, rubs, printed codes): 0 none, 1 as in a dirty plant.</summary>
    public double Clutter { get; init; } = 0.6;

    /// <summary>How much light, exposure and pose vary from frame to frame: 0 a laboratory, 1 a hand-held part.</summary>
    public double Variation { get; init; } = 0.5;

    internal void Validate()
    {
        Check(Width is >= MinSide and <= MaxSide, nameof(Width), Width, $"{MinSide} to {MaxSide}");
        Check(Height is >= MinSide and <= MaxSide, nameof(Height), Height, $"{MinSide} to {MaxSide}");
        Check(DefectRate is >= 0 and <= 1, nameof(DefectRate), DefectRate, "0 to 1");
        Check(MaxDefects is >= 1 and <= MaxDefectsPerFrame, nameof(MaxDefects), MaxDefects, $"1 to {MaxDefectsPerFrame}");
        Check(Parts is >= 0 and <= 8, nameof(Parts), Parts, "0 to 8");
        Check(Clutter is >= 0 and <= 1, nameof(Clutter), Clutter, "0 to 1");
        Check(Variation is >= 0 and <= 1, nameof(Variation), Variation, "0 to 1");
        Check(Enum.IsDefined(Texture), nameof(Texture), Texture, "a known texture");
        Check(Looks.Count == 0 || Kinds.Count == 0, nameof(Looks), Looks.Count, "none where kinds are given");
        Check(
            Parts > 0 || !Kinds.Contains(DefectKind.MissingPart), nameof(Kinds), DefectKind.MissingPart.Name(), "a kind that needs no part, since Parts is 0");
    }

    private static void Check<T>(bool valid, string name, T value, string expected)
    {
        if (!valid)
        {
            throw new ArgumentOutOfRangeException(name, value, $"{name} is {value}: expected {expected}.");
        }
    }
}
