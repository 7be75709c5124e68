namespace IMDD.Learning.Trainer.Bench;

/// <summary>What is measured.</summary>
/// <param name="Configuration">Which model.</param>
/// <param name="Batch">Images per run.</param>
/// <param name="LatentSide">Side of the latents.</param>
/// <param name="Runs">Runs of each kind, taken in turn; medians count.</param>
/// <param name="Threads">Of libtorch.</param>
/// <param name="SamplerSteps">Steps of the sampler that is compared with bare passes; 0 leaves it out.</param>
/// <param name="IsMemoryMeasured">Whether memory is, in processes of its own.</param>
/// <param name="Python">The interpreter whose PyTorch is measured beside, where it has one.</param>
/// <param name="Device">One of <see cref="TorchDevices.Names"/>.</param>
/// <param name="Precision">One of <see cref="BenchPlace.PrecisionNames"/>: of weights, feature maps and gradients.</param>
/// <param name="IsChannelsLastMeasured">Whether a step is also taken with the channels of a pixel side by side in memory.</param>
/// <param name="PeakTflops">What the device can do, 10¹² operations a second; null where nobody said it.</param>
internal sealed record FoundationBenchOptions(
    string Configuration,
    int Batch,
    int LatentSide,
    int Runs,
    int Threads,
    int SamplerSteps,
    bool IsMemoryMeasured,
    string Python,
    string Device,
    string Precision,
    bool IsChannelsLastMeasured,
    double? PeakTflops);
