using IMDD.Contracts.Events;
using IMDD.Contracts.Models;
using IMDD.Edge.Agent.Examples;
using IMDD.Inference;
using IMDD.Inference.Recipes;
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
        if (recipe.UndecidedMargin > 0 && !RecipeJudge.Fails(found, recipe))
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
        var score = RecipeJudge.Score(imageScore);
        Decision decision = new() { Verdict = Verdict.Pass, ImageScore = score, Model = model, Hardness = HardnessRule.Of(found, score, recipe) };
        if (RecipeJudge.Fails(found, score, recipe))
        {
            return decision with { Verdict = Verdict.Fail, Regions = Describe(found, recipe), RegionsOmitted = omitted };
        }

        if (RecipeJudge.NearMiss(found, near, score, recipe) is { } why)
        {
            return decision with { Verdict = Verdict.Undecided, Reason = UndecidedReason.Uncertain, Detail = why, Regions = Describe(found, recipe) };
        }

        return decision with { Regions = Describe(found, recipe) };
    }

    /// <summary>The regions that count, by severity, then as found (by score).</summary>
    private static List<DefectRegion> Describe(IReadOnlyList<DetectedRegion> found, ResolvedRecipe recipe)
    {
        List<DefectRegion> regions = new(found.Count);
        for (var severity = Severity.Critical; severity > Severity.Unknown; severity--)
        {
            foreach (var region in found)
            {
                if (recipe.Rule(region.Class).Severity == severity && RecipeJudge.Counts(region, recipe, margin: 0))
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
        Confidence = region.Confidence,
        Alternatives = region.Alternatives.Count <= MaxAlternatives ? region.Alternatives : [.. region.Alternatives.Take(MaxAlternatives)],
        BboxPx = region.BboxPx,
        AreaPx = region.AreaPx,
        AreaMm2 = recipe.HasPixelSize ? Math.Round(recipe.Area(region.AreaPx), 4) : null,
        ContourPx = region.ContourPx,
        MaskRle = region.MaskRle,
    };
}
