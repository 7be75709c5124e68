using IMDD.Contracts.Models;
using IMDD.Inference.Recipes;
using IMDD.Inference.Regions;

namespace IMDD.Edge.Agent.Examples;

/// <summary>
/// Says how uncertain a frame is. A score is placed on a scale on which its threshold lies in the middle; with calibrated scores the place is about the
/// probability of a fail, and twice the smaller of it and its complement about twice the probability that the verdict is wrong: 1 at the threshold, 0 at either
/// end. A name is as uncertain as its top scores are near each other (half by their margin, half by their entropy), or as its row is near to its threshold, and
/// matters as much as its region is a defect. The frame is as uncertain as the most uncertain of these.
/// </summary>
internal static class HardnessRule
{
    public static Hardness Of(IReadOnlyList<DetectedRegion> found, double imageScore, ResolvedRecipe recipe)
    {
        // Where regions alone decide, the image score only says how near a passed frame came to have one.
        var place = recipe.ImageThreshold is { } threshold ? Place(imageScore, threshold) : Math.Min(0.5, Place(imageScore, recipe.Regions.PixelThreshold));
        double naming = 0;
        double? unknown = null;
        foreach (var region in found)
        {
            var rule = recipe.Rule(region.Class);
            if (rule.IsTolerated || recipe.Area(region.AreaPx) < rule.MinArea)
            {
                continue;
            }

            place = Math.Max(place, Place(region.Score, Math.Max(rule.MinScore, recipe.Regions.PixelThreshold)));
            if (region.Score < rule.MinScore)
            {
                continue;
            }

            naming = Math.Max(naming, region.Score * Naming(region));
            if (region.Class == BundleClass.UnknownDefect)
            {
                unknown = Math.Max(unknown ?? 0, region.Score);
            }
        }

        return new Hardness(Math.Round(Math.Clamp(Math.Max(Doubt(place), naming), 0, 1), 6), unknown is { } score ? Math.Clamp(score, 0, 1) : null);
    }

    /// <summary>Where a score lies, 0 to 1, with the threshold at one half.</summary>
    public static double Place(double score, double threshold)
    {
        var bounded = Math.Clamp(score, 0, 1);
        return bounded < threshold
            ? 0.5 * bounded / threshold
            : 0.5 + (threshold < 1 ? 0.5 * (bounded - threshold) / (1 - threshold) : 0);
    }

    /// <summary>1 in the middle, 0 at the ends.</summary>
    private static double Doubt(double place) => 2 * Math.Min(place, 1 - place);

    private static double Naming(DetectedRegion region)
    {
        if (region.Evidence is not { } evidence)
        {
            return 0;
        }

        // A row without a threshold always fits.
        var fit = evidence.Threshold > 0 ? Doubt(Place(evidence.Row, evidence.Threshold)) : 0;

        // The alternatives of an unknown defect begin with its best name.
        var others = region.Class == BundleClass.UnknownDefect ? region.Alternatives.Skip(1) : region.Alternatives;
        return Math.Max(fit, Closeness([evidence.Best, .. others.Select(a => a.Score)]));
    }

    private static double Closeness(double[] top)
    {
        var sum = top.Sum();
        if (top.Length < 2 || sum <= 0)
        {
            return 0;
        }

        var shares = Array.ConvertAll(top, score => score / sum);
        var entropy = -shares.Where(share => share > 0).Sum(share => share * Math.Log(share)) / Math.Log(3);
        return (0.5 * (1 - (shares[0] - shares[1]))) + (0.5 * entropy);
    }
}
