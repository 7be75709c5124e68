using System.Text.Json;
using IMDD.Contracts.Events;
using IMDD.Contracts.Models;
using IMDD.Imaging;
using IMDD.Inference.Novelty;
using IMDD.Learning.Training.Pictures;

namespace IMDD.Learning.Training.Models;

/// <summary>Where the embeddings of usual frames lie, for the bundle's manifest.</summary>
internal static class EdgeReference
{
    // A quantile of one in a hundred needs some hundreds; more only take time.
    private const int MaxMeasured = 400;

    /// <summary>Null where the pictures are too few.</summary>
    public static JsonElement? Measure(EdgeModel model, IReadOnlyList<TrainingPicture> pictures)
    {
        if (pictures.Count < EmbeddingStatistics.LeastPictures)
        {
            return null;
        }

        using TorchSegmenter segmenter = new(model);
        var step = Math.Max(1, (pictures.Count + MaxMeasured - 1) / MaxMeasured);
        List<float[]> embeddings = [];
        foreach (var picture in pictures.OrderBy(p => p.Id, StringComparer.Ordinal).Where((_, i) => i % step == 0))
        {
            using var image = Whole(picture.Rgb, picture);
            using var known = model.Description.Network.UsesReference ? Whole(picture.Reference ?? picture.Rgb, picture) : null;
            embeddings.Add(segmenter.Run([image], known is null ? null : [known]).Images[0].Embedding.ToArray());
        }

        return EmbeddingStatistics.Measure(embeddings) is { } measured
            ? JsonSerializer.SerializeToElement(new BundleReference { Embedding = measured }, ImddJson.Options)
            : null;
    }

    private static RgbImage Whole(byte[] rgb, TrainingPicture picture)
    {
        RgbImage image = new(picture.Width, picture.Height);
        rgb.CopyTo(image.Pixels);
        return image;
    }
}
