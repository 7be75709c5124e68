namespace IMDD.Inference;

/// <summary>
/// The segmenter contract's outputs for one image. Planes are row-major with <see cref="RowStride"/> floats between rows (the padding is
/// still there); only <see cref="Width"/> by <see cref="Height"/> of them are the image.
/// </summary>
public sealed class SegmentationResult
{
    /// <summary>Columns of the planes that belong to the image.</summary>
    public required int Width { get; init; }

    /// <summary>Rows of the planes that belong to the image.</summary>
    public required int Height { get; init; }

    /// <summary>Elements from one row to the next.</summary>
    public required int RowStride { get; init; }

    /// <summary>Input pixels per output pixel, each way.</summary>
    public required int OutputStride { get; init; }

    /// <summary>Calibrated probability that the pixel is defective.</summary>
    public required ReadOnlyMemory<float> Defect { get; init; }

    /// <summary>Row of <c>text</c> that fits best.</summary>
    public required ReadOnlyMemory<int> Class { get; init; }

    /// <summary>Calibrated score of that row alone.</summary>
    public required ReadOnlyMemory<float> ClassScore { get; init; }

    /// <summary>Best minus second-best class.</summary>
    public required ReadOnlyMemory<float> ClassMargin { get; init; }

    public required float ImageScore { get; init; }

    /// <summary>The frame as a whole.</summary>
    public required ReadOnlyMemory<float> Embedding { get; init; }
}
