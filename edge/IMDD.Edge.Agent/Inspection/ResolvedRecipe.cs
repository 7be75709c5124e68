using IMDD.Contracts.Events;
using IMDD.Contracts.Models;
using IMDD.Inference.Regions;

namespace IMDD.Edge.Agent.Inspection;

/// <summary>A recipe applied to a bundle: every threshold has a value.</summary>
internal sealed class ResolvedRecipe
{
    private readonly Dictionary<string, ClassRule> _rules = new(StringComparer.Ordinal);
    private readonly double _mm2PerPixel;

    public ResolvedRecipe(Recipe recipe, BundleManifest manifest, double? imageThreshold)
    {
        Manifest = manifest;
        ImageThreshold = imageThreshold;
        UndecidedMargin = recipe.UndecidedMargin;
        Regions = new RegionOptions
        {
            PixelThreshold = recipe.PixelThreshold ?? manifest.PixelThreshold,
            MinAreaPx = recipe.MinAreaPx,
            IgnoreAreas = recipe.IgnoreAreas,
            MaxRegions = DefectDetected.MaxRegions,
        };
        NearRegions = Regions with { PixelThreshold = Math.Max(0, Regions.PixelThreshold - recipe.UndecidedMargin) };
        HasPixelSize = recipe.PixelSizeMm is not null;
        _mm2PerPixel = recipe.PixelSizeMm is { } size ? size * size : 1;
        foreach (var entry in manifest.Classes)
        {
            _rules[entry.Id] = Resolve(recipe.Classes.GetValueOrDefault(entry.Id), entry.Severity);
        }

        _rules.TryAdd(BundleClass.UnknownDefect, Resolve(recipe.Classes.GetValueOrDefault(BundleClass.UnknownDefect), Severity.Major));
    }

    public BundleManifest Manifest { get; }

    /// <summary>A frame fails from this image score on; null: regions alone decide.</summary>
    public double? ImageThreshold { get; }

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
