using IMDD.Contracts.Models;

namespace IMDD.Inference.Regions;

/// <summary>How surely a region is a defect, by what its bundle says of that.</summary>
public static class RegionConfidence
{
    // A probability as a float may be 1, whose logit is none.
    private const double Least = 1e-6;

    /// <summary>What a confidence is made of: the logit of a region's highest defect probability, and the logarithm of its area.</summary>
    /// <param name="score">Highest defect probability, 0 to 1.</param>
    /// <param name="areaPx">Pixels of the frame.</param>
    public static (double Peak, double Area) Features(double score, long areaPx)
    {
        var bounded = Math.Clamp(score, Least, 1 - Least);
        return (Math.Log(bounded / (1 - bounded)), Math.Log(Math.Max(1, areaPx)));
    }

    /// <summary>The confidence, 0 to 1; null where the bundle has nothing fitted.</summary>
    /// <param name="fitted">The bundle's.</param>
    /// <param name="score">Highest defect probability of the region, 0 to 1.</param>
    /// <param name="areaPx">Its area, pixels of the frame.</param>
    public static double? Of(BundleRegionConfidence? fitted, double score, long areaPx)
    {
        if (fitted is null)
        {
            return null;
        }

        var (peak, area) = Features(score, areaPx);
        return 1 / (1 + Math.Exp(-(fitted.Offset + (fitted.PeakScale * peak) + (fitted.AreaScale * area))));
    }
}
