using System.Text.Json;
using IMDD.Learning.Networks.Clip;
using IMDD.Learning.Networks.Weights;
using IMDD.Learning.Weights.Configurations;
using TorchSharp;

namespace IMDD.Learning.Training.Tests;

/// <summary>A folder of a small drawn CLIP with its tokenizer, as Hugging Face has them: it knows no meaning, but another embedding for each text.</summary>
internal static class TinyClip
{
    public const int Length = 16;

    private static readonly string[] Signs = [.. Enumerable.Range('!', '~' - '!' + 1).Select(code => ((char)code).ToString())];

    private static string[] Entries => [.. Signs, .. Signs.Select(sign => sign + "</w>"), "<|startoftext|>", "<|endoftext|>"];

    /// <summary>Writes it.</summary>
    /// <returns>The folder.</returns>
    public static string Write(string folder, int seed = 1)
    {
        Directory.CreateDirectory(folder);
        var tower = new { hidden_size = 32, num_hidden_layers = 2, num_attention_heads = 2, intermediate_size = 64 };
        var json = JsonSerializer.Serialize(new
        {
            text_config = new { tower.hidden_size, tower.num_hidden_layers, tower.num_attention_heads, tower.intermediate_size, vocab_size = Entries.Length, max_position_embeddings = 77 },
            vision_config = new { tower.hidden_size, tower.num_hidden_layers, tower.num_attention_heads, tower.intermediate_size, image_size = 32, patch_size = 8 },
            projection_dim = Length,
        });
        File.WriteAllText(Path.Combine(folder, "config.json"), json);
        torch.manual_seed(seed);
        using ClipModel clip = new(ClipConfiguration.Parse(json, "tiny"));
        ModuleWeights.Save(clip, Path.Combine(folder, "model.safetensors"));
        File.WriteAllText(Path.Combine(folder, "vocab.json"), JsonSerializer.Serialize(Entries.Index().ToDictionary(entry => entry.Item, entry => entry.Index)));
        File.WriteAllText(Path.Combine(folder, "merges.txt"), "#version: 0.2\n");
        return folder;
    }
}
