using System.Text.Json.Nodes;

namespace IMDD.Learning.Weights.Configurations;

/// <summary>CLIP's text tower.</summary>
/// <param name="Tower">Its transformer.</param>
/// <param name="Vocabulary">Number of token ids.</param>
/// <param name="Context">Longest text in tokens, start and end included.</param>
public sealed record ClipTextConfiguration(ClipTowerConfiguration Tower, int Vocabulary, int Context)
{
    /// <summary>The tower of ViT-L/14, which conditions Stable Diffusion 1: 123,060,480 parameters.</summary>
    public static ClipTextConfiguration VitL14 { get; } = new(new ClipTowerConfiguration(768, 12, 12, 3072), 49408, 77);

    /// <summary>Reads <c>text_encoder/config.json</c> of a diffusers folder, Hugging Face's <c>CLIPTextConfig</c>.</summary>
    /// <exception cref="WeightsException">A field is wrong.</exception>
    public static ClipTextConfiguration Parse(string json, string origin) => Read(ConfigurationReader.Parse(json, origin));

    internal static ClipTextConfiguration Read(ConfigurationReader fields) => new(
        ClipConfiguration.ReadTower(fields, width: 512, layers: 12, heads: 8, hidden: 2048),
        fields.Size("vocab_size", 49408),
        fields.Size("max_position_embeddings", 77));

    internal JsonObject Write()
    {
        var fields = ClipConfiguration.WriteTower(Tower);
        (fields["vocab_size"], fields["max_position_embeddings"]) = (Vocabulary, Context);
        return fields;
    }
}
