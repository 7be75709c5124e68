namespace IMDD.Synthetics;

/// <summary>A frame with its ground truth.</summary>
public sealed record SyntheticSample
{
    /// <summary>Pixels.</summary>
    public required int Width { get; init; }

    /// <summary>Pixels.</summary>
    public required int Height { get; init; }

    /// <summary>RGB, row-major, <c>Height × Width × 3</c> bytes.</summary>
    public required byte[] Rgb { get; init; }

    /// <summary>All defects together, row-major, <c>Height × Width</c> bytes: 255 defective, 0 not.</summary>
    public required byte[] Mask { get; init; }

    /// <summary>The defects; empty for a good frame.</summary>
    public required IReadOnlyList<SyntheticDefect> Defects { get; init; }

    /// <summary>The surface.</summary>
    public required SurfaceTexture Texture { get; init; }

    /// <summary>What the frame was made from.</summary>
    public required ulong Seed { get; init; }
}
