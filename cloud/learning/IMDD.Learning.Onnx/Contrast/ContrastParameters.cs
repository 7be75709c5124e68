namespace IMDD.Learning.Onnx.Contrast;

/// <summary>
/// The numbers of the contrast model. They were set by hand on synthetic surfaces and looked at on real ones; nothing is trained.
/// </summary>
public static class ContrastParameters
{
    /// <summary>Height and width must be multiples of this.</summary>
    public const int Stride = 32;

    /// <summary>Pixels per output element, each way.</summary>
    public const int OutputStride = 2;

    /// <summary>Cells of the fine scale's neighbourhood and of the coarse scale's own grid, in output elements.</summary>
    public const int PoolSize = 4;

    /// <summary>Elements of the fine scale per block of which the strongest counts.</summary>
    public const int FineBlock = 8;

    /// <summary>Elements of the coarse scale per block of which the strongest counts.</summary>
    public const int CoarseBlock = 2;

    /// <summary>Size of the blurs.</summary>
    public const int Blur = 3;

    /// <summary>Share of blocks, in percent, that are stronger than what is called the middle.</summary>
    public const int MiddlePercent = 50;

    /// <summary>Share of blocks, in percent, that are stronger than what is called the upper end.</summary>
    public const int UpperPercent = 10;

    /// <summary>How many times the distance from the middle to the upper end a block must stand out.</summary>
    public const float Spread = 3;

    /// <summary>Contrast that always counts as normal, grey levels of 255.</summary>
    public const float FloorLevels = 4;

    /// <summary>Steepness of the probability against contrast relative to the limit.</summary>
    public const float Steepness = 6;

    /// <summary>Length of an embedding.</summary>
    public const int EmbeddingLength = 15;
}
