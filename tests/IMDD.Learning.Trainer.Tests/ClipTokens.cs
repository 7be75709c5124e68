using System.Text.Json;

namespace IMDD.Learning.Trainer.Tests;

/// <summary>A tokenizer with CLIP's number of ids, of which only single signs are ever met.</summary>
internal static class ClipTokens
{
    /// <summary>Writes the tokenizer's two files.</summary>
    public static void Write(string folder)
    {
        var signs = Enumerable.Range('!', '~' - '!' + 1).Select(code => ((char)code).ToString()).ToList();
        List<string> entries = [.. signs, .. signs.Select(sign => sign + "</w>")];
        entries.AddRange(Enumerable.Range(0, 49_406 - entries.Count).Select(number => $"unused-{number}"));
        entries.AddRange(["<|startoftext|>", "<|endoftext|>"]);
        File.WriteAllText(
            Path.Combine(folder, "vocab.json"), JsonSerializer.Serialize(entries.Index().ToDictionary(entry => entry.Item, entry => entry.Index)));
        File.WriteAllText(Path.Combine(folder, "merges.txt"), "#version: 0.2\n");
    }
}
