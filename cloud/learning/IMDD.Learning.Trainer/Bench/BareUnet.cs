using IMDD.Learning.Weights.Configurations;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace IMDD.Learning.Trainer.Bench;

/// <summary>The denoising network as bare calls of libtorch, without modules: what the module layer is measured against.</summary>
internal static class BareUnet
{
    /// <summary>The prediction.</summary>
    /// <param name="configuration">Widths and depths.</param>
    /// <param name="weights">By the network's names.</param>
    /// <param name="sample">[B, in, H, W], sides that halve evenly.</param>
    /// <param name="timesteps">[B].</param>
    /// <param name="context">[B, tokens, width].</param>
    public static Tensor Predict(UnetConfiguration configuration, IReadOnlyDictionary<string, Tensor> weights, Tensor sample, Tensor timesteps, Tensor context)
    {
        const double LongestPeriod = 10_000;
        const double TransformerEpsilon = 1e-6;
        using var scope = NewDisposeScope();
        var half = configuration.TimeProjectionWidth / 2;
        var frequencies = (arange(half, dtype: float32, device: sample.device) * (-Math.Log(LongestPeriod) / half)).exp();
        var angles = timesteps.to(float32).unsqueeze(1) * frequencies.unsqueeze(0);
        var time = silu(Linear("time_embedding.linear_2", silu(Linear("time_embedding.linear_1", cat([angles.cos(), angles.sin()], 1).to(sample.dtype)))));
        Stack<Tensor> skips = new();
        var hidden = Convolve("conv_in", sample, 1, 1);
        skips.Push(hidden);
        var last = configuration.Levels - 1;
        for (var level = 0; level <= last; level++)
        {
            for (var layer = 0; layer < configuration.LayersPerBlock; layer++)
            {
                hidden = Residual($"down_blocks.{level}.resnets.{layer}", hidden);
                hidden = configuration.DownAttends[level] ? Transform($"down_blocks.{level}.attentions.{layer}", hidden, configuration.Heads[level]) : hidden;
                skips.Push(hidden);
            }

            if (level < last)
            {
                hidden = Convolve($"down_blocks.{level}.downsamplers.0.conv", hidden, 2, 1);
                skips.Push(hidden);
            }
        }

        hidden = Residual("mid_block.resnets.0", hidden);
        hidden = Residual("mid_block.resnets.1", Transform("mid_block.attentions.0", hidden, configuration.Heads[last]));
        for (var block = 0; block <= last; block++)
        {
            for (var layer = 0; layer <= configuration.LayersPerBlock; layer++)
            {
                hidden = Residual($"up_blocks.{block}.resnets.{layer}", cat([hidden, skips.Pop()], 1));
                hidden = configuration.UpAttends[block] ? Transform($"up_blocks.{block}.attentions.{layer}", hidden, configuration.Heads[last - block]) : hidden;
            }

            if (block < last)
            {
                long[] size = [2 * hidden.shape[2], 2 * hidden.shape[3]];
                hidden = Convolve($"up_blocks.{block}.upsamplers.0.conv", interpolate(hidden, size, mode: InterpolationMode.Nearest), 1, 1);
            }
        }

        return Convolve("conv_out", silu(Groups("conv_norm_out", hidden, configuration.NormEpsilon)), 1, 1).MoveToOuterDisposeScope();

        Tensor Linear(string name, Tensor input) => linear(input, weights[$"{name}.weight"], weights.GetValueOrDefault($"{name}.bias"));

        Tensor Convolve(string name, Tensor input, long stride, long padding)
            => conv2d(input, weights[$"{name}.weight"], weights[$"{name}.bias"], [stride, stride], [padding, padding]);

        Tensor Groups(string name, Tensor input, double epsilon)
            => group_norm(input, configuration.NormGroups, weights[$"{name}.weight"], weights[$"{name}.bias"], epsilon);

        Tensor Layers(string name, Tensor input) => layer_norm(input, [input.shape[^1]], weights[$"{name}.weight"], weights[$"{name}.bias"], 1e-5);

        Tensor Residual(string name, Tensor input)
        {
            using var inner = NewDisposeScope();
            var result = Convolve($"{name}.conv1", silu(Groups($"{name}.norm1", input, configuration.NormEpsilon)), 1, 1);
            result = result + Linear($"{name}.time_emb_proj", time).unsqueeze(-1).unsqueeze(-1);
            result = Convolve($"{name}.conv2", silu(Groups($"{name}.norm2", result, configuration.NormEpsilon)), 1, 1);
            var shortcut = weights.ContainsKey($"{name}.conv_shortcut.weight") ? Convolve($"{name}.conv_shortcut", input, 1, 0) : input;
            return (result + shortcut).MoveToOuterDisposeScope();
        }

        Tensor Transform(string name, Tensor input, long heads)
        {
            using var inner = NewDisposeScope();
            var tokens = Convolve($"{name}.proj_in", Groups($"{name}.norm", input, TransformerEpsilon), 1, 0).flatten(2).transpose(1, 2);
            var block = $"{name}.transformer_blocks.0";
            var normed = Layers($"{block}.norm1", tokens);
            tokens = tokens + Attend($"{block}.attn1", normed, normed, heads);
            tokens = tokens + Attend($"{block}.attn2", Layers($"{block}.norm2", tokens), context, heads);
            var halves = Linear($"{block}.ff.net.0.proj", Layers($"{block}.norm3", tokens)).chunk(2, -1);
            tokens = tokens + Linear($"{block}.ff.net.2", halves[0] * gelu(halves[1]));
            return (Convolve($"{name}.proj_out", tokens.transpose(1, 2).reshape(input.shape), 1, 0) + input).MoveToOuterDisposeScope();
        }

        Tensor Attend(string name, Tensor input, Tensor attended, long heads)
        {
            var result = scaled_dot_product_attention(
                Split(Linear($"{name}.to_q", input), heads), Split(Linear($"{name}.to_k", attended), heads), Split(Linear($"{name}.to_v", attended), heads));
            return Linear($"{name}.to_out.0", result.transpose(1, 2).flatten(2));
        }

        static Tensor Split(Tensor tokens, long heads) => tokens.unflatten(2, [heads, tokens.shape[2] / heads]).transpose(1, 2);
    }
}
