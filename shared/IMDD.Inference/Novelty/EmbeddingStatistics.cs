using IMDD.Contracts.Models;

namespace IMDD.Inference.Novelty;

/// <summary>Measures where the embeddings of pictures lie.</summary>
public static class EmbeddingStatistics
{
    /// <summary>Fewer say nothing of what is usual.</summary>
    public const int LeastPictures = 8;

    private const int Quantiles = 100;

    /// <summary>An element that hardly varies must not decide by its noise: the least variance, as a part of the mean one.</summary>
    private const double VarianceFloor = 0.01;

    private const double LeastVariance = 1e-12;

    /// <summary>The statistics; null for fewer than <see cref="LeastPictures"/> pictures.</summary>
    /// <param name="embeddings">One for each picture, all of one length.</param>
    /// <remarks>
    /// A picture lies nearer to a mean that it is part of: each half's distances are measured from the other half.
    /// </remarks>
    public static EmbeddingReference? Measure(IReadOnlyList<float[]> embeddings)
    {
        ArgumentNullException.ThrowIfNull(embeddings);
        if (embeddings.Count < LeastPictures)
        {
            return null;
        }

        var even = embeddings.Where((_, i) => i % 2 == 0).ToArray();
        var odd = embeddings.Where((_, i) => i % 2 == 1).ToArray();
        double[] distances = [.. Distances(even, odd), .. Distances(odd, even)];
        Array.Sort(distances);
        var (mean, variance) = Moments(embeddings);
        return new EmbeddingReference(mean, variance, embeddings.Count, [.. Enumerable.Range(0, Quantiles + 1).Select(i => Quantile(distances, i))]);
    }

    private static IEnumerable<double> Distances(float[][] from, float[][] of)
    {
        var (mean, variance) = Moments(from);
        NoveltyScale scale = new(new EmbeddingReference(mean, variance, from.Length, [0, 1]));
        return of.Select(embedding => scale.Distance(embedding));
    }

    private static (float[] Mean, float[] Variance) Moments(IReadOnlyList<float[]> embeddings)
    {
        var length = embeddings[0].Length;
        var mean = new double[length];
        var variance = new double[length];
        foreach (var embedding in embeddings)
        {
            for (var i = 0; i < length; i++)
            {
                mean[i] += embedding[i] / (double)embeddings.Count;
            }
        }

        foreach (var embedding in embeddings)
        {
            for (var i = 0; i < length; i++)
            {
                var difference = embedding[i] - mean[i];
                variance[i] += difference * difference / (embeddings.Count - 1);
            }
        }

        var floor = Math.Max(variance.Average() * VarianceFloor, LeastVariance);
        return ([.. mean.Select(m => (float)m)], [.. variance.Select(v => (float)Math.Max(v, floor))]);
    }

    private static double Quantile(double[] sorted, int hundredth)
    {
        var at = hundredth / (double)Quantiles * (sorted.Length - 1);
        var below = (int)at;
        var above = Math.Min(below + 1, sorted.Length - 1);
        return Math.Round(sorted[below] + ((at - below) * (sorted[above] - sorted[below])), 6);
    }
}
