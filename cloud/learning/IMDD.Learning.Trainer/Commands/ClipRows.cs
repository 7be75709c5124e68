using System.CommandLine;
using System.CommandLine.Parsing;
using IMDD.Learning.Networks.Text;

namespace IMDD.Learning.Trainer.Commands;

/// <summary>The options that name the CLIP which an edge segmenter makes its rows with.</summary>
/// <param name="Clip"><c>--clip</c>.</param>
/// <param name="Tokenizer"><c>--tokenizer</c>.</param>
internal sealed record ClipRows(Option<DirectoryInfo?> Clip, Option<DirectoryInfo?> Tokenizer)
{
    /// <param name="use">What it is for.</param>
    public static ClipRows CreateOptions(string use) => new(
        new("--clip") { Description = $"Hugging Face folder of a whole CLIP (config.json, model.safetensors), with --tokenizer: {use}" },
        new("--tokenizer") { Description = "Folder with CLIP's vocab.json and merges.txt, for --clip." });

    /// <summary>Refuses one without the other.</summary>
    public void Check(CommandResult result)
    {
        if (result.GetValue(Clip) is null != result.GetValue(Tokenizer) is null)
        {
            result.AddError("--clip and --tokenizer go together: expected both or neither.");
        }
    }

    /// <summary>CLIP; null where it is not given.</summary>
    public ClipTextEmbedder? Open(ParseResult parsed)
        => parsed.GetValue(Clip) is { } folder ? ClipTextEmbedder.Open(folder.FullName, parsed.GetValue(Tokenizer)!.FullName) : null;
}
