using IMDD.Learning.Weights.Configurations;

namespace IMDD.Learning.Weights.Layouts;

/// <summary>Tensors of the denoising network, by their names in diffusers' checkpoints.</summary>
public static class UnetLayout
{
    /// <summary>The layout of a configuration.</summary>
    public static TensorLayout Of(UnetConfiguration configuration)
    {
        var builder = new LayoutBuilder();
        var channels = configuration.BlockOutChannels;
        builder.Convolution("conv_in", configuration.InChannels, channels[0], 3);
        builder.Linear("time_embedding.linear_1", configuration.TimeProjectionWidth, configuration.TimeHiddenWidth);
        builder.Linear("time_embedding.linear_2", configuration.TimeHiddenWidth, configuration.TimeWidth);
        Stack<long> skips = new([channels[0]]);
        long width = channels[0];
        for (var level = 0; level < configuration.Levels; level++)
        {
            for (var layer = 0; layer < configuration.LayersPerBlock; layer++)
            {
                Layer(builder, configuration, $"down_blocks.{level}", layer, width, channels[level], configuration.DownAttends[level]);
                width = channels[level];
                skips.Push(width);
            }

            if (level < configuration.Levels - 1)
            {
                builder.Convolution($"down_blocks.{level}.downsamplers.0.conv", width, width, 3);
                skips.Push(width);
            }
        }

        builder.Resnet("mid_block.resnets.0", width, width, configuration.TimeWidth);
        Transformer(builder, "mid_block.attentions.0", width, configuration.CrossAttentionWidth);
        builder.Resnet("mid_block.resnets.1", width, width, configuration.TimeWidth);
        for (var block = 0; block < configuration.Levels; block++)
        {
            long to = channels[configuration.Levels - 1 - block];
            for (var layer = 0; layer <= configuration.LayersPerBlock; layer++)
            {
                Layer(builder, configuration, $"up_blocks.{block}", layer, width + skips.Pop(), to, configuration.UpAttends[block]);
                width = to;
            }

            if (block < configuration.Levels - 1)
            {
                builder.Convolution($"up_blocks.{block}.upsamplers.0.conv", width, width, 3);
            }
        }

        builder.Norm("conv_norm_out", width);
        builder.Convolution("conv_out", width, configuration.OutChannels, 3);
        return builder.Build();
    }

    private static void Layer(LayoutBuilder builder, UnetConfiguration configuration, string block, int layer, long from, long to, bool attends)
    {
        builder.Resnet($"{block}.resnets.{layer}", from, to, configuration.TimeWidth);
        if (attends)
        {
            Transformer(builder, $"{block}.attentions.{layer}", to, configuration.CrossAttentionWidth);
        }
    }

    private static void Transformer(LayoutBuilder builder, string name, long width, long contextWidth)
    {
        builder.Norm($"{name}.norm", width);
        builder.Convolution($"{name}.proj_in", width, width, 1);
        var block = $"{name}.transformer_blocks.0";
        builder.Norm($"{block}.norm1", width);
        Attention(builder, $"{block}.attn1", width, width);
        builder.Norm($"{block}.norm2", width);
        Attention(builder, $"{block}.attn2", width, contextWidth);
        builder.Norm($"{block}.norm3", width);
        // Value and gate, each four times as wide.
        builder.Linear($"{block}.ff.net.0.proj", width, 8 * width);
        builder.Linear($"{block}.ff.net.2", 4 * width, width);
        builder.Convolution($"{name}.proj_out", width, width, 1);
    }

    private static void Attention(LayoutBuilder builder, string name, long width, long contextWidth)
    {
        builder.Linear($"{name}.to_q", width, width, bias: false);
        builder.Linear($"{name}.to_k", contextWidth, width, bias: false);
        builder.Linear($"{name}.to_v", contextWidth, width, bias: false);
        builder.Linear($"{name}.to_out.0", width, width);
    }
}
