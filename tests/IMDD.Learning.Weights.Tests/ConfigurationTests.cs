using IMDD.Learning.Weights.Configurations;

namespace IMDD.Learning.Weights.Tests;

public sealed class ConfigurationTests
{
    private const string Unet = """
        {"in_channels": 4, "out_channels": 4, "block_out_channels": [320, 640, 1280, 1280], "layers_per_block": 2, "cross_attention_dim": 768,
         "attention_head_dim": 8, "norm_num_groups": 32, "act_fn": "silu", "flip_sin_to_cos": true, "freq_shift": 0, "center_input_sample": false,
         "down_block_types": ["CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "DownBlock2D"],
         "up_block_types": ["UpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D"]}
        """;

    [Fact]
    public void ParseUnet_PublicConfiguration_IsStableDiffusion15()
    {
        var read = UnetConfiguration.Parse(Unet, "unet/config.json");
        var expected = UnetConfiguration.StableDiffusion15;

        read.BlockOutChannels.ShouldBe(expected.BlockOutChannels);
        read.Heads.ShouldBe(expected.Heads);
        read.DownAttends.ShouldBe(expected.DownAttends);
        read.UpAttends.ShouldBe(expected.UpAttends);
        (read with { BlockOutChannels = expected.BlockOutChannels, Heads = expected.Heads, DownAttends = expected.DownAttends, UpAttends = expected.UpAttends })
            .ShouldBe(expected);
    }

    /// <summary>What may be said for each level, said alike for all, and defaults of later versions spelt out.</summary>
    [Theory]
    [InlineData("\"only_cross_attention\": [false, false, false, false], \"act_fn\"", "\"act_fn\"")]
    [InlineData("\"transformer_layers_per_block\": [1, 1, 1, 1], \"reverse_transformer_layers_per_block\": null, \"act_fn\"", "\"act_fn\"")]
    [InlineData("\"mid_block_only_cross_attention\": null, \"dropout\": 0.0, \"encoder_hid_dim_type\": null, \"class_embeddings_concat\": false, \"act_fn\"", "\"act_fn\"")]
    [InlineData("\"layers_per_block\": [2, 2, 2, 2]", "\"layers_per_block\": 2")]
    [InlineData("\"cross_attention_dim\": [768, 768, 768, 768]", "\"cross_attention_dim\": 768")]
    public void ParseUnet_OtherSpelling_IsTheSameNetwork(string written, string plain)
        => UnetConfiguration.Parse(Unet.Replace(plain, written), "unet/config.json").ShouldBeEquivalentTo(UnetConfiguration.Parse(Unet, "unet/config.json"));

