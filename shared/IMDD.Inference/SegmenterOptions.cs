namespace IMDD.Inference;

/// <summary>How a bundle is run.</summary>
public sealed record SegmenterOptions
{
    /// <summary><c>cpu</c>, <c>cuda</c> or <c>tensorrt</c>. One that this build or this machine does not have is an error.</summary>
    public string ExecutionProvider { get; init; } = ExecutionProviders.Cpu;

    /// <summary>Threads of one run; 0: one per physical core.</summary>
    public int Threads { get; init; }

    /// <summary>Index of the accelerator.</summary>
    public int DeviceId { get; init; }

    /// <summary>Most images of one run.</summary>
    public int MaxBatch { get; init; } = 8;

    /// <summary>Sizes run once before the first frame, so that it does not pay for allocation and kernel selection.</summary>
    public IReadOnlyList<(int Width, int Height)> WarmUpSizes { get; init; } = [];

    /// <summary>
    /// Longest a warm run of one frame of each of <see cref="WarmUpSizes"/> may take; a model that needs longer is not made, for it would miss every
    /// deadline. Null: any time.
    /// </summary>
    public TimeSpan? Deadline { get; init; }
}
