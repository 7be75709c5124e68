using IMDD.Learning.Weights.Configurations;

namespace IMDD.Learning.Weights.Layouts;

/// <summary>Tensors of the image autoencoder, by their present names in diffusers' checkpoints.</summary>
public static class VaeLayout
{
    /// <summary>The layout of a configuration.</summary>
    public static TensorLayout Of(VaeConfiguration configuration)
    {
        var builder = new LayoutBuilder();
        var channels = configuration.BlockOutChannels;
        var last = configuration.Levels - 1;
        long latent = configuration.LatentChannels;
        builder.Convolution("encoder.conv_in", configuration.InChannels, channels[0], 3);
        long width = channels[0];
        for (var level = 0; level <= last; level++)
        {
            for (var layer = 0; layer < configuration.LayersPerBlock; layer++)
            {
                builder.Resnet($"encoder.down_blocks.{level}.resnets.{layer}", width, channels[level], timeWidth: null);
                width = channels[level];
            }

            if (level < last)
            {
                builder.Convolution($"encoder.down_blocks.{level}.downsamplers.0.conv", width, width, 3);
            }
        }

        Middle(builder, "encoder.mid_block", width);
        builder.Norm("encoder.conv_norm_out", width);
        builder.Convolution("encoder.conv_out", width, 2 * latent, 3);
        builder.Convolution("quant_conv", 2 * latent, 2 * latent, 1);
        builder.Convolution("post_quant_conv", latent, latent, 1);
        builder.Convolution("decoder.conv_in", latent, width, 3);
        Middle(builder, "decoder.mid_block", width);
        for (var block = 0; block <= last; block++)
        {
            long to = channels[last - block];
            for (var layer = 0; layer <= configuration.LayersPerBlock; layer++)
            {
                builder.Resnet($"decoder.up_blocks.{block}.resnets.{layer}", width, to, timeWidth: null);
                width = to;
            }

            if (block < last)
            {
                builder.Convolution($"decoder.up_blocks.{block}.upsamplers.0.conv", width, width, 3);
            }
        }

        builder.Norm("decoder.conv_norm_out", width);
        builder.Convolution("decoder.conv_out", width, configuration.OutChannels, 3);
        return builder.Build();
    }

    private static void Middle(LayoutBuilder builder, string name, long width)
    {
        builder.Resnet($"{name}.resnets.0", width, width, timeWidth: null);
        var attention = $"{name}.attentions.0";
        builder.Norm($"{attention}.group_norm", width);
        foreach (var projection in (string[])["to_q", "to_k", "to_v", "to_out.0"])
        {
            builder.Linear($"{attention}.{projection}", width, width);
        }

        builder.Resnet($"{name}.resnets.1", width, width, timeWidth: null);
    }
}
