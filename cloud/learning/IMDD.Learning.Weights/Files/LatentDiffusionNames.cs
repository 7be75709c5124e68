using System.Globalization;

namespace IMDD.Learning.Weights.Files;

/// <summary>
/// Diffusers' names turned into those of the latent-diffusion code that single-file checkpoints keep. There the denoising network's layers are
/// numbered through: in each numbered block 0 is the residual block, 1 the transformer where there is one, and the last the change of size.
/// </summary>
internal static class LatentDiffusionNames
{
    private static readonly (string Ours, string Theirs)[] UnetResnet =
    [
        ("norm1", "in_layers.0"), ("conv1", "in_layers.2"), ("time_emb_proj", "emb_layers.1"),
        ("norm2", "out_layers.0"), ("conv2", "out_layers.3"), ("conv_shortcut", "skip_connection"),
    ];

    private static readonly (string Ours, string Theirs)[] VaeAttention =
    [
        ("group_norm", "norm"), ("to_q", "q"), ("to_k", "k"), ("to_v", "v"), ("to_out.0", "proj_out"),
    ];

    /// <summary>A name of the denoising network, without prefix.</summary>
    public static string Unet(string name, int layersPerBlock)
    {
        var parts = name.Split('.');
        var rest = parts.Length > 4 ? string.Join('.', parts[4..]) : "";
        return parts[0] switch
        {
            "conv_in" => $"input_blocks.0.0.{parts[1]}",
            "conv_norm_out" => $"out.0.{parts[1]}",
            "conv_out" => $"out.2.{parts[1]}",
            "time_embedding" => $"time_embed.{(parts[1] == "linear_1" ? 0 : 2)}.{parts[2]}",
            "mid_block" when parts[1] == "resnets" => $"middle_block.{2 * Number(parts[2])}.{Replace(string.Join('.', parts[3..]), UnetResnet)}",
            "mid_block" => $"middle_block.1.{string.Join('.', parts[3..])}",
            "down_blocks" => parts[2] switch
            {
                "resnets" => $"input_blocks.{Down(parts, layersPerBlock)}.0.{Replace(rest, UnetResnet)}",
                "attentions" => $"input_blocks.{Down(parts, layersPerBlock)}.1.{rest}",
                _ => $"input_blocks.{1 + (Number(parts[1]) * (layersPerBlock + 1)) + layersPerBlock}.0.op.{parts[^1]}",
            },
            "up_blocks" => parts[2] switch
            {
                "resnets" => $"output_blocks.{Up(parts, layersPerBlock)}.0.{Replace(rest, UnetResnet)}",
                "attentions" => $"output_blocks.{Up(parts, layersPerBlock)}.1.{rest}",
                // The coarsest level has no transformer, so the change of size moves up by one.
                _ => $"output_blocks.{(Number(parts[1]) * (layersPerBlock + 1)) + layersPerBlock}.{(parts[1] == "0" ? 1 : 2)}.conv.{parts[^1]}",
            },
            _ => name,
        };
    }

    /// <summary>A name of the autoencoder, without prefix.</summary>
    public static string Vae(string name, int levels)
    {
        var parts = name.Split('.');
        var side = parts[0];
        if (side is not ("encoder" or "decoder"))
        {
            return name;
        }

        return parts[1] switch
        {
            "conv_norm_out" => $"{side}.norm_out.{parts[2]}",
            "mid_block" when parts[2] == "resnets" => $"{side}.mid.block_{Number(parts[3]) + 1}.{string.Join('.', parts[4..])}",
            "mid_block" => $"{side}.mid.attn_1.{Replace(string.Join('.', parts[4..]), VaeAttention)}",
            "down_blocks" when parts[3] == "resnets" => $"encoder.down.{parts[2]}.block.{parts[4]}.{Shortcut(parts[5..])}",
            "down_blocks" => $"encoder.down.{parts[2]}.downsample.conv.{parts[^1]}",
            "up_blocks" when parts[3] == "resnets" => $"decoder.up.{levels - 1 - Number(parts[2])}.block.{parts[4]}.{Shortcut(parts[5..])}",
            "up_blocks" => $"decoder.up.{levels - 1 - Number(parts[2])}.upsample.conv.{parts[^1]}",
            _ => name,
        };
    }

    private static int Down(string[] parts, int layersPerBlock) => 1 + (Number(parts[1]) * (layersPerBlock + 1)) + Number(parts[3]);

    private static int Up(string[] parts, int layersPerBlock) => (Number(parts[1]) * (layersPerBlock + 1)) + Number(parts[3]);

    private static string Shortcut(string[] parts) => string.Join('.', parts).Replace("conv_shortcut", "nin_shortcut", StringComparison.Ordinal);

    private static string Replace(string name, (string Ours, string Theirs)[] pairs)
    {
        foreach (var (ours, theirs) in pairs)
        {
            if (name.StartsWith(ours + ".", StringComparison.Ordinal))
            {
                return theirs + name[ours.Length..];
            }
        }

        return name;
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
