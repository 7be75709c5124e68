using IMDD.Imaging;
using IMDD.Learning.Datasets;
using IMDD.Learning.Datasets.Samples;
using IMDD.Learning.Datasets.Splits;
using IMDD.Learning.Datasets.Words;
using IMDD.Learning.Training.Models;
using IMDD.Learning.Training.Pictures;
using static TorchSharp.torch;

namespace IMDD.Learning.Training.Naming;

/// <summary>
/// Measures naming in three tiers: names that the model was trained with, names whose words occur in those, and names with a new word. Where the
/// defect is, is given: the cells of its mask are compared with a row for every name, made by the model's own text encoder, and the row with the
/// highest mean score names it.
/// </summary>
public sealed class TierNaming(EdgeModel model, IImageDecoder decoder)
{
    private const int MaxNames = 250;

    /// <summary>
    /// Measures, on all pictures of the data sets that show defects of one name. Chosen from are the names that the data sets have for the same
    /// category (where a name speaks of its surface, the surface alone would tell the others apart), and again all names there are.
    /// </summary>
    /// <exception cref="DatasetException">They have more names than can be told apart, or none.</exception>
    public IReadOnlyList<TierFigures> Measure(IReadOnlyList<Dataset> datasets)
    {
        var samples = datasets.SelectMany(d => d.Samples).Where(s => s.IsAnomalous && s.Classes.Count == 1).ToList();
        var names = model.Description.Classes
            .Concat(samples.Select(s => TrainedClass.Of(s.Classes[0], Vocabulary.English)).OfType<TrainedClass>())
            .DistinctBy(c => c.Id, StringComparer.Ordinal).ToList();
        if (samples.Count == 0 || names.Count > MaxNames)
        {
            throw new DatasetException($"The data sets have {samples.Count} pictures of one name, and {names.Count} names with the model's: expected 1 to {MaxNames}.");
        }

        OpenVocabularyProtocol protocol = new(model.Description.Classes.Select(c => c.Name), []);
        PictureLoader loader = new(decoder, Vocabulary.English, names);
        var named = Named(samples, names, loader);
        var ofProduct = named.GroupBy(n => n.Product, StringComparer.Ordinal)
            .ToDictionary(g => g.Key, g => g.Select(n => n.Truth).Distinct().ToList(), StringComparer.Ordinal);
        return
        [
            .. named.GroupBy(n => protocol.TierOf(names[n.Truth].Name)).OrderBy(g => g.Key).Select(tier => new TierFigures(
                tier.Key,
                tier.Count(),
                tier.Average(n => n.Best(ofProduct[n.Product]) == n.Truth ? 1.0 : 0),
                tier.Average(n => 1.0 / ofProduct[n.Product].Count),
                tier.Average(n => n.Best([.. Enumerable.Range(0, names.Count)]) == n.Truth ? 1.0 : 0),
                1.0 / names.Count)),
        ];
    }

    private List<NamedPicture> Named(List<DatasetSample> samples, List<TrainedClass> names, PictureLoader loader)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        model.Network.eval();
        model.Text.eval();
        var rows = model.RowsOf(names);
        List<NamedPicture> named = [];
        foreach (var sample in samples)
        {
            if (loader.Load(sample, dataset: 0) is { ClassIndices.Count: 1 } picture && Scores(picture, rows) is { } scores)
            {
                named.Add(new NamedPicture(sample.Category ?? "", picture.ClassIndices[0], scores));
            }
        }

        return named;
    }

    /// <summary>Mean score of each row over the cells of the mask; null where no cell is defective.</summary>
    private float[]? Scores(TrainingPicture picture, Tensor rows)
    {
        using var scope = NewDisposeScope();
        var reference = model.Description.Network.UsesReference ? EdgeInput.From(KnownGoodView.Of(picture), picture.Width, picture.Height) : null;
        var embedding = model.Network.forward(EdgeInput.From(picture.Rgb, picture.Width, picture.Height), reference).Embedding;
        var cells = DefectCells.Of(picture, model.Description.Network.OutputStride, (int)embedding.shape[3]);
        return cells.Length == 0
            ? null
            : model.Network.Naming.forward(embedding.flatten(2).squeeze(0).t().index_select(0, tensor(cells)), rows).sigmoid().mean([0]).data<float>().ToArray();
    }

    private sealed record NamedPicture(string Product, int Truth, float[] Scores)
    {
        public int Best(IReadOnlyList<int> names) => names.MaxBy(n => Scores[n]);
    }
}
