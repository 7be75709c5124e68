using System.Text.Json.Nodes;

namespace IMDD.Learning.Weights.Configurations;

/// <summary>
/// The denoising network of Stable Diffusion 1 at any width: <c>config.json</c> of diffusers' <c>UNet2DConditionModel</c>. A block is either
/// plain (residual blocks) or attends (a spatial transformer after each of them).
/// </summary>
public sealed record UnetConfiguration
{
    private const string PlainDown = "DownBlock2D";
    private const string AttendingDown = "CrossAttnDownBlock2D";
    private const string PlainUp = "UpBlock2D";
    private const string AttendingUp = "CrossAttnUpBlock2D";

    // Ours: diffusers has no such fields.
    private const string TimeProjectionField = "time_projection_dim";
    private const string TimeHiddenField = "time_hidden_dim";

    // Later options of diffusers' network, most of which change what is computed without a change in names or shapes.
    private static readonly (string Name, string Only)[] Fixed =
    [
        ("center_input_sample", "false"),
        ("dual_cross_attention", "false"),
        ("mid_block_only_cross_attention", "false"),
        ("class_embeddings_concat", "false"),
        ("resnet_skip_time_act", "false"),
        ("downsample_padding", "1"),
        ("mid_block_scale_factor", "1"),
        ("resnet_out_scale_factor", "1"),
        ("reverse_transformer_layers_per_block", "null"),
        ("conv_in_kernel", "3"),
        ("conv_out_kernel", "3"),
        ("mid_block_type", "\"UNetMidBlock2DCrossAttn\""),
        ("resnet_time_scale_shift", "\"default\""),
        ("time_embedding_type", "\"positional\""),
        ("attention_type", "\"default\""),
        ("act_fn", "\"silu\""),
        ("class_embed_type", "null"),
        ("num_class_embeds", "null"),
        ("encoder_hid_dim", "null"),
        ("encoder_hid_dim_type", "null"),
        ("addition_embed_type", "null"),
        ("time_embedding_dim", "null"),
        ("time_embedding_act_fn", "null"),
        ("timestep_post_act", "null"),
        ("time_cond_proj_dim", "null"),
        ("cross_attention_norm", "null"),
    ];

    // The same, which may be said for every level alike.
    private static readonly (string Name, string Only)[] FixedPerLevel = [("only_cross_attention", "false"), ("transformer_layers_per_block", "1")];

    /// <summary>Channels of the latent.</summary>
    public required int InChannels { get; init; }

    /// <summary>Channels of the prediction.</summary>
    public required int OutChannels { get; init; }

    /// <summary>Channels per level, finest first.</summary>
    public required IReadOnlyList<int> BlockOutChannels { get; init; }

    /// <summary>Residual blocks per level on the way down; one more on the way up.</summary>
    public required int LayersPerBlock { get; init; }

    /// <summary>Attention heads per level; <c>attention_head_dim</c> in the file, which is the number of heads in spite of its name, unless <c>num_attention_heads</c> is there too.</summary>
    public required IReadOnlyList<int> Heads { get; init; }

    /// <summary>Width of the text states that are attended to.</summary>
    public required int CrossAttentionWidth { get; init; }

    /// <summary>Groups of the group norms.</summary>
    public required int NormGroups { get; init; }

    /// <summary>Epsilon of the residual blocks' and the last group norm; that of the transformers is 1e-6 always.</summary>
    public double NormEpsilon { get; init; } = 1e-5;

    /// <summary>Whether the level attends on the way down, finest first.</summary>
    public required IReadOnlyList<bool> DownAttends { get; init; }

    /// <summary>Whether the level attends on the way up, coarsest first.</summary>
    public required IReadOnlyList<bool> UpAttends { get; init; }

    /// <summary>Cosines before sines in the time embedding.</summary>
    public bool CosineFirst { get; init; } = true;

    /// <summary>Taken from half the width in the exponent of the time embedding's frequencies.</summary>
    public double FrequencyShift { get; init; }

    /// <summary>Sines and cosines of the timestep; by default as many as the finest level has channels. The paper has 256.</summary>
    public int? TimeProjection { get; init; }

    /// <summary>Width between the two layers of the time embedding; by default that of its result. The paper has 1,024.</summary>
    public int? TimeHidden { get; init; }

    /// <summary>Stable Diffusion 1.5: 859,520,964 parameters.</summary>
    public static UnetConfiguration StableDiffusion15 { get; } = new()
    {
        InChannels = 4,
        OutChannels = 4,
        BlockOutChannels = [320, 640, 1280, 1280],
        LayersPerBlock = 2,
        Heads = [8, 8, 8, 8],
        CrossAttentionWidth = 768,
        NormGroups = 32,
        DownAttends = [true, true, true, false],
        UpAttends = [false, true, true, true],
    };

    /// <summary>Number of levels.</summary>
    public int Levels => BlockOutChannels.Count;

    /// <summary>Width of the time embedding: four times the finest level's.</summary>
    public int TimeWidth => 4 * BlockOutChannels[0];

    /// <summary>Sines and cosines of the timestep.</summary>
    public int TimeProjectionWidth => TimeProjection ?? BlockOutChannels[0];

