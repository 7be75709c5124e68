using System.Text.Json;
using IMDD.Contracts.Events;
using IMDD.Contracts.Models;
using IMDD.Inference.Novelty;
using IMDD.Inference.Statistics;
using IMDD.Learning.Training.Pictures;

namespace IMDD.Learning.Training.Models;

/// <summary>Where the embeddings of usual frames lie, and what those look like, for the bundle's manifest.</summary>
internal static class EdgeReference
{
    // A quantile of one in a hundred needs some hundreds; more only take time.
    private const int MaxMeasured = 400;

    private const int Embeddings = 32;

    /// <summary>Null where the pictures are too few.</summary>
    /// <param name="model">The model.</param>
    /// <param name="pictures">Pictures that it was not trained on.</param>
    /// <param name="driftSeed">
    /// Of the draw of embeddings, where drift is to be measured from the normal ones of these pictures: then they are of the cameras that the model is for.
    /// Verdicts and classes are not in it: how many of a data set's pictures are defective says nothing of a line. Null: drift is measured otherwise.
    /// </param>
    public static JsonElement? Measure(EdgeModel model, IReadOnlyList<TrainingPicture> pictures, int? driftSeed)
    {
        if (pictures.Count < EmbeddingStatistics.LeastPictures)
        {
            return null;
        }

        using TorchSegmenter segmenter = new(model);
        var step = Math.Max(1, (pictures.Count + MaxMeasured - 1) / MaxMeasured);
        List<float[]> embeddings = [];
        SketchBuilder? sketch = driftSeed is { } seed ? new SketchBuilder(Embeddings, seed) : null;
        foreach (var picture in pictures.OrderBy(p => p.Id, StringComparer.Ordinal).Where((_, i) => i % step == 0))
        {
            using var image = picture.ImageOf(picture.Rgb);
            using var known = model.Description.Network.UsesReference ? picture.ImageOf(KnownGoodView.Of(picture)) : null;
            embeddings.Add(segmenter.Run([image], known is null ? null : [known]).Images[0].Embedding.ToArray());
            if (!picture.IsDefective)
            {
                sketch?.Add(FrameMeasures.Of(image), embeddings[^1]);
            }
        }

        return EmbeddingStatistics.Measure(embeddings) is { } measured
            ? JsonSerializer.SerializeToElement(new BundleReference { Embedding = measured, Statistics = sketch is { Frames: > 0 } ? sketch.Build() : null }, ImddJson.Options)
            : null;
    }
}
