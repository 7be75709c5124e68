using System.Diagnostics;
using IMDD.Learning.Networks;
using IMDD.Learning.Networks.Diffusion.Sampling;
using IMDD.Learning.Networks.Losses;
using IMDD.Learning.Networks.Training;
using IMDD.Learning.Weights.Configurations;
using TorchSharp;
using static TorchSharp.torch;

namespace IMDD.Learning.Trainer.Bench;

/// <summary>Many training steps of both stages on drawn batches, the live tensors counted before and after.</summary>
internal static class FoundationSteps
{
    // The first steps make the optimizer's moments, which stay.
    private const int First = 2;
    private const int Seed = 1;
    private const int Classes = 3;

    /// <summary>Trains both stages in turn.</summary>
    /// <param name="configuration">The model.</param>
    /// <param name="steps">Steps of each stage after the first ones.</param>
    /// <param name="side">Side of the latents, a multiple of what the denoising network halves.</param>
    /// <param name="threads">Of libtorch.</param>
    /// <param name="isCheckpointed">Whether the denoising network keeps its layers' inputs alone.</param>
    /// <param name="progress">Told the steps taken.</param>
    public static FoundationStepsResult Run(FoundationConfiguration configuration, int steps, int side, int threads, bool isCheckpointed, Action<int>? progress = null)
    {
        set_num_threads(threads);
        using var scope = NewDisposeScope();
        manual_seed(Seed);
        using FoundationNetwork network = new(configuration);
        network.Unet.Checkpointed = isCheckpointed;
        using DiffusionStep diffusion = new(network);
        using MaskStep masks = new(network, new MaskCriterion(points: new MaskPointOptions(Count: 256)));
        using NoiseSource random = new(Seed);
        var texts = DiffusionBatchOf(configuration, side, random);
        var targets = MaskBatchOf(configuration, side, random);
        for (var step = 0; step < First; step++)
        {
            Step();
        }

        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        var memory = PeakMemory.Resident();
        var start = Stopwatch.GetTimestamp();
        for (var step = 1; step <= steps; step++)
        {
            Step();
            progress?.Invoke(step);
        }

        return new FoundationStepsResult
        {
            Configuration = configuration.Name,
            Steps = steps,
            LiveTensorsBefore = before,
            LiveTensorsAfter = DisposeScopeManager.Statistics.ThreadTotalLiveCount,
            ResidentGrowthBytes = PeakMemory.Resident() - memory,
            StepPairMs = Stopwatch.GetElapsedTime(start).TotalMilliseconds / steps,
        };

        void Step()
        {
            diffusion.Run(texts, random);
            masks.Run(targets, random);
        }
    }

    private static DiffusionBatch DiffusionBatchOf(FoundationConfiguration configuration, int side, NoiseSource random)
    {
        var text = configuration.Text;
        return new DiffusionBatch(
            random.Draw([2, configuration.Unet.InChannels, side, side]),
            random.Draw([2, configuration.Clip.Projection]),
            random.Draw([2, text.Context, text.Tower.Width]),
            random.Draw([2, text.Tower.Width]),
            tensor(new float[] { 1, 0 }));
    }

    private static MaskBatch MaskBatchOf(FoundationConfiguration configuration, int side, NoiseSource random)
    {
        var square = zeros(1, side, side);
        square.narrow(1, 0, side / 2).fill_(1);
        return new MaskBatch(
            [.. configuration.Masks.InChannels.Select((channels, level) => random.Draw([2, channels, side >> level, side >> level]))],
            [new MaskTargets(tensor(new long[] { 1 }), square), new MaskTargets(zeros([0], int64), zeros(0, side, side))],
            random.Draw([Classes, configuration.Vocabulary.TextWidth]),
            random.Draw([2, Classes, configuration.Vocabulary.TextWidth]));
    }
}
