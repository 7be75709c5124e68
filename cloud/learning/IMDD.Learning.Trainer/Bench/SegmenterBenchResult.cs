namespace IMDD.Learning.Trainer.Bench;

/// <summary>What <c>imdd bench segmenter</c> measured of one size. Times by the clock are medians of runs taken in turn.</summary>
internal sealed record SegmenterBenchResult
{
    public required string Size { get; init; }

    public required int Side { get; init; }

    public required int Threads { get; init; }

    public required long Parameters { get; init; }

    /// <summary>One frame in ONNX Runtime, 32-bit floats.</summary>
    public required double Fp32P50Ms { get; init; }

    /// <summary>The least of those times: what a machine with nothing else to do comes close to.</summary>
    public required double Fp32LeastMs { get; init; }

    /// <summary>One frame in ONNX Runtime, eight bits.</summary>
    public required double Int8P50Ms { get; init; }

    public required double Int8LeastMs { get; init; }

    public required TimeRatio Int8ToFp32 { get; init; }

    /// <summary>One frame in libtorch, without an export.</summary>
    public required double EagerP50Ms { get; init; }

    public required TimeRatio EagerToFp32 { get; init; }

    /// <summary>A training step, forward and backward, of <see cref="SegmenterBench.StepCrops"/> crops.</summary>
    public required double StepMs { get; init; }

    /// <summary>The same operations called on libtorch, without modules.</summary>
    public required double BareStepMs { get; init; }

    public required TimeRatio StepToBare { get; init; }

    /// <summary>The same step in the PyTorch that <c>python3</c> has; null where it has none.</summary>
    public required PythonStep? Python { get; init; }
}
