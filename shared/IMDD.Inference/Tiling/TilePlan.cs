namespace IMDD.Inference.Tiling;

/// <summary>
/// How a frame is cut into tiles that a model takes one by one: for frames larger than what the model was trained on, or than the memory
/// allows. Both numbers are rounded up to the model's stride when they are used.
/// </summary>
public sealed record TilePlan
{
    /// <param name="width">Pixels of a tile, 1 to <see cref="FrameSize.MaxSide"/>.</param>
    /// <param name="height">Pixels of a tile, 1 to <see cref="FrameSize.MaxSide"/>.</param>
    /// <param name="overlap">Pixels that neighbours share, 0 to <see cref="LargestOverlap"/>.</param>
    public TilePlan(int width, int height, int overlap)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(width, FrameSize.MaxSide);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(height, FrameSize.MaxSide);
        ArgumentOutOfRangeException.ThrowIfNegative(overlap);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(overlap, LargestOverlap(width, height));
        (Width, Height, Overlap) = (width, height, overlap);
    }

    /// <summary>Pixels of a tile.</summary>
    public int Width { get; }

    /// <summary>Pixels of a tile.</summary>
    public int Height { get; }

    /// <summary>
    /// Pixels that neighbours share, each way. The network sees less around a tile's edge than within; each of two neighbours answers for
    /// its half of what they share, so half of this is how far every answer stays from an edge that is not the frame's.
    /// </summary>
    public int Overlap { get; }

    /// <summary>Most pixels that neighbours of this size may share: half of the shorter side.</summary>
    public static int LargestOverlap(int width, int height) => Math.Min(width, height) / 2;

    /// <summary>The size of a tile as a model of this stride takes it, pixels; a frame that is smaller in one direction is not tiled in it.</summary>
    public (int Width, int Height) SizeFor(int stride) => (TileAxis.TileLength(Width, Overlap, stride), TileAxis.TileLength(Height, Overlap, stride));

    /// <summary>The same of the tiles of a frame of some size, pixels.</summary>
    public (int Width, int Height) SizeIn(int width, int height, int stride)
        => (TileAxis.LengthIn(width, Width, Overlap, stride), TileAxis.LengthIn(height, Height, Overlap, stride));
}