    [Theory]
    [InlineData("\"act_fn\"", "\"only_cross_attention\": [false, true, false, false], \"act_fn\"", "'only_cross_attention' is [false, true, false, false]; expected false, or 4 of it")]
    [InlineData("\"act_fn\"", "\"only_cross_attention\": [false], \"act_fn\"", "expected false, or 4 of it")]
    [InlineData("\"act_fn\"", "\"transformer_layers_per_block\": [1, 2, 10, 10], \"act_fn\"", "'transformer_layers_per_block' is [1, 2, 10, 10]; expected 1, or 4 of it")]
    [InlineData("\"layers_per_block\": 2", "\"layers_per_block\": [2, 2, 2, 3]", "'layers_per_block' is [2, 2, 2, 3]; expected a size, or 4 of the same")]
    [InlineData("\"cross_attention_dim\": 768", "\"cross_attention_dim\": [768, 768, 768, 1024]", "'cross_attention_dim'")]
    [InlineData("\"act_fn\"", "\"mid_block_only_cross_attention\": true, \"act_fn\"", "'mid_block_only_cross_attention' is true; expected false")]
    [InlineData("\"in_channels\": 4", "\"in_channels\": 0", "'in_channels' is 0")]
    [InlineData("\"in_channels\": 4", "\"in_channels\": \"4\"", "'in_channels' is \"4\"")]
    [InlineData("[320, 640, 1280, 1280]", "[]", "'block_out_channels'")]
    [InlineData("[320, 640, 1280, 1280]", "[320, 640, 1280, 1281]", "multiples of norm_num_groups, 32")]
    [InlineData("[320, 640, 1280, 1280]", "[320, 640, 1280, 99999999]", "whole numbers from 1 to")]
    [InlineData("\"layers_per_block\": 2", "\"layers_per_block\": 100000", "at most 256")]
    [InlineData("\"attention_head_dim\": 8", "\"attention_head_dim\": 7", "'attention_head_dim' is 7")]
    [InlineData("\"attention_head_dim\": 8", "\"attention_head_dim\": [8, 8]", "a size, or 4 of them")]
    [InlineData("\"silu\"", "\"relu\"", "'act_fn' is \"relu\"; expected \"silu\"")]
    [InlineData("\"act_fn\"", "\"use_linear_projection\": true, \"act_fn\"", "Stable Diffusion 2 is another architecture")]
    [InlineData("\"DownBlock2D\"]", "\"AttnDownBlock2D\"]", "'down_block_types'")]
    [InlineData("\"DownBlock2D\"]", "4]", "'down_block_types'")]
    [InlineData("\"freq_shift\": 0", "\"freq_shift\": 1e999", "'freq_shift'")]
    [InlineData("\"act_fn\"", "\"num_attention_heads\": 7, \"act_fn\"", "'num_attention_heads' is 7")]
    [InlineData("\"act_fn\"", "\"downsample_padding\": 0, \"act_fn\"", "'downsample_padding' is 0; expected 1")]
    [InlineData("\"act_fn\"", "\"resnet_time_scale_shift\": \"scale_shift\", \"act_fn\"", "'resnet_time_scale_shift' is \"scale_shift\"; expected \"default\"")]
    [InlineData("\"act_fn\"", "\"class_embed_type\": \"timestep\", \"act_fn\"", "'class_embed_type'")]
    [InlineData("{\"in", "[{\"in", "not JSON")]
    public void ParseUnet_WrongField_IsNamedWithItsFile(string field, string replaced, string expected)
    {
        var exception = Should.Throw<WeightsException>(() => UnetConfiguration.Parse(Unet.Replace(field, replaced), "unet/config.json"));

        exception.Message.ShouldStartWith("unet/config.json: ");
        exception.Message.ShouldContain(expected);
    }

    [Fact]
    public void ParseUnet_ThePapersTimeEmbedding_IsTakenAndWidthsThatDoNotFitAreNamed()
    {
        var paper = With("256");

        (paper.TimeProjectionWidth, paper.TimeHiddenWidth, paper.TimeWidth).ShouldBe((256, 1024, 1280));
        UnetConfiguration.Parse(Unet, "unet/config.json").TimeProjectionWidth.ShouldBe(320);
        Should.Throw<WeightsException>(() => With("33")).Message.ShouldContain("'time_projection_dim' is 33; expected an even width");
        Should.Throw<WeightsException>(() => With("0")).Message.ShouldContain("'time_projection_dim' is 0");

        static UnetConfiguration With(string projection)
            => UnetConfiguration.Parse(Unet.Replace("\"act_fn\"", $"\"time_projection_dim\": {projection}, \"time_hidden_dim\": 1024, \"act_fn\"", StringComparison.Ordinal), "unet/config.json");
    }

    [Fact]
    public void ParseUnet_FieldsThatChangeNothing_AreTaken()
    {
        const string Later = "\"mid_block_scale_factor\": 1.0, \"class_embed_type\": null, \"num_attention_heads\": [2, 4, 8, 8], \"upcast_attention\": true, \"act_fn\"";

        UnetConfiguration.Parse(Unet.Replace("\"act_fn\"", Later), "unet/config.json").Heads.ShouldBe([2, 4, 8, 8]);
    }

