using IMDD.Contracts.Models;
using IMDD.Edge.Agent.Intake;
using IMDD.Inference.Recipes;
using Microsoft.Extensions.Options;

namespace IMDD.Edge.Agent.Inspection;

/// <summary>A recipe, and what it means for the model in the slot.</summary>
internal sealed class StationRecipe
{
    private ResolvedRecipe? _resolved;

    public StationRecipe(IOptions<RecipeOptions> options)
        : this(options.Value.RecipeFile is { Length: > 0 } file ? RecipeFile.Read(file) : options.Value.Recipe)
    {
    }

    /// <param name="recipe">What it says; null: the bundle's thresholds.</param>
    /// <param name="counter">Of its signed document; null: it has none.</param>
    public StationRecipe(Recipe? recipe, long? counter = null)
    {
        Counter = counter;
        IsBundleDefaults = recipe is null;
        Recipe = recipe ?? new Recipe { Id = RecipeId.BundleDefaults };
        Digest = RecipeDigest.Of(Recipe);
        Window = Recipe.Window is [var low, var high] ? (low, high) : null;
        Deadline = Recipe.DeadlineMs is { } milliseconds ? TimeSpan.FromMilliseconds(milliseconds) : null;
    }

    public Recipe Recipe { get; }

    /// <summary>True where the station has no recipe: the bundle's own thresholds hold.</summary>
    public bool IsBundleDefaults { get; }

    /// <summary>Counter that it was given out under; null: it is the configuration's.</summary>
    public long? Counter { get; }

    /// <summary>Digest of what the recipe says.</summary>
    public string Digest { get; }

    /// <summary>Range that becomes 8 bits, or null.</summary>
    public (int Low, int High)? Window { get; }

    /// <summary>Exposure to durable outcome, or null.</summary>
    public TimeSpan? Deadline { get; }

    /// <summary>True when the frame's deadline has passed.</summary>
    public bool IsLate(FrameInFlight frame, DateTimeOffset now) => Deadline is { } deadline && now - frame.Happened > deadline;

    /// <summary>The recipe with the bundle's values where it has none of its own.</summary>
    public ResolvedRecipe For(BundleManifest manifest)
    {
        var resolved = _resolved;
        if (resolved is null || !ReferenceEquals(resolved.Manifest, manifest))
        {
            resolved = Resolve(manifest);
            _resolved = resolved;
        }

        return resolved;
    }

    /// <summary>The same for a model that does not decide.</summary>
    public ResolvedRecipe Resolve(BundleManifest manifest) => new(IsBundleDefaults ? null : Recipe, manifest);
}
