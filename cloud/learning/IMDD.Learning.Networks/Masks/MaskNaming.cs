using IMDD.Learning.Networks.Clip;
using static TorchSharp.torch;

namespace IMDD.Learning.Networks.Masks;

/// <summary>
/// Names masks by classes that may have several names each: by the naming head alone, or by it and by what CLIP sees in the same masks. A class counts as
/// much as the best of its names.
/// </summary>
public sealed class MaskNaming : IDisposable
{
    private readonly FoundationNetwork _network;
    private readonly IReadOnlyList<int> _classOfName;
    private readonly Tensor _texts;
    private readonly Tensor _rows;
    private readonly ClipEnsemble? _ensemble;
    private readonly IReadOnlyList<bool> _seen;

    /// <summary>Naming by these names.</summary>
    /// <param name="network">Whose masks.</param>
    /// <param name="texts">CLIP's embeddings of all names, [names, text width].</param>
    /// <param name="classOfName">For each name its class, from 0, every class at least once.</param>
    /// <param name="ensemble">CLIP's shares; null: the naming head alone.</param>
    /// <param name="seen">For each class, whether training had it.</param>
    public MaskNaming(FoundationNetwork network, Tensor texts, IReadOnlyList<int> classOfName, ClipEnsemble? ensemble, IReadOnlyList<bool> seen)
    {
        if (texts.shape[0] != classOfName.Count || classOfName.Count == 0 || classOfName.Max() + 1 != seen.Count)
        {
            throw new ArgumentException($"{texts.shape[0]} texts of {classOfName.Count} names of {seen.Count} classes; expected one text a name, and a name a class.");
        }

        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        (_network, _classOfName, _ensemble, _seen) = (network, classOfName, ensemble, seen);
        _texts = texts.detach().clone().DetachFromDisposeScope();
        _rows = network.Vocabulary.Rows(texts).DetachFromDisposeScope();
    }

    /// <summary>Number of classes.</summary>
    public int Classes => _seen.Count;

    /// <summary>Logits of classes, "no object" last, [B, Q, classes + 1].</summary>
    /// <param name="prediction">Queries and masks.</param>
    /// <param name="features">What the masks were read from.</param>
    /// <param name="images">[B, 3, H, W] in [0, 1], the masks' own.</param>
    public Tensor Logits(MaskPrediction prediction, Tensor features, Tensor images)
    {
        using var scope = NewDisposeScope();
        var own = OpenVocabularyHead.BestOfNames(_network.Vocabulary.Score(_network.Vocabulary.Embed(prediction, features), _rows), _classOfName);
        if (_ensemble is null)
        {
            return own.MoveToOuterDisposeScope();
        }

        var pixels = ClipPreprocessing.ApplyWhole(images, _network.Configuration.Clip.Vision.ImageSize);
        var names = _network.Clip.Logits(_network.Clip.EmbedMasks(pixels, prediction.Masks), _texts);

        // CLIP has no "no object": an empty column stands for it while the best names are found.
        var clip = OpenVocabularyHead.BestOfNames(cat([names, zeros_like(names.narrow(2, 0, 1))], 2), _classOfName).narrow(2, 0, Classes);
        return ClipEnsemble.Logits(_ensemble.Combine(own, clip, _seen)).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _texts.Dispose();
        _rows.Dispose();
    }
}