    [Theory]
    [InlineData("""{"block_out_channels": [128, 256], "act_fn": "relu"}""", "'act_fn' is \"relu\"; expected \"silu\"")]
    [InlineData("""{"block_out_channels": [128, 250], "layers_per_block": 2}""", "multiples of norm_num_groups")]
    [InlineData("""{"block_out_channels": [128, 256], "up_block_types": ["UpDecoderBlock2D"]}""", "'up_block_types'")]
    [InlineData("""{"layers_per_block": 2}""", "'block_out_channels' is nothing")]
    [InlineData("7", "expected a JSON object")]
    public void ParseVae_WrongField_IsNamed(string json, string expected)
        => Should.Throw<WeightsException>(() => VaeConfiguration.Parse(json, "vae/config.json")).Message.ShouldContain(expected);

    [Fact]
    public void ParseClip_FieldsThatHuggingFaceLeavesOut_HaveItsDefaults()
        => ClipConfiguration.Parse("""{"text_config": {}, "vision_config": {}, "projection_dim": 512}""", "config.json").ShouldBe(ClipConfiguration.VitB32);

    [Fact]
    public void ParseClip_OpenAiArguments_AreTheSameModel() => ClipConfiguration.Parse(
        """
        {"embed_dim": 512, "image_resolution": 224, "vision_layers": 12, "vision_width": 768, "vision_patch_size": 16, "context_length": 77,
         "vocab_size": 49408, "transformer_width": 512, "transformer_heads": 8, "transformer_layers": 12}
        """,
        "arguments").ShouldBe(ClipConfiguration.VitB16);

    /// <summary>OpenAI's constructor gives a vision tower <c>width // 64</c> heads, and its convolution leaves out what is no whole patch.</summary>
    [Theory]
    [InlineData(64, 1)]
    [InlineData(96, 1)]
    [InlineData(160, 2)]
    [InlineData(1024, 16)]
    public void ParseClip_OpenAiWidth_HasTheReferencesHeads(int width, int heads)
    {
        var vision = ClipConfiguration.Parse(OpenAi(width, 70), "arguments").Vision;

        vision.Tower.ShouldBe(new ClipTowerConfiguration(width, 2, heads, 4 * width));
        vision.Tokens.ShouldBe(17);
    }

    [Theory]
    [InlineData(32, 64, "'vision_width' is 32")]
    [InlineData(200, 64, "'vision_width' is 200")]
    [InlineData(64, 8, "patches of 16 do not fit into images of 8")]
    public void ParseClip_OpenAiWidthThatTheReferenceRefuses_IsNamed(int width, int side, string expected)
        => Should.Throw<WeightsException>(() => ClipConfiguration.Parse(OpenAi(width, side), "arguments")).Message.ShouldContain(expected);

    [Theory]
    [InlineData("""{"text_config": {}}""", "'vision_config'")]
    [InlineData("""{"text_config": {"hidden_act": "relu"}, "vision_config": {}}""", "text_config: 'hidden_act'")]
    [InlineData("""{"text_config": {}, "vision_config": {"num_attention_heads": 7}}""", "vision_config: 'num_attention_heads'")]
    [InlineData("""{"text_config": {}, "vision_config": {"patch_size": 225}}""", "do not fit")]
    public void ParseClip_WrongField_IsNamed(string json, string expected)
        => Should.Throw<WeightsException>(() => ClipConfiguration.Parse(json, "config.json")).Message.ShouldContain(expected);

    private static string OpenAi(int visionWidth, int side) => $$"""
        {"embed_dim": 32, "image_resolution": {{side}}, "vision_layers": 2, "vision_width": {{visionWidth}}, "vision_patch_size": 16, "context_length": 9,
         "vocab_size": 50, "transformer_width": 32, "transformer_heads": 2, "transformer_layers": 1}
        """;
}
