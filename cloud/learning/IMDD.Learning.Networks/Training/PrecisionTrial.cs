using System.Diagnostics;
using System.Globalization;
using System.Runtime.Intrinsics.X86;
using IMDD.Learning.Networks.Diffusion;
using IMDD.Learning.Weights.Configurations;
using TorchSharp;
using static TorchSharp.torch;

namespace IMDD.Learning.Networks.Training;

/// <summary>
/// Chooses between 32 bits and 16 with masters of 32. Accelerators are faster in 16; a processor that has instructions for them may be, which depends on
/// the network's widths and is tried; one that has none is slower.
/// </summary>
public static class PrecisionTrial
{
    private const int FeatureLeaf = 7;
    private const int MostTurns = 4;

    // With a network whose step takes longer the first steps have to do, though they allocate what later ones find.
    private static readonly TimeSpan Enough = TimeSpan.FromSeconds(20);

    /// <summary>Whether this processor multiplies matrices of 16-bit brain floats: AVX512-BF16 or AMX-BF16.</summary>
    public static bool HasBFloat16 { get; } = Avx512F.IsSupported
        && (IsSet(X86Base.CpuId(FeatureLeaf, 1).Eax, 5) || IsSet(X86Base.CpuId(FeatureLeaf, 0).Edx, 22));

    /// <summary>Chooses; on a processor with the instructions by steps of a drawn network of the same widths, forward and backward.</summary>
    /// <param name="configuration">The denoising network.</param>
    /// <param name="batch">Images a step.</param>
    /// <param name="latentSide">Side of the latents.</param>
    /// <param name="tokens">Tokens of a text.</param>
    /// <param name="isCheckpointed">Whether layers keep their inputs alone.</param>
    /// <param name="device">Where it is trained.</param>
    public static PrecisionChoice Choose(UnetConfiguration configuration, int batch, int latentSide, int tokens, bool isCheckpointed, DeviceType device)
    {
        if (device != DeviceType.CPU)
        {
            return new PrecisionChoice(NumberFormat.BFloat16, "accelerators are faster in 16 bits");
        }

        if (!HasBFloat16)
        {
            return new PrecisionChoice(NumberFormat.Single, "this processor has no instructions for 16 bits");
        }

        var (single, half) = Measure(configuration, batch, latentSide, tokens, isCheckpointed);
        return new PrecisionChoice(
            half < single ? NumberFormat.BFloat16 : NumberFormat.Single,
            string.Create(CultureInfo.InvariantCulture, $"a step took {single.TotalMilliseconds:0} ms in 32 bits, {half.TotalMilliseconds:0} in 16"));
    }

    private static bool IsSet(int register, int bit) => ((register >> bit) & 1) != 0;

    /// <summary>The shortest of some steps each, taken in turn, so that both see the same machine.</summary>
    private static (TimeSpan Single, TimeSpan Half) Measure(UnetConfiguration configuration, int batch, int latentSide, int tokens, bool isCheckpointed)
    {
        using var scope = NewDisposeScope();
        using Unet single = new(configuration) { Checkpointed = isCheckpointed };
        using Unet half = new(configuration) { Checkpointed = isCheckpointed };
        half.to(ScalarType.BFloat16);
        var sample = randn(batch, configuration.InChannels, latentSide, latentSide);
        var context = randn(batch, tokens, configuration.CrossAttentionWidth);
        var (bestSingle, bestHalf) = (TimeSpan.MaxValue, TimeSpan.MaxValue);
        var begin = Stopwatch.GetTimestamp();
        for (var turn = 0; turn < MostTurns && (turn == 0 || Stopwatch.GetElapsedTime(begin) < Enough); turn++)
        {
            var (tookSingle, tookHalf) = (Step(single, sample, context), Step(half, sample, context));
            (bestSingle, bestHalf) = turn <= 1 ? (tookSingle, tookHalf) : (Min(bestSingle, tookSingle), Min(bestHalf, tookHalf));
        }

        return (bestSingle, bestHalf);
    }

    private static TimeSpan Min(TimeSpan one, TimeSpan other) => one < other ? one : other;

    private static TimeSpan Step(Unet unet, Tensor sample, Tensor context)
    {
        using var scope = NewDisposeScope();
        var type = unet.parameters().First().dtype;
        var begin = Stopwatch.GetTimestamp();
        unet.Predict(sample.to(type), zeros([sample.shape[0]], int64), context.to(type)).to(float32).square().mean().backward();
        var took = Stopwatch.GetElapsedTime(begin);
        unet.zero_grad();
        return took;
    }
}
