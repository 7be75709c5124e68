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

    /// <summary>
    /// Records the launches of a run once for each shape and replays them: saves the time between kernels, which is most of a small network's.
    /// For <c>cuda</c>.
    /// </summary>
    public bool CudaGraphs { get; init; }

    /// <summary>Lets TensorRT compute in 16 bits where it finds that faster. For <c>tensorrt</c>; the probes still have to agree.</summary>
    public bool Fp16 { get; init; }

    /// <summary>
    /// Where TensorRT's engines are kept, which take minutes to build, each model's in a folder named by its digest and, in that, by the profile that they were
    /// made for; empty: nowhere. For <c>tensorrt</c>. What is in it can be deleted at any time.
    /// </summary>
    public string EngineCacheDirectory { get; init; } = "";

    /// <summary>What a TensorRT engine is made for, so that one serves; null: it is made anew for each shape outside those before. For <c>tensorrt</c>.</summary>
    public EngineProfile? Engine { get; init; }

    /// <summary>Most images of one run.</summary>
    public int MaxBatch { get; init; } = 8;

    /// <summary>Sizes run once before the first frame, so that it does not pay for allocation and kernel selection.</summary>
    public IReadOnlyList<(int Width, int Height)> WarmUpSizes { get; init; } = [];

    /// <summary>
    /// Longest a warm run of one frame of each of <see cref="WarmUpSizes"/> may take; a model that needs longer is not made, for it would miss every
    /// deadline. Null: any time.
    /// </summary>
    public TimeSpan? Deadline { get; init; }

    /// <summary>Options that the execution provider does not have, by name, with what they need.</summary>
    public IEnumerable<(string Option, string Rule)> Problems()
    {
        if (CudaGraphs && ExecutionProvider != ExecutionProviders.Cuda)
        {
            // TensorRT's provider keeps one recording, whatever the shape: another batch size would be answered with the wrong one.
            yield return (nameof(CudaGraphs), $"needs the execution provider {ExecutionProviders.Cuda}");
        }

        if (Fp16 && ExecutionProvider != ExecutionProviders.TensorRt)
        {
            yield return (nameof(Fp16), $"needs the execution provider {ExecutionProviders.TensorRt}; for another, use a bundle exported in 16 bits");
        }

        if (EngineCacheDirectory.Length > 0 && ExecutionProvider != ExecutionProviders.TensorRt)
        {
            yield return (nameof(EngineCacheDirectory), $"needs the execution provider {ExecutionProviders.TensorRt}");
        }
    }
}
