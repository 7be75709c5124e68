using System.Text.Json;
using IMDD.Contracts.Events;

namespace IMDD.Contracts.Models;

/// <summary>
/// What a release is expected to say of a line's, or of one of its cells', frames, by its own thresholds or by a recipe: shares of the inspected frames, each as the lower and the upper end of
/// what is expected. One line's entry of <see cref="BundleManifest.Predicted"/>; other things may lie beside it.
/// </summary>
public sealed record LinePrediction
{
    /// <summary>Frames that fail and show the class, by class id.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<double>> FailRate { get; init; } = new Dictionary<string, IReadOnlyList<double>>(StringComparer.Ordinal);

    /// <summary>Frames that fail, whatever they show; null: nothing is said.</summary>
    public IReadOnlyList<double>? AnyFailRate { get; init; }

    /// <summary>Frames that the model cannot decide; null: nothing is said.</summary>
    public IReadOnlyList<double>? UndecidedRate { get; init; }

    /// <summary>Frames of the line that were shown to the release; null: not told.</summary>
    public int? Frames { get; init; }

    /// <summary><see cref="Models.RecipeDigest"/> of the recipe by which it says so, and for which alone it holds; null: by the release's own thresholds, without a recipe.</summary>
    public string? RecipeDigest { get; init; }

    /// <summary>What a manifest says of a line; null where it says nothing.</summary>
    /// <param name="manifest">The manifest.</param>
    /// <param name="line"><c>enterprise/site/area/line/cell</c>, or the line alone.</param>
    /// <exception cref="FormatException">What it says is no prediction.</exception>
    public static LinePrediction? Of(BundleManifest manifest, string line)
    {
        if (manifest.Predicted is not { ValueKind: JsonValueKind.Object } predicted || !predicted.TryGetProperty(line, out var entry) || entry.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        try
        {
            var prediction = entry.Deserialize<LinePrediction>(ImddJson.Options)!;
            return prediction.FailRate.Values.Append(prediction.AnyFailRate).Append(prediction.UndecidedRate).All(range => range is null or [>= 0 and <= 1, >= 0 and <= 1] && !(range?[0] > range?[1]))
                ? prediction
                : throw new FormatException($"predicted of {line} has a range that is none: expected two shares, the lower first.");
        }
        catch (JsonException e)
        {
            throw new FormatException($"predicted of {line} is no prediction: {e.Message}", e);
        }
    }
}
