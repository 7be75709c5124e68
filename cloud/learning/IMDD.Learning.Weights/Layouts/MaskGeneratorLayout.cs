using IMDD.Learning.Weights.Configurations;

namespace IMDD.Learning.Weights.Layouts;

/// <summary>Tensors of the mask generator.</summary>
public static class MaskGeneratorLayout
{
    /// <summary>The layout of a configuration.</summary>
    public static TensorLayout Of(MaskGeneratorOptions options)
    {
        var builder = new LayoutBuilder();
        var coarsest = options.InChannels.Count - 1;
        for (var level = 0; level <= coarsest; level++)
        {
            if (level < coarsest)
            {
                Normed(builder, $"pixel_decoder.adapter_{level + 1}", options.InChannels[level], options.PixelWidth, 1);
            }

            Normed(builder, $"pixel_decoder.layer_{level + 1}", level == coarsest ? options.InChannels[level] : options.PixelWidth, options.PixelWidth, 3);
        }

        builder.Convolution("pixel_decoder.mask_features", options.PixelWidth, options.MaskWidth, 3);
        for (var level = 0; options.ProjectsInput && level < MaskGeneratorOptions.AttendedLevels; level++)
        {
            builder.Convolution($"predictor.input_proj.{level}", options.PixelWidth, options.Width, 1);
        }

        for (var layer = 0; layer < options.Layers; layer++)
        {
            Attention(builder, $"predictor.transformer_cross_attention_layers.{layer}", "multihead_attn", options.Width);
            Attention(builder, $"predictor.transformer_self_attention_layers.{layer}", "self_attn", options.Width);
            builder.Linear($"predictor.transformer_ffn_layers.{layer}.linear1", options.Width, options.HiddenWidth);
            builder.Linear($"predictor.transformer_ffn_layers.{layer}.linear2", options.HiddenWidth, options.Width);
            builder.Norm($"predictor.transformer_ffn_layers.{layer}.norm", options.Width);
        }

        builder.Norm("predictor.decoder_norm", options.Width);
        builder.Tensor("predictor.query_feat.weight", options.Queries, options.Width);
        builder.Tensor("predictor.query_embed.weight", options.Queries, options.Width);
        builder.Tensor("predictor.level_embed.weight", MaskGeneratorOptions.AttendedLevels, options.Width);
        if (options.Classes is { } classes)
        {
            builder.Linear("predictor.class_embed", options.Width, classes + 1);
        }

        builder.Perceptron("predictor.mask_embed", options.Width, options.MaskWidth);
        return builder.Build();
    }

    private static void Normed(LayoutBuilder builder, string name, long from, long to, long kernel)
    {
        builder.Tensor($"{name}.weight", to, from, kernel, kernel);
        builder.Norm($"{name}.norm", to);
    }

    private static void Attention(LayoutBuilder builder, string layer, string name, long width)
    {
        builder.Tensor($"{layer}.{name}.in_proj_weight", 3 * width, width);
        builder.Tensor($"{layer}.{name}.in_proj_bias", 3 * width);
        builder.Linear($"{layer}.{name}.out_proj", width, width);
        builder.Norm($"{layer}.norm", width);
    }
}
