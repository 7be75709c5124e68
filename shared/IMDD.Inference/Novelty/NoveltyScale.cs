using System.Text.Json;
using IMDD.Contracts.Events;
using IMDD.Contracts.Models;

namespace IMDD.Inference.Novelty;

/// <summary>How unlike the pictures that a bundle was measured on a frame is, as the share of those that lie nearer.</summary>
public sealed class NoveltyScale
{
    private readonly float[] _mean;
    private readonly float[] _weight;
    private readonly double[] _distances;
    private readonly int _pictures;

    /// <exception cref="FormatException">The statistics contradict themselves; the message says how.</exception>
    public NoveltyScale(EmbeddingReference reference)
    {
        ArgumentNullException.ThrowIfNull(reference);
        Require(reference.Mean.Count > 0 && reference.Mean.Count == reference.Variance.Count, $"{reference.Mean.Count} means and {reference.Variance.Count} variances; expected as many");
        Require(reference.Mean.All(float.IsFinite), "a mean is not a number");
        Require(reference.Variance.All(v => float.IsFinite(v) && v > 0), "a variance is not above 0");
        Require(reference.Pictures > 0, $"{reference.Pictures} pictures; expected at least 1");
        Require(
            reference.Distances.Count >= 2 && reference.Distances[0] >= 0 && double.IsFinite(reference.Distances[^1])
                && reference.Distances.Zip(reference.Distances.Skip(1)).All(pair => pair.First <= pair.Second),
            "the distances are no quantiles: expected at least two numbers from 0, rising");
        _mean = [.. reference.Mean];
        _weight = [.. reference.Variance.Select(variance => 1 / variance)];
        _distances = [.. reference.Distances];
        _pictures = reference.Pictures;
    }

    /// <summary>Elements of an embedding.</summary>
    public int Length => _mean.Length;

    /// <summary>The scale of a bundle; null where it carries none.</summary>
    /// <exception cref="FormatException">It carries one that cannot be used.</exception>
    public static NoveltyScale? Of(BundleManifest manifest)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        if (manifest.Reference is not { ValueKind: JsonValueKind.Object } reference)
        {
            return null;
        }

        try
        {
            return reference.Deserialize<BundleReference>(ImddJson.Options)?.Embedding is { } embedding ? new NoveltyScale(embedding) : null;
        }
        catch (JsonException e)
        {
            throw new FormatException(e.Message, e);
        }
    }

    /// <summary>The distance, 1 for a usual picture.</summary>
    /// <param name="embedding"><see cref="Length"/> elements.</param>
    /// <exception cref="ArgumentException">It has another length.</exception>
    public double Distance(ReadOnlySpan<float> embedding)
    {
        if (embedding.Length != _mean.Length)
        {
            throw new ArgumentException($"The embedding has {embedding.Length} elements: expected {_mean.Length}.", nameof(embedding));
        }

        double sum = 0;
        for (var i = 0; i < embedding.Length; i++)
        {
            double difference = embedding[i] - _mean[i];
            sum += difference * difference * _weight[i];
        }

        return Math.Sqrt(sum / embedding.Length);
    }

    /// <summary>
    /// The share of the measured pictures that lie nearer, 0 to 1, between quantiles interpolated. Beyond the farthest of n pictures it starts at
    /// n / (n + 1), for more is not known, and nears 1 with the distance.
    /// </summary>
    public double Share(double distance)
    {
        if (double.IsNaN(distance))
        {
            return 1;
        }

        var inside = _pictures / (_pictures + 1.0);
        var farthest = _distances[^1];
        if (distance > farthest)
        {
            return inside + ((1 - inside) * (1 - (farthest / distance)));
        }

        var above = Array.FindIndex(_distances, quantile => distance <= quantile);
        if (above == 0)
        {
            return 0;
        }

        var step = _distances[above] - _distances[above - 1];
        return inside * (above - 1 + (step > 0 ? (distance - _distances[above - 1]) / step : 1)) / (_distances.Length - 1);
    }

    private static void Require(bool holds, string problem)
    {
        if (!holds)
        {
            throw new FormatException($"reference.embedding: {problem}.");
        }
    }
}
