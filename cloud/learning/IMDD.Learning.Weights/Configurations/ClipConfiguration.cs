using System.Text.Json.Nodes;

namespace IMDD.Learning.Weights.Configurations;

/// <summary>A CLIP model with both towers.</summary>
/// <param name="Text">Text tower.</param>
/// <param name="Vision">Vision tower.</param>
/// <param name="Projection">Width of the embedding that both project into.</param>
public sealed record ClipConfiguration(ClipTextConfiguration Text, ClipVisionConfiguration Vision, int Projection)
{
    /// <summary>Name of its file in a Hugging Face folder, as of any model's.</summary>
    public const string FileName = "config.json";

    /// <summary>OpenAI's vision towers have as many heads as this width goes into their own, what is left over given to all.</summary>
    private const int OpenAiHeadWidth = 64;

    private static readonly ClipTextConfiguration TextB = new(new ClipTowerConfiguration(512, 12, 8, 2048), 49408, 77);
    private static readonly ClipTowerConfiguration VisionB = new(768, 12, 12, 3072);

    /// <summary>ViT-B/32: 151,277,313 parameters.</summary>
    public static ClipConfiguration VitB32 { get; } = new(TextB, new ClipVisionConfiguration(VisionB, 224, 32), 512);

    /// <summary>ViT-B/16: 149,620,737 parameters.</summary>
    public static ClipConfiguration VitB16 { get; } = new(TextB, new ClipVisionConfiguration(VisionB, 224, 16), 512);

    /// <summary>ViT-L/14: 427,616,513 parameters.</summary>
    public static ClipConfiguration VitL14 { get; } =
        new(ClipTextConfiguration.VitL14, new ClipVisionConfiguration(new ClipTowerConfiguration(1024, 24, 16, 4096), 224, 14), 768);

    /// <summary>Reads Hugging Face's <c>config.json</c>, or the arguments of OpenAI's constructor (<c>embed_dim</c>, <c>vision_width</c>, …).</summary>
    /// <exception cref="WeightsException">A field is wrong.</exception>
    public static ClipConfiguration Parse(string json, string origin) => Read(ConfigurationReader.Parse(json, origin));

    /// <summary>Reads the <c>config.json</c> of a Hugging Face folder.</summary>
    /// <exception cref="WeightsException">It is not there, or a field is wrong.</exception>
    public static ClipConfiguration OpenFolder(string folder)
    {
        var path = Path.Combine(folder, FileName);
        return File.Exists(path) ? Parse(ConfigurationReader.ReadFile(path), path) : throw new WeightsException($"{path}: no such file.");
    }

    internal static ClipConfiguration Read(ConfigurationReader fields)
    {
        var configuration = fields.Has("embed_dim")
            ? ReadOpenAi(fields)
            : new ClipConfiguration(
                ClipTextConfiguration.Read(fields.Object("text_config")),
                ClipVisionConfiguration.Read(fields.Object("vision_config")),
                fields.Size("projection_dim", 512));
        return configuration.Vision.PatchSize <= configuration.Vision.ImageSize
            ? configuration
            : throw new WeightsException($"{fields.Origin}: patches of {configuration.Vision.PatchSize} do not fit into images of {configuration.Vision.ImageSize}.");
    }

    internal static ClipTowerConfiguration ReadTower(ConfigurationReader fields, int width, int layers, int heads, int hidden)
    {
        var activation = fields.Text("hidden_act", "quick_gelu");
        if (activation is not ("quick_gelu" or "gelu"))
        {
            throw fields.Wrong("hidden_act", "\"quick_gelu\" or \"gelu\"");
        }

        ClipTowerConfiguration tower = new(
            fields.Size("hidden_size", width),
            fields.Layers("num_hidden_layers", layers),
            fields.Size("num_attention_heads", heads),
            fields.Size("intermediate_size", hidden),
            activation == "quick_gelu",
            fields.Number("layer_norm_eps", 1e-5));
        return tower.Width % tower.Heads == 0 ? tower : throw fields.Wrong("num_attention_heads", $"a divisor of hidden_size, {tower.Width}");
    }

    /// <summary>What <see cref="Read"/> reads, nothing left to a default.</summary>
    internal JsonObject Write() => new() { ["text_config"] = Text.Write(), ["vision_config"] = Vision.Write(), ["projection_dim"] = Projection };

    internal static JsonObject WriteTower(ClipTowerConfiguration tower) => new()
    {
        ["hidden_size"] = tower.Width,
        ["num_hidden_layers"] = tower.Layers,
        ["num_attention_heads"] = tower.Heads,
        ["intermediate_size"] = tower.HiddenWidth,
        ["hidden_act"] = tower.QuickGelu ? "quick_gelu" : "gelu",
        ["layer_norm_eps"] = tower.NormEpsilon,
    };

    private static ClipConfiguration ReadOpenAi(ConfigurationReader fields)
    {
        var textWidth = fields.Size("transformer_width");
        var textHeads = fields.Size("transformer_heads");
        var visionWidth = fields.Size("vision_width");
        if (textWidth % textHeads != 0)
        {
            throw fields.Wrong("transformer_heads", $"a divisor of transformer_width, {textWidth}");
        }

        var visionHeads = visionWidth / OpenAiHeadWidth;
        if (visionHeads == 0 || visionWidth % visionHeads != 0)
        {
            throw fields.Wrong("vision_width", $"at least {OpenAiHeadWidth}, the width of a head, and a multiple of the number of heads, one in {OpenAiHeadWidth}");
        }

        return new ClipConfiguration(
            new ClipTextConfiguration(
                new ClipTowerConfiguration(textWidth, fields.Layers("transformer_layers"), textHeads, 4 * textWidth),
                fields.Size("vocab_size"),
                fields.Size("context_length")),
            new ClipVisionConfiguration(
                new ClipTowerConfiguration(visionWidth, fields.Layers("vision_layers"), visionHeads, 4 * visionWidth),
                fields.Size("image_resolution"),
                fields.Size("vision_patch_size")),
            fields.Size("embed_dim"));
    }
}