    /// <summary>Width between the two layers of the time embedding.</summary>
    public int TimeHiddenWidth => TimeHidden ?? TimeWidth;

    /// <summary>Reads diffusers' <c>config.json</c>.</summary>
    /// <param name="json">Its text.</param>
    /// <param name="origin">The file, for messages.</param>
    /// <exception cref="WeightsException">A field is wrong, or asks for another architecture.</exception>
    public static UnetConfiguration Parse(string json, string origin) => Read(ConfigurationReader.Parse(json, origin));

    internal static UnetConfiguration Read(ConfigurationReader fields)
    {
        var channels = fields.Sizes("block_out_channels");
        var configuration = new UnetConfiguration
        {
            InChannels = fields.Size("in_channels", 4),
            OutChannels = fields.Size("out_channels", 4),
            BlockOutChannels = channels,
            LayersPerBlock = fields.Layers("layers_per_block", 2, channels.Count),
            Heads = fields.SizePerBlock(HeadsField(fields), channels.Count, byDefault: 8),
            CrossAttentionWidth = fields.SizeOfAll("cross_attention_dim", channels.Count, 1280),
            NormGroups = fields.Size("norm_num_groups", 32),
            NormEpsilon = fields.Number("norm_eps", 1e-5),
            CosineFirst = fields.Flag("flip_sin_to_cos", byDefault: true),
            FrequencyShift = fields.Number("freq_shift", 0),
            TimeProjection = OtherThan(channels[0], fields.Size(TimeProjectionField, channels[0])),
            TimeHidden = OtherThan(4 * channels[0], fields.Size(TimeHiddenField, 4 * channels[0])),
            DownAttends = Attends(fields, "down_block_types", channels.Count, PlainDown, AttendingDown, plainLevel: channels.Count - 1),
            UpAttends = Attends(fields, "up_block_types", channels.Count, PlainUp, AttendingUp, plainLevel: 0),
        };
        configuration.RefuseOtherArchitectures(fields);
        return configuration;
    }

    /// <summary>What <see cref="Read"/> reads, nothing left to a default.</summary>
    internal JsonObject Write() => new()
    {
        ["in_channels"] = InChannels,
        ["out_channels"] = OutChannels,
        ["block_out_channels"] = ConfigurationWriter.List(BlockOutChannels),
        ["layers_per_block"] = LayersPerBlock,
        ["attention_head_dim"] = ConfigurationWriter.List(Heads),
        ["cross_attention_dim"] = CrossAttentionWidth,
        ["norm_num_groups"] = NormGroups,
        ["norm_eps"] = NormEpsilon,
        ["flip_sin_to_cos"] = CosineFirst,
        ["freq_shift"] = FrequencyShift,
        [TimeProjectionField] = TimeProjectionWidth,
        [TimeHiddenField] = TimeHiddenWidth,
        ["down_block_types"] = ConfigurationWriter.List(DownAttends.Select(attends => attends ? AttendingDown : PlainDown)),
        ["up_block_types"] = ConfigurationWriter.List(UpAttends.Select(attends => attends ? AttendingUp : PlainUp)),
    };

    // One network, one configuration, whether the file spells a default out or not.
    private static int? OtherThan(int byDefault, int size) => size == byDefault ? null : size;

    private static IReadOnlyList<bool> Attends(ConfigurationReader fields, string name, int levels, string plain, string attending, int plainLevel)
    {
        if (fields.Texts(name) is not { } types)
        {
            return [.. Enumerable.Range(0, levels).Select(level => level != plainLevel)];
        }

        return types.Count == levels && types.All(type => type == plain || type == attending)
            ? [.. types.Select(type => type == attending)]
            : throw fields.Wrong(name, $"{levels} of {plain} and {attending}");
    }

    // Later versions of diffusers have a name of its own for it.
    private static string HeadsField(ConfigurationReader fields) => fields.Has("num_attention_heads") ? "num_attention_heads" : "attention_head_dim";

    private void RefuseOtherArchitectures(ConfigurationReader fields)
    {
        if (fields.Flag("use_linear_projection", byDefault: false))
        {
            throw fields.Wrong("use_linear_projection", "false: Stable Diffusion 2 is another architecture");
        }

        foreach (var (name, only) in Fixed)
        {
            fields.RequireOnly(name, only);
        }

        foreach (var (name, only) in FixedPerLevel)
        {
            fields.RequireOnlyPerBlock(name, only, Levels);
        }

        if (BlockOutChannels.Any(channels => channels % NormGroups != 0))
        {
            throw fields.Wrong("block_out_channels", $"multiples of norm_num_groups, {NormGroups}");
        }

        if (BlockOutChannels.Zip(Heads).Any(level => level.First % level.Second != 0))
        {
            throw fields.Wrong(HeadsField(fields), "a number of heads that divides block_out_channels");
        }

        if (TimeProjectionWidth % 2 != 0 && TimeProjection is not null)
        {
            throw fields.Wrong(TimeProjectionField, "an even width, for sines and cosines");
        }

        if (BlockOutChannels[0] % 2 != 0)
        {
            throw fields.Wrong("block_out_channels", "an even first width, for sines and cosines");
        }
    }
}
