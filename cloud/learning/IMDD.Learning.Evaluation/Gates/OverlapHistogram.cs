using System.Runtime.InteropServices;
using IMDD.Imaging.Masks;

namespace IMDD.Learning.Evaluation.Gates;

/// <summary>
/// What a picture adds to the per-region overlap curve, by steps of the score's logit: counts of normal pixels, and of defective ones weighted so
/// that each region counts as one. Pictures are added up, in a resample as often as they were drawn.
/// </summary>
internal sealed class OverlapHistogram
{
    private const int Bins = 512;
    private const double Reach = 16;
    private const double Smallest = 1e-7;

    private readonly double[] _normal = new double[Bins];
    private readonly double[] _defective = new double[Bins];
    private double _regions;

    /// <summary>Of one picture.</summary>
    /// <param name="scores">From 0 to 1, row-major.</param>
    /// <param name="mask">True where defective.</param>
    /// <param name="width">Pixels.</param>
    /// <param name="height">Pixels.</param>
    public static OverlapHistogram Of(ReadOnlySpan<float> scores, ReadOnlySpan<bool> mask, int width, int height)
    {
        OverlapHistogram histogram = new();
        using var regions = mask.Contains(true) ? ConnectedComponents.Find(MemoryMarshal.AsBytes(mask), width, height) : null;
        var labels = regions is null ? default : regions.Labels;
        var sizes = new int[regions?.Count ?? 0];
        foreach (var label in labels)
        {
            if (label > 0)
            {
                sizes[label - 1]++;
            }
        }

        histogram._regions = sizes.Length;
        for (var i = 0; i < scores.Length; i++)
        {
            if (labels.Length > 0 && labels[i] > 0)
            {
                histogram._defective[Bin(scores[i])] += 1.0 / sizes[labels[i] - 1];
            }
            else
            {
                histogram._normal[Bin(scores[i])]++;
            }
        }

        return histogram;
    }

    /// <summary>Area under the curve up to a false-positive rate, divided by it; null without a region or a normal pixel.</summary>
    public static double? Aupro(IEnumerable<OverlapHistogram?> pictures, double limit)
    {
        var (normal, defective) = (new double[Bins], new double[Bins]);
        double regions = 0;
        foreach (var picture in pictures)
        {
            if (picture is null)
            {
                continue;
            }

            regions += picture._regions;
            System.Numerics.Tensors.TensorPrimitives.Add(normal, picture._normal, normal);
            System.Numerics.Tensors.TensorPrimitives.Add(defective, picture._defective, defective);
        }

        var pixels = normal.Sum();
        return regions == 0 || pixels == 0 ? null : Area(normal, defective, regions, pixels, limit);
    }

    private static double Area(double[] normal, double[] defective, double regions, double pixels, double limit)
    {
        double area = 0, rate = 0, overlap = 0;
        for (var bin = Bins - 1; bin >= 0 && rate < limit; bin--)
        {
            var (nextRate, nextOverlap) = (rate + normal[bin] / pixels, overlap + defective[bin] / regions);
            if (nextRate > limit)
            {
                nextOverlap = overlap + (limit - rate) / (nextRate - rate) * (nextOverlap - overlap);
                nextRate = limit;
            }

            area += (nextRate - rate) * (overlap + nextOverlap) / 2;
            (rate, overlap) = (nextRate, nextOverlap);
        }

        return area / limit;
    }

    /// <summary>A score that is no number is the worst there is: a model that gives it finds nothing.</summary>
    private static int Bin(float score)
    {
        var share = float.IsNaN(score) ? Smallest : Math.Clamp(score, Smallest, 1 - Smallest);
        var logit = Math.Log(share / (1 - share));
        return (int)Math.Clamp((logit + Reach) / (2 * Reach) * Bins, 0, Bins - 1);
    }
}
