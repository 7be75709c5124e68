using IMDD.Contracts.CloudEvents;
using IMDD.Contracts.Identity;

namespace IMDD.Contracts.Events;

/// <summary>Makes events of <c>imdd.metrics.camera-statistics.v1</c>.</summary>
public static class CameraStatisticsEvent
{
    /// <summary>A window of a camera.</summary>
    /// <exception cref="ArgumentException">Malformed digest, the window ends before it starts, or a sketch breaks a rule of <see cref="Fault"/>.</exception>
    /// <exception cref="FormatException">Asset path or camera cannot be written as an attribute.</exception>
    public static CloudEvent Create(CameraStatistics statistics, EventContext context)
    {
        var camera = new CameraPath(AssetPath.Parse(statistics.AssetPath), statistics.CameraId);
        EventGuard.Digest(statistics.Model.Digest, "Model.Digest");
        EventGuard.Digest(statistics.RecipeDigest, nameof(statistics.RecipeDigest));
        EventGuard.That(statistics.WindowEnd >= statistics.WindowStart, "The window ends before it starts.", nameof(statistics.WindowEnd));
        EventGuard.That(Fault(statistics.Sketch) is null, $"Sketch: {Fault(statistics.Sketch)}", nameof(statistics.Sketch));
        EventGuard.That(
            statistics.Reference is null || Fault(statistics.Reference) is null, $"Reference: {(statistics.Reference is { } r ? Fault(r) : null)}",
            nameof(statistics.Reference));
        return new EventBuilder(EventTypes.CameraStatisticsCollected, context)
            .Key(camera.ToString())
            .Set(CloudEventAttributes.ModelDigest, statistics.Model.Digest)
            .BuildJson(EventId.ForCameraStatistics(camera, statistics.Model.Digest, statistics.WindowStart), camera.Camera, statistics);
    }

    /// <summary>What is wrong with a sketch, for a person; null where nothing is.</summary>
    public static string? Fault(StatisticsSketch sketch)
    {
        if (sketch.Frames < 1)
        {
            return $"there are {sketch.Frames} frames: expected at least 1.";
        }

        foreach (var (name, counts) in sketch.Histograms)
        {
            // Bins of another version, and statistics that are not known, are the reader's to leave out.
            if (sketch.BinsVersion == StatisticBins.Version && StatisticBins.Count(name) is > 0 and var bins && counts.Count != bins)
            {
                return $"histogram '{name}' has {counts.Count} bins: expected {bins}.";
            }

            if (counts.Any(count => count < 0) || counts.Sum() > sketch.Frames)
            {
                return $"histogram '{name}' counts below 0, or more than the {sketch.Frames} frames.";
            }
        }

        if (Counts(sketch.Verdicts, sketch.Frames) is { } verdicts)
        {
            return $"verdicts: {verdicts}";
        }

        return Counts(sketch.Classes, sketch.Frames) is { } classes ? $"classes: {classes}" : Embeddings(sketch.Embeddings);
    }

    private static string? Counts(IReadOnlyDictionary<string, long> counts, long frames)
        => counts.Count > StatisticsSketch.MaxNames + 1 ? $"{counts.Count} names: expected at most {StatisticsSketch.MaxNames + 1}."
            : counts.Values.Any(count => count < 0 || count > frames) || counts.Values.Sum() > frames ? $"counts are below 0 or above the {frames} frames."
            : null;

    private static string? Embeddings(IReadOnlyList<IReadOnlyList<double>> embeddings)
    {
        var numbers = embeddings.Sum(embedding => (long)embedding.Count);
        return embeddings.Count > StatisticsSketch.MaxEmbeddings || numbers > StatisticsSketch.MaxEmbeddingNumbers
            ? $"there are {embeddings.Count} embeddings of {numbers} numbers: expected at most {StatisticsSketch.MaxEmbeddings} of {StatisticsSketch.MaxEmbeddingNumbers}."
            : embeddings.Any(embedding => embedding.Count == 0 || embedding.Count != embeddings[0].Count) ? "embeddings differ in length, or are empty."
            : embeddings.Any(embedding => embedding.Any(number => !(Math.Abs(number) <= 1))) ? "an embedding has a number outside -1 to 1."
            : null;
    }
}
