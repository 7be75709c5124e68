using IMDD.Contracts.Models;

namespace IMDD.Inference.Regions;

/// <summary>How surely a region is a defect, by what its bundle says of that.</summary>
public static class RegionScore
{
    // A probability as a float may be 1, whose logit is none.
    private const double Least = 1e-6;

    /// <summary>What a score is made of: the logit of a region's highest defect probability, and the logarithm of its area.</summary>
    /// <param name="peak">0 to 1.</param>
    /// <param name="areaPx">Pixels of the frame.</param>
    public static (double Peak, double Area) Features(double peak, long areaPx)
    {
        var bounded = Math.Clamp(peak, Least, 1 - Least);
        return (Math.Log(bounded / (1 - bounded)), Math.Log(Math.Max(1, areaPx)));
    }

    /// <summary>The score, 0 to 1; the highest probability itself where the bundle has nothing fitted.</summary>
    /// <param name="fitted">The bundle's.</param>
    /// <param name="peak">Highest defect probability of the region, 0 to 1.</param>
    /// <param name="areaPx">Its area, pixels of the frame.</param>
    public static double Of(BundleRegionScore? fitted, double peak, long areaPx)
    {
        if (fitted is null)
        {
            return peak;
        }

        var (height, area) = Features(peak, areaPx);
        return 1 / (1 + Math.Exp(-(fitted.Offset + (fitted.PeakScale * height) + (fitted.AreaScale * area))));
    }
}
