using IMDD.Contracts.Events;
using IMDD.Contracts.Models;
using IMDD.Edge.Agent.Examples;
using IMDD.Inference;
using IMDD.Inference.Regions;

namespace IMDD.Edge.Agent.Inspection;

/// <summary>Turns what the model saw into pass, fail or undecided, by the station's recipe.</summary>
internal static class RecipeEvaluator
{
    private const int MaxAlternatives = 2;

    /// <summary>Judges one frame.</summary>
    /// <exception cref="SegmenterException">The model's outputs are not usable.</exception>
    public static Decision Judge(
        SegmentationResult result, BundleManifest manifest, ResolvedRecipe recipe, int imageWidth, int imageHeight, ModelReference model)
    {
        var found = RegionExtractor.Extract(result, manifest, recipe.Regions, imageWidth, imageHeight);
        IReadOnlyList<DetectedRegion> near = [];
        if (recipe.UndecidedMargin > 0 && !Fails(found, recipe))
        {
            near = RegionExtractor.Extract(result, manifest, recipe.NearRegions, imageWidth, imageHeight);
        }

        return Judge(found, found.Omitted, near, result.ImageScore, recipe, model);
    }

    /// <summary>Judges what was found.</summary>
    /// <param name="found">Regions above the pixel threshold.</param>
    /// <param name="omitted">Further ones, counted only.</param>
    /// <param name="near">Regions above the threshold lowered by the margin; empty where there is no margin.</param>
    /// <param name="imageScore">The model's score of the frame.</param>
    /// <param name="recipe">What is in force.</param>
    /// <param name="model">The model.</param>
    /// <exception cref="SegmenterException">The image score is not a number.</exception>
    public static Decision Judge(
        IReadOnlyList<DetectedRegion> found, int omitted, IReadOnlyList<DetectedRegion> near, double imageScore, ResolvedRecipe recipe, ModelReference model)
    {
        if (double.IsNaN(imageScore))
        {
            throw new SegmenterException("The model's image score is not a number.");
        }

        var score = Math.Round(Math.Clamp(imageScore, 0, 1), 6);
        var byScore = recipe.ImageThreshold is { } threshold && score >= threshold;
        Decision decision = new() { Verdict = Verdict.Pass, ImageScore = score, Model = model, Hardness = HardnessRule.Of(found, score, recipe) };
        if (byScore || Fails(found, recipe))
        {
            return decision with { Verdict = Verdict.Fail, Regions = Describe(found, recipe), RegionsOmitted = omitted };
        }

        if (NearMiss(found, near, score, recipe) is { } why)
        {
            return decision with { Verdict = Verdict.Undecided, Reason = UndecidedReason.Uncertain, Detail = why, Regions = Describe(found, recipe) };
        }

        return decision with { Regions = Describe(found, recipe) };
    }

    private static bool Fails(IReadOnlyList<DetectedRegion> regions, ResolvedRecipe recipe)
    {
        foreach (var region in regions)
        {
            if (!recipe.Rule(region.Class).IsTolerated && Counts(region, recipe, margin: 0))
            {
                return true;
            }
        }

        return false;
    }

    private static bool Counts(DetectedRegion region, ResolvedRecipe recipe, double margin)
    {
        var rule = recipe.Rule(region.Class);
        return region.Score >= rule.MinScore - margin && recipe.Area(region.AreaPx) >= rule.MinArea;
    }

    private static string? NearMiss(IReadOnlyList<DetectedRegion> found, IReadOnlyList<DetectedRegion> near, double score, ResolvedRecipe recipe)
    {
        var margin = recipe.UndecidedMargin;
        if (margin <= 0)
        {
            return null;
        }

        if (recipe.ImageThreshold is { } threshold && score >= threshold - margin)
        {
            return $"The image score {score} lies within {margin} below its threshold {threshold}.";
        }

        foreach (var region in (IEnumerable<DetectedRegion>)[.. found, .. near])
        {
            if (!recipe.Rule(region.Class).IsTolerated && Counts(region, recipe, margin))
            {
                return $"A region of class {region.Class} with score {region.Score} lies within {margin} below its threshold.";
            }
        }

        return null;
    }

    /// <summary>The regions that count, by severity, then as found (by score).</summary>
    private static List<DefectRegion> Describe(IReadOnlyList<DetectedRegion> found, ResolvedRecipe recipe)
    {
        List<DefectRegion> regions = new(found.Count);
        for (var severity = Severity.Critical; severity > Severity.Unknown; severity--)
        {
            foreach (var region in found)
            {
                if (recipe.Rule(region.Class).Severity == severity && Counts(region, recipe, margin: 0))
                {
                    regions.Add(Describe(region, severity, recipe));
                }
            }
        }

        return regions;
    }

    private static DefectRegion Describe(DetectedRegion region, Severity severity, ResolvedRecipe recipe) => new()
    {
        Class = region.Class,
        Severity = severity,
        Score = region.Score,
        Alternatives = region.Alternatives.Count <= MaxAlternatives ? region.Alternatives : [.. region.Alternatives.Take(MaxAlternatives)],
        BboxPx = region.BboxPx,
        AreaPx = region.AreaPx,
        AreaMm2 = recipe.HasPixelSize ? Math.Round(recipe.Area(region.AreaPx), 4) : null,
        ContourPx = region.ContourPx,
        MaskRle = region.MaskRle,
    };
}
