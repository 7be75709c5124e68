using IMDD.Learning.Networks;
using IMDD.Learning.Networks.Blocks;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace IMDD.Learning.Trainer.Bench;

/// <summary>The edge network in training as bare calls of libtorch, without modules: what the module layer is measured against.</summary>
internal static class BareSegmenter
{
    private const double Momentum = 0.1;
    private const double Epsilon = 1e-5;

    // Kept for good: TorchSharp does not keep a number alive while libtorch reads it.
    private static readonly Scalar Centre = 0.5f;
    private static readonly Scalar Spread = 4f;
    private static readonly Scalar Gain = LocalContrast.FineGain;
    private static readonly Scalar Floor = LocalContrast.VarianceFloor;
    private static readonly Scalar UnitFloor = 1e-6;

    /// <summary>Defect logits, embedding and the frame's embedding.</summary>
    /// <param name="tensors">Parameters and running statistics, by the network's names.</param>
    /// <param name="image">[B, 3, H, W].</param>
    public static EdgeFeatures Predict(IReadOnlyDictionary<string, Tensor> tensors, Tensor image)
    {
        using var scope = NewDisposeScope();
        var sum = conv2d((image - Centre) * Spread, tensors["_stem._colours.weight"], strides: [2, 2], padding: [1, 1])
            + conv2d(Contrast(image), tensors["_stem._contrasts.weight"], padding: [1, 1]);
        List<Tensor> levels = [relu(Norm("_stem._norm", sum))];
        for (var stage = 0; tensors.ContainsKey($"_stages.{stage}.0._conv.weight"); stage++)
        {
            var hidden = Convolve($"_stages.{stage}.0", levels[^1], 2);
            var block = 1;
            for (; tensors.ContainsKey($"_stages.{stage}.{block}._first._conv.weight"); block++)
            {
                var name = $"_stages.{stage}.{block}";
                hidden = relu(Norm($"{name}._second._norm", conv2d(Convolve($"{name}._first", hidden, 1), tensors[$"{name}._second._conv.weight"], padding: [1, 1])) + hidden);
            }

            levels.Add(tensors.TryGetValue($"_stages.{stage}.{block}._projections.weight", out var projections)
                ? hidden + Attend(hidden, projections, tensors[$"_stages.{stage}.{block}._joined.weight"])
                : hidden);
        }

        var features = levels[^1];
        for (var merge = 0; tensors.ContainsKey($"_merges.{merge}._coarse.weight"); merge++)
        {
            var coarse = conv2d(features, tensors[$"_merges.{merge}._coarse.weight"]);
            var grown = interpolate(coarse, scale_factor: [2, 2], mode: InterpolationMode.Nearest);
            var fine = conv2d(levels[^(merge + 2)], tensors[$"_merges.{merge}._fine.weight"], tensors[$"_merges.{merge}._fine.bias"]);
            var smooth = $"_merges.{merge}._smooth";
            features = tensors.TryGetValue($"{smooth}._depth.weight", out var depth)
                ? relu(Norm($"{smooth}._norm", conv2d(conv2d(grown + fine, depth, padding: [1, 1], groups: depth.shape[0]), tensors[$"{smooth}._mix.weight"])))
                : Convolve(smooth, grown + fine, 1);
        }

        var embedding = conv2d(features, tensors["_embedding.weight"], tensors["_embedding.bias"]);
        var length = (embedding * embedding).sum(1, keepdim: true).add(UnitFloor).sqrt();
        return new EdgeFeatures(
            conv2d(features, tensors["_defect.weight"], tensors["_defect.bias"]).squeeze(1).MoveToOuterDisposeScope(),
            (embedding / length).MoveToOuterDisposeScope(),
            levels[^1].mean([2, 3]).MoveToOuterDisposeScope());

        Tensor Convolve(string name, Tensor input, long stride)
            => relu(Norm($"{name}._norm", conv2d(input, tensors[$"{name}._conv.weight"], strides: [stride, stride], padding: [1, 1])));

        Tensor Norm(string name, Tensor input) => batch_norm(
            input,
            tensors[$"{name}.running_mean"],
            tensors[$"{name}.running_var"],
            tensors[$"{name}.weight"],
            tensors[$"{name}.bias"],
            training: true,
            momentum: Momentum,
            eps: Epsilon);
    }

    private static Tensor Attend(Tensor map, Tensor projections, Tensor joined)
    {
        // Crops have fewer cells than the grid from which is gathered.
        var width = joined.shape[1];
        var heads = conv2d(map, projections).reshape(map.shape[0], 3, MapAttention.Heads, width / MapAttention.Heads, -1).transpose(3, 4).unbind(1);
        return conv2d(scaled_dot_product_attention(heads[0], heads[1], heads[2]).transpose(2, 3).reshape(map.shape[0], width, map.shape[2], map.shape[3]), joined);
    }

    private static Tensor Contrast(Tensor image)
    {
        var light = avg_pool2d(image, 2).mean([1], keepdim: true);
        light = light - light.mean([2, 3], keepdim: true);
        var fine = (light - avg_pool2d(light, 3, 1, 1, count_include_pad: false)) * Gain;
        var mean = Wide(light);
        var variance = relu(Wide(light * light) - mean * mean) + Floor;
        return cat([fine, (light - Grow(mean)) / Grow(variance.sqrt())], 1);

        static Tensor Wide(Tensor input)
            => avg_pool2d(avg_pool2d(input, LocalContrast.Coarse), LocalContrast.Wide, 1, LocalContrast.Wide / 2, count_include_pad: false);

        static Tensor Grow(Tensor input)
            => interpolate(input, scale_factor: [LocalContrast.Coarse, LocalContrast.Coarse], mode: InterpolationMode.Bilinear, align_corners: false);
    }
}
