using IMDD.Learning.Networks;
using IMDD.Learning.Networks.Clip;
using IMDD.Learning.Networks.Losses;
using IMDD.Learning.Networks.Training;
using IMDD.Learning.Training.Models;
using IMDD.Learning.Training.Pictures;
using static TorchSharp.torch;

namespace IMDD.Learning.Training.Runs;

/// <summary>
/// Crops as the two stages of a foundation model take them. A crop's text says what the crop shows and not what its picture does: a text that names a
/// defect outside would teach the wrong thing.
/// </summary>
internal sealed class FoundationCrops : IDisposable
{
    // A cell is a defect's where most of it is.
    private const float Inside = 0.5f;

    private readonly FoundationNetwork _network;
    private readonly ClipTokenizer _tokenizer;
    private readonly IReadOnlyList<TrainedClass> _classes;
    private readonly Tensor _emptyStates;

    public FoundationCrops(FoundationNetwork network, ClipTokenizer tokenizer, IReadOnlyList<TrainedClass> classes)
    {
        (_network, _tokenizer, _classes) = (network, tokenizer, classes);
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        _emptyStates = network.EmptyStates().DetachFromDisposeScope();
        ClassTexts = ClassNames.Embed(network, tokenizer, [.. classes.Select(named => named.Name)]).DetachFromDisposeScope();
    }

    /// <summary>CLIP's embeddings of the classes' names, [K, text width].</summary>
    public Tensor ClassTexts { get; }

    /// <summary>What the first stage takes.</summary>
    public DiffusionBatch Diffusion(Batch batch)
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        var images = Images(batch);
        var ids = Ids([.. Enumerable.Range(0, batch.Count).Select(crop => TextOf(batch, crop))], _network.Configuration.Text.Context);
        var states = _network.Text.States(ids);
        return new DiffusionBatch(
            _network.Vae.EncodeMean((2 * images) - 1).MoveToOuterDisposeScope(),
            _network.Clip.EmbedImage(ClipPreprocessing.ApplyWhole(images, _network.Configuration.Clip.Vision.ImageSize)).MoveToOuterDisposeScope(),
            states.MoveToOuterDisposeScope(),
            ClipText.AtEnd(states, ids).MoveToOuterDisposeScope(),

            // Where nobody knows what a crop shows, the implicit captioner speaks for it.
            tensor(batch.HasPixelTruth.Select(isKnown => isKnown ? 1f : 0f).ToArray(), device: _network.Device).MoveToOuterDisposeScope());
    }

    /// <summary>What the second stage takes.</summary>
    /// <param name="batch">Crops.</param>
    /// <param name="captionerLearns">Whether the maps keep how they depend on the captioner.</param>
    public MaskBatch Masks(Batch batch, bool captionerLearns = false)
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        var (noisy, image, detail) = _network.FeatureInputs(Images(batch));
        var (words, worded) = Words(batch);
        return new MaskBatch(
            [.. Maps(noisy, image, detail, captionerLearns).Select(map => map.MoveToOuterDisposeScope())],
            [.. Enumerable.Range(0, batch.Count).Select(crop => Targets(batch, crop))],
            ClassTexts,
            words?.MoveToOuterDisposeScope(),
            worded.MoveToOuterDisposeScope());
    }

    public void Dispose()
    {
        _emptyStates.Dispose();
        ClassTexts.Dispose();
    }

    private IReadOnlyList<Tensor> Maps(Tensor noisy, Tensor image, Tensor? detail, bool captionerLearns)
    {
        using var tracked = set_grad_enabled(captionerLearns);
        return _network.FeatureMaps(noisy, image, _emptyStates, detail);
    }

    private Tensor Images(Batch batch) => tensor(batch.Images, [batch.Count, 3, batch.Side, batch.Side], device: _network.Device);

    private Tensor Ids(List<string> texts, int context)
        => tensor(texts.SelectMany(text => _tokenizer.Encode(text, context)).ToArray(), [texts.Count, context]);

    private string TextOf(Batch batch, int crop)
    {
        var shown = Classes(batch, crop);
        return shown.Count > 0 ? $"a photo of a surface with {string.Join(" and ", shown.Select(index => _classes[index].Name))}."
            : batch.Targets.AsSpan(crop * batch.Cells * batch.Cells, batch.Cells * batch.Cells).ContainsAnyInRange(Inside, 1) ? "a photo of a surface with a defect."
            : "a photo of a surface without a defect.";
    }

    /// <summary>
    /// The words of a crop's text that name something: its classes. A crop with fewer than another says its own again. Where two crops show the same, their
    /// words are the same, and the loss has a floor: which of the two a text belongs to cannot be told.
    /// </summary>
    private (Tensor? Words, Tensor Worded) Words(Batch batch)
    {
        List<List<int>> shown = [.. Enumerable.Range(0, batch.Count).Select(crop => Classes(batch, crop))];
        var count = shown.Max(classes => classes.Count);
        var worded = tensor(shown.Select(classes => classes.Count > 0 ? 1f : 0f).ToArray(), device: _network.Device);
        if (count == 0)
        {
            return (null, worded);
        }

        long[] named = [.. shown.SelectMany(classes => Enumerable.Range(0, count).Select(word => classes.Count > 0 ? (long)classes[word % classes.Count] : 0))];
        return (ClassTexts.index_select(0, tensor(named, device: _network.Device)).view(batch.Count, count, -1), worded);
    }

    private static List<int> Classes(Batch batch, int crop)
    {
        var cells = batch.Cells * batch.Cells;
        SortedSet<int> shown = [];
        for (var cell = crop * cells; cell < (crop + 1) * cells; cell++)
        {
            if (batch.Targets[cell] >= Inside && batch.Classes[cell] != TrainingPicture.NoClass)
            {
                shown.Add(batch.Classes[cell] - 1);
            }
        }

        return [.. shown];
    }

    /// <summary>One mask for each class that the crop shows.</summary>
    private MaskTargets Targets(Batch batch, int crop)
    {
        var (cells, shown) = (batch.Cells * batch.Cells, Classes(batch, crop));
        var masks = new float[shown.Count * cells];
        for (var cell = 0; cell < cells; cell++)
        {
            var at = (crop * cells) + cell;
            if (batch.Targets[at] >= Inside && batch.Classes[at] != TrainingPicture.NoClass)
            {
                masks[(shown.IndexOf(batch.Classes[at] - 1) * cells) + cell] = 1;
            }
        }

        return new MaskTargets(
            tensor(shown.Select(index => (long)index).ToArray(), device: _network.Device).MoveToOuterDisposeScope(),
            tensor(masks, [shown.Count, batch.Cells, batch.Cells], device: _network.Device).MoveToOuterDisposeScope());
    }
}
