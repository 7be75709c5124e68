using IMDD.Contracts.Events;
using IMDD.Contracts.Models;
using IMDD.Inference.Regions;

namespace IMDD.Inference.Recipes;

/// <summary>A recipe applied to a bundle: every threshold has a value.</summary>
public sealed class ResolvedRecipe
{
    private readonly Dictionary<string, ClassRule> _rules = new(StringComparer.Ordinal);
    private readonly double _mm2PerPixel;

    /// <param name="recipe">What the station says; null: it has no recipe, and the bundle's own thresholds hold.</param>
    /// <param name="manifest">The bundle.</param>
    public ResolvedRecipe(Recipe? recipe, BundleManifest manifest)
    {
        Manifest = manifest;
        ImageThreshold = recipe is null ? manifest.ImageThreshold : recipe.ImageThreshold;
        recipe ??= new Recipe { Id = RecipeId.BundleDefaults };
        UndecidedMargin = recipe.UndecidedMargin;
        Regions = new RegionOptions
        {
            PixelThreshold = recipe.PixelThreshold ?? manifest.PixelThreshold,
            ImageThreshold = ImageThreshold,
            MinAreaPx = recipe.MinAreaPx,
            IgnoreAreas = recipe.IgnoreAreas,
            MaxRegions = DefectDetected.MaxRegions,
        };
        NearRegions = Regions with { PixelThreshold = Math.Max(0, Regions.PixelThreshold - recipe.UndecidedMargin), ImageThreshold = null };
        HasPixelSize = recipe.PixelSizeMm is not null;
        _mm2PerPixel = recipe.PixelSizeMm is { } size ? size * size : 1;
        foreach (var entry in manifest.Classes)
        {
            _rules[entry.Id] = Resolve(recipe.Classes.GetValueOrDefault(entry.Id), entry.Severity);
        }

        _rules.TryAdd(BundleClass.UnknownDefect, Resolve(recipe.Classes.GetValueOrDefault(BundleClass.UnknownDefect), Severity.Major));
    }

    /// <summary>The bundle's.</summary>
    public BundleManifest Manifest { get; }

    /// <summary>A frame fails from this image score on; null: regions alone decide.</summary>
    public double? ImageThreshold { get; }

    /// <summary>What lies by so much below a threshold is undecided; 0: nothing.</summary>
    public double UndecidedMargin { get; }

    /// <summary>How regions are extracted.</summary>
    public RegionOptions Regions { get; }

    /// <summary>The same with the pixel threshold lowered by the margin: what is nearly a region.</summary>
    public RegionOptions NearRegions { get; }

    /// <summary>True when areas in square millimetres are known.</summary>
    public bool HasPixelSize { get; }

    /// <summary>The rule for a class; a class nobody has described is judged as an unknown defect.</summary>
    public ClassRule Rule(string classId) => _rules.TryGetValue(classId, out var rule) ? rule : _rules[BundleClass.UnknownDefect];

    /// <summary>Square millimetres, or pixels where the pixel size is not known.</summary>
    public double Area(long pixels) => pixels * _mm2PerPixel;

    private static ClassRule Resolve(RecipeClassRule? rule, Severity severity)
        => new(rule?.MinScore ?? 0, rule?.MinArea ?? 0, rule?.Severity ?? (severity == Severity.Unknown ? Severity.Major : severity), rule?.Tolerated ?? false);
}
