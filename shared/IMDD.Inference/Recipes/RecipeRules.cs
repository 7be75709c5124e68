using IMDD.Contracts.Events;
using IMDD.Contracts.Models;

namespace IMDD.Inference.Recipes;

/// <summary>The rules that every recipe keeps, wherever it comes from.</summary>
public static class RecipeRules
{
    private const int LeastPolygon = 6;

    /// <summary>Everything that is wrong with a recipe, each with the field, <c>Classes:scratch:MinScore: must be …</c>; empty: nothing.</summary>
    public static IReadOnlyList<string> Faults(Recipe recipe)
    {
        List<string> faults = [];
        Require(!string.IsNullOrWhiteSpace(recipe.Id), nameof(recipe.Id), "must name the recipe and its revision, such as door-red@4");
        Require(IsShare(recipe.PixelThreshold), nameof(recipe.PixelThreshold), "must be from 0 to 1");
        Require(IsShare(recipe.ImageThreshold), nameof(recipe.ImageThreshold), "must be from 0 to 1");
        Require(IsShare(recipe.UndecidedMargin), nameof(recipe.UndecidedMargin), "must be from 0 to 1");
        Require(recipe.MinAreaPx >= 1, nameof(recipe.MinAreaPx), "must be at least 1");
        Require(recipe.PixelSizeMm is not { } size || (size > 0 && double.IsFinite(size)), nameof(recipe.PixelSizeMm), "must be above 0");
        Require(recipe.DeadlineMs is not <= 0, nameof(recipe.DeadlineMs), "must be above 0");
        Require(
            recipe.Window is null || (recipe.Window.Count == 2 && recipe.Window[0] >= 0 && recipe.Window[0] < recipe.Window[1] && recipe.Window[1] <= ushort.MaxValue),
            nameof(recipe.Window), "must be [low, high] with 0 <= low < high <= 65535");
        for (var i = 0; i < recipe.IgnoreAreas.Count; i++)
        {
            var area = recipe.IgnoreAreas[i];
            Require(
                area is not null && area.Count >= LeastPolygon && area.Count % 2 == 0 && area.All(double.IsFinite),
                $"{nameof(recipe.IgnoreAreas)}:{i}", "must be [x0, y0, x1, y1, ...] of at least three points");
        }

        foreach (var (id, rule) in recipe.Classes)
        {
            var field = $"{nameof(recipe.Classes)}:{id}";
            if (rule is null)
            {
                Require(holds: false, field, "must be a rule");
                continue;
            }

            Require(IsShare(rule.MinScore), $"{field}:{nameof(rule.MinScore)}", "must be from 0 to 1");
            Require(rule.MinArea is not { } area || (area >= 0 && double.IsFinite(area)), $"{field}:{nameof(rule.MinArea)}", "must not be negative");
            Require(rule.Severity is not Severity.Unknown, $"{field}:{nameof(rule.Severity)}", "must be minor, major or critical");
        }

        return faults;

        void Require(bool holds, string field, string rule)
        {
            if (!holds)
            {
                faults.Add($"{field}: {rule}");
            }
        }
    }

    private static bool IsShare(double? value) => value is not { } share || share is >= 0 and <= 1;
}
