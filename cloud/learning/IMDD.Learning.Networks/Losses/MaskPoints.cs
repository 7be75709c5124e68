using IMDD.Learning.Networks.Diffusion.Sampling;
using static TorchSharp.torch;

namespace IMDD.Learning.Networks.Losses;

/// <summary>Points on masks: (x, y) from 0 to 1 over the whole map.</summary>
public static class MaskPoints
{
    /// <summary>Values at points, bilinear between the pixels' centres, 0 beyond the edge.</summary>
    /// <param name="maps">[N, H, W].</param>
    /// <param name="points">[N or 1, P, 2].</param>
    /// <returns>[N, P].</returns>
    public static Tensor Sample(Tensor maps, Tensor points)
    {
        using var scope = NewDisposeScope();
        var grid = ((2 * points) - 1).expand(maps.shape[0], -1, -1).unsqueeze(2);
        var sampled = nn.functional.grid_sample(
            maps.unsqueeze(1), grid, GridSampleMode.Bilinear, GridSamplePaddingMode.Zeros, align_corners: false);
        return sampled.flatten(1).MoveToOuterDisposeScope();
    }

    /// <summary>Points where masks are least certain, and some others; no gradient flows into the choice.</summary>
    /// <param name="masks">Logits, [N, H, W].</param>
    /// <param name="options">How many.</param>
    /// <param name="random">Where they are drawn.</param>
    /// <returns>[N, P, 2].</returns>
    public static Tensor Uncertain(Tensor masks, MaskPointOptions options, NoiseSource random)
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        var count = masks.shape[0];
        var uncertain = (int)(options.Uncertain * options.Count);
        var drawn = random.DrawUniform([count, (long)(options.Oversampling * options.Count), 2], masks.device);
        var certainty = Sample(masks.detach().to(float32), drawn).abs();
        var (_, least) = certainty.topk(uncertain, 1, largest: false);
        var chosen = drawn.gather(1, least.unsqueeze(-1).expand(-1, -1, 2));
        return cat([chosen, random.DrawUniform([count, options.Count - uncertain, 2], masks.device)], 1).MoveToOuterDisposeScope();
    }
}
