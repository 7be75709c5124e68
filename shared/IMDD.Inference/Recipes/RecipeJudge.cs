using IMDD.Inference.Regions;

namespace IMDD.Inference.Recipes;

/// <summary>What a recipe makes of what a model saw: the same for a frame of the line and for one that a release is shown again.</summary>
public static class RecipeJudge
{
    /// <summary>The image score as it is judged and told: 0 to 1, to six places.</summary>
    /// <exception cref="SegmenterException">It is not a number.</exception>
    public static double Score(double imageScore)
        => double.IsNaN(imageScore) ? throw new SegmenterException("The model's image score is not a number.") : Math.Round(Math.Clamp(imageScore, 0, 1), 6);

    /// <summary>True when a frame fails.</summary>
    /// <param name="found">Regions above the pixel threshold.</param>
    /// <param name="score">Of <see cref="Score"/>.</param>
    /// <param name="recipe">What is in force.</param>
    public static bool Fails(IReadOnlyList<DetectedRegion> found, double score, ResolvedRecipe recipe)
        => (recipe.ImageThreshold is { } threshold && score >= threshold) || Fails(found, recipe);

    /// <summary>True when a frame fails by its regions alone.</summary>
    public static bool Fails(IReadOnlyList<DetectedRegion> found, ResolvedRecipe recipe)
    {
        foreach (var region in found)
        {
            if (!recipe.Rule(region.Class).IsTolerated && Counts(region, recipe, margin: 0))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>True when a region is large and certain enough for its class.</summary>
    /// <param name="region">The region.</param>
    /// <param name="recipe">What is in force.</param>
    /// <param name="margin">By so much its score may lie below what is asked.</param>
    public static bool Counts(DetectedRegion region, ResolvedRecipe recipe, double margin)
    {
        var rule = recipe.Rule(region.Class);
        return region.Score >= rule.MinScore - margin && recipe.Area(region.AreaPx) >= rule.MinArea;
    }

    /// <summary>What makes a frame that does not fail undecided, for a person; null: nothing, it passes.</summary>
    /// <param name="found">Regions above the pixel threshold.</param>
    /// <param name="near">Regions above the threshold lowered by the margin; empty where there is no margin.</param>
    /// <param name="score">Of <see cref="Score"/>.</param>
    /// <param name="recipe">What is in force.</param>
    public static string? NearMiss(IReadOnlyList<DetectedRegion> found, IReadOnlyList<DetectedRegion> near, double score, ResolvedRecipe recipe)
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
}
