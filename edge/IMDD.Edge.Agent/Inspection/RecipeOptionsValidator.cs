using System.Text.Json;
using IMDD.Contracts.Events;
using IMDD.Contracts.Models;
using Microsoft.Extensions.Options;

namespace IMDD.Edge.Agent.Inspection;

/// <summary>The recipe's rules, with the key or file that breaks them.</summary>
internal sealed class RecipeOptionsValidator : IValidateOptions<RecipeOptions>
{
    private const string FileKey = $"{RecipeOptions.Section}:{nameof(RecipeOptions.RecipeFile)}";
    private const string InlineKey = $"{RecipeOptions.Section}:{nameof(RecipeOptions.Recipe)}";
    private const int LeastPolygon = 6;

    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, RecipeOptions options)
    {
        if (options is { RecipeFile: { Length: > 0 }, Recipe: not null })
        {
            return ValidateOptionsResult.Fail($"{FileKey}: give either a file or {InlineKey}, not both");
        }

        List<string> errors = [];
        if (options.RecipeFile is { Length: > 0 } file)
        {
            try
            {
                Check(RecipeFile.Read(file), FileKey, errors);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
            {
                errors.Add($"{FileKey}: cannot be read as a recipe: {e.Message}");
            }
        }
        else if (options.Recipe is { } recipe)
        {
            Check(recipe, InlineKey, errors);
        }

        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }

    private static void Check(Recipe recipe, string key, List<string> errors)
    {
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
                area.Count >= LeastPolygon && area.Count % 2 == 0 && area.All(double.IsFinite),
                $"{nameof(recipe.IgnoreAreas)}:{i}", "must be [x0, y0, x1, y1, ...] of at least three points");
        }

        foreach (var (id, rule) in recipe.Classes)
        {
            Require(IsShare(rule.MinScore), $"{nameof(recipe.Classes)}:{id}:{nameof(rule.MinScore)}", "must be from 0 to 1");
            Require(rule.MinArea is not { } area || (area >= 0 && double.IsFinite(area)), $"{nameof(recipe.Classes)}:{id}:{nameof(rule.MinArea)}", "must not be negative");
            Require(rule.Severity is not Severity.Unknown, $"{nameof(recipe.Classes)}:{id}:{nameof(rule.Severity)}", "must be minor, major or critical");
        }

        void Require(bool holds, string field, string rule)
        {
            if (!holds)
            {
                errors.Add($"{key}:{field}: {rule}");
            }
        }
    }

    private static bool IsShare(double? value) => value is not { } share || share is >= 0 and <= 1;
}
