namespace IMDD.Learning.Trainer.Bench;

/// <summary>Times of the denoising network, milliseconds where nothing else is said, and memory of a process of its own, beyond what it holds when loaded.</summary>
internal sealed record FoundationBenchResult
{
    public required string Configuration { get; init; }

    public required int Batch { get; init; }

    public required int LatentSide { get; init; }

    public required int Threads { get; init; }

    /// <summary>Side of the pictures that such latents are of, pixels.</summary>
    public required int ImageSide { get; init; }

    public required string Device { get; init; }

    public required string Precision { get; init; }

    public required long UnetParameters { get; init; }

    /// <summary>Model FLOPs of a pass for one image, counted in the network, 10¹².</summary>
    public required double PassTflop { get; init; }

    /// <summary>The same of a step: three times a pass.</summary>
    public required double StepTflop { get; init; }

    /// <summary>Model FLOPs of passes a second, 10¹².</summary>
    public required double ForwardTflops { get; init; }

    /// <summary>Of steps; what checkpointed ones compute once more is not counted.</summary>
    public required double StepTflops { get; init; }

    /// <summary>Of checkpointed steps.</summary>
    public required double CheckpointedStepTflops { get; init; }

    /// <summary>What the device can do, as the command line says; null where it does not.</summary>
    public required double? PeakTflops { get; init; }

    /// <summary>Model FLOP utilisation of passes: their operations a second over the device's; null without the latter.</summary>
    public required double? ForwardUtilisation { get; init; }

    /// <summary>The same of steps.</summary>
    public required double? StepUtilisation { get; init; }

    /// <summary>One pass without gradients.</summary>
    public required double ForwardMs { get; init; }

    public required double ForwardImagesPerSecond { get; init; }

    /// <summary>Forward and backward.</summary>
    public required double StepMs { get; init; }

    public required double StepImagesPerSecond { get; init; }

    /// <summary>Forward and backward of the same operations without modules.</summary>
    public required double BareStepMs { get; init; }

    /// <summary>Step over pass: one more than the work of a backward pass in passes.</summary>
    public required TimeRatio StepToForward { get; init; }

    /// <summary>Step over bare step.</summary>
    public required TimeRatio StepToBare { get; init; }

    /// <summary>The same step in the PyTorch that the interpreter has; null where it has none.</summary>
    public required PythonStep? Python { get; init; }

    /// <summary>Step over that one, by the clock; null where there is none. Below 1 this program is the faster one.</summary>
    public required double? StepToPython { get; init; }

    /// <summary>The same of passes.</summary>
    public required double? ForwardToPython { get; init; }

    public required double CheckpointedStepMs { get; init; }

    /// <summary>Checkpointed step over step.</summary>
    public required TimeRatio CheckpointedToStep { get; init; }

    /// <summary>A step with the channels of a pixel side by side over step; null where it was not measured.</summary>
    public required TimeRatio? ChannelsLastToStep { get; init; }

    /// <summary>Time of the sampler over that of as many bare passes; null where it was left out.</summary>
    public required TimeRatio? SamplingToForward { get; init; }

    /// <summary>The same with classifier-free guidance, over twice as many passes.</summary>
    public required TimeRatio? GuidedSamplingToForward { get; init; }

    /// <summary>Null, as all of memory, where it was not measured.</summary>
    public required long? ForwardPeakBytes { get; init; }

    public required long? StepPeakBytes { get; init; }

    public required long? CheckpointedPeakBytes { get; init; }

    /// <summary>Peak of a checkpointed step over that of a step.</summary>
    public required double? CheckpointedPeakToStepPeak { get; init; }

    /// <summary>Goals, by the clock; they are those of <c>base</c> with pictures of 512 by 512 pixels, four a step.</summary>
    public IReadOnlyList<BenchCheck> Checks =>
    [
        new("step_to_bare", 1.05, StepToBare.Clock),
        new("checkpointed_to_step", 1.4, CheckpointedToStep.Clock),
        new("checkpointed_peak_to_step_peak", 0.6, CheckpointedPeakToStepPeak),
        new("sampling_to_forward", 1.05, SamplingToForward?.Clock),
        new("guided_sampling_to_forward", 1.05, GuidedSamplingToForward?.Clock),
    ];
}
