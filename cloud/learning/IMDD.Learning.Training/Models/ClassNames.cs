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
        var context = network.Configuration.Clip.Text.Context;
        var ids = names.SelectMany(name => tokenizer.Encode($"a photo of a {name}.", context)).ToArray();
        return network.Clip.EmbedText(tensor(ids, [names.Count, context])).MoveToOuterDisposeScope();
    }
}
