using IMDD.Learning.Networks;
using IMDD.Learning.Networks.Clip;
using static TorchSharp.torch;

namespace IMDD.Learning.Training.Models;

/// <summary>Names as CLIP knows them: within a sentence.</summary>
internal static class ClassNames
{
    /// <summary>CLIP's embeddings of names, [names, text width].</summary>
    public static Tensor Embed(FoundationNetwork network, ClipTokenizer tokenizer, IReadOnlyList<string> names)
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        return network.Clip.EmbedText(Ids(tokenizer, network.Configuration.Clip.Text.Context, names)).MoveToOuterDisposeScope();
    }

    /// <summary>The ids of the sentences that have the names, [names, context].</summary>
    public static Tensor Ids(ClipTokenizer tokenizer, int context, IReadOnlyList<string> names)
        => tensor(names.SelectMany(name => tokenizer.Encode($"a photo of a {name}.", context)).ToArray(), [names.Count, context]);
}
