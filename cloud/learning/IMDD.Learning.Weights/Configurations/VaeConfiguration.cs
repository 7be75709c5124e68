using System.Text.Json.Nodes;

namespace IMDD.Learning.Weights.Configurations;

/// <summary>The image autoencoder of Stable Diffusion at any width: <c>config.json</c> of diffusers' <c>AutoencoderKL</c>.</summary>
public sealed record VaeConfiguration
{
    /// <summary>Scale of Stable Diffusion 1's latents, to unit variance.</summary>
    public const double StableDiffusionScale = 0.18215;

    /// <summary>Channels of the image.</summary>
    public required int InChannels { get; init; }

    /// <summary>Channels of the decoded image.</summary>
    public required int OutChannels { get; init; }

    /// <summary>Channels per level, finest first.</summary>
    public required IReadOnlyList<int> BlockOutChannels { get; init; }

    /// <summary>Residual blocks per level of the encoder; one more in the decoder.</summary>
    public required int LayersPerBlock { get; init; }

    /// <summary>Channels of the latent.</summary>
    public required int LatentChannels { get; init; }

    /// <summary>Groups of the group norms, whose epsilon is 1e-6.</summary>
    public required int NormGroups { get; init; }

    /// <summary>What a latent is multiplied by before the denoising network sees it.</summary>
    public double ScalingFactor { get; init; } = StableDiffusionScale;

    /// <summary>Stable Diffusion 1: 83,653,863 parameters.</summary>
    public static VaeConfiguration StableDiffusion { get; } = new()
    {
        InChannels = 3,
        OutChannels = 3,
        BlockOutChannels = [128, 256, 512, 512],
        LayersPerBlock = 2,
        LatentChannels = 4,
        NormGroups = 32,
    };

    /// <summary>Number of levels; an image's sides are 2^(levels-1) times a latent's.</summary>
    public int Levels => BlockOutChannels.Count;

    /// <summary>Reads diffusers' <c>config.json</c>.</summary>
    /// <exception cref="WeightsException">A field is wrong.</exception>
    public static VaeConfiguration Parse(string json, string origin) => Read(ConfigurationReader.Parse(json, origin));

    internal static VaeConfiguration Read(ConfigurationReader fields)
    {
        var configuration = new VaeConfiguration
        {
            InChannels = fields.Size("in_channels", 3),
            OutChannels = fields.Size("out_channels", 3),
            BlockOutChannels = fields.Sizes("block_out_channels"),
            LayersPerBlock = fields.Layers("layers_per_block", 1),
            LatentChannels = fields.Size("latent_channels", 4),
            NormGroups = fields.Size("norm_num_groups", 32),
            ScalingFactor = fields.Number("scaling_factor", StableDiffusionScale),
        };
        fields.RequireOnly("act_fn", "\"silu\"");
        fields.RequireOnly("mid_block_add_attention", "true");
        fields.RequireOnly("use_quant_conv", "true");
        fields.RequireOnly("use_post_quant_conv", "true");
        fields.RequireOnly("shift_factor", "null");
        RefuseOtherBlocks(fields, "down_block_types", "DownEncoderBlock2D", configuration.Levels);
        RefuseOtherBlocks(fields, "up_block_types", "UpDecoderBlock2D", configuration.Levels);
        return configuration.BlockOutChannels.All(channels => channels % configuration.NormGroups == 0)
            ? configuration
            : throw fields.Wrong("block_out_channels", $"multiples of norm_num_groups, {configuration.NormGroups}");
    }

    /// <summary>What <see cref="Read"/> reads, nothing left to a default.</summary>
    internal JsonObject Write() => new()
    {
        ["in_channels"] = InChannels,
        ["out_channels"] = OutChannels,
        ["block_out_channels"] = ConfigurationWriter.List(BlockOutChannels),
        ["layers_per_block"] = LayersPerBlock,
        ["latent_channels"] = LatentChannels,
        ["norm_num_groups"] = NormGroups,
        ["scaling_factor"] = ScalingFactor,
    };

    private static void RefuseOtherBlocks(ConfigurationReader fields, string name, string type, int levels)
    {
        if (fields.Texts(name) is { } types && (types.Count != levels || types.Any(found => found != type)))
        {
            throw fields.Wrong(name, $"{levels} of {type}");
        }
    }
}
