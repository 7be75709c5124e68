namespace IMDD.Contracts.Models;

/// <summary>What a station decides by: thresholds, ignore areas, pixel size, deadline. Overrides the bundle's thresholds.</summary>
public sealed record Recipe
{
    /// <summary>Such as <c>door-red@4</c>.</summary>
    public required string Id { get; init; }

    /// <summary>Pixel threshold on <c>defect</c>, 0 to 1; null: the bundle's.</summary>
    public double? PixelThreshold { get; init; }

    /// <summary>A frame fails above this <c>image_score</c> even without a region; null: regions alone decide.</summary>
    public double? ImageThreshold { get; init; }

    /// <summary>Frames whose worst score lies within this distance below its threshold are <c>undecided/uncertain</c>; 0 turns it off.</summary>
    public double UndecidedMargin { get; init; }

    /// <summary>Smaller regions are dropped, pixels of the original frame.</summary>
    public long MinAreaPx { get; init; } = 1;

    /// <summary>Millimetres per pixel; null: areas are in pixels only.</summary>
    public double? PixelSizeMm { get; init; }

    /// <summary>Exposure to durable outcome; null: none.</summary>
    public int? DeadlineMs { get; init; }

    /// <summary>Rules by class id; a class without one takes the bundle's thresholds and severity.</summary>
    public IReadOnlyDictionary<string, RecipeClassRule> Classes { get; init; } = new Dictionary<string, RecipeClassRule>(StringComparer.Ordinal);

    /// <summary>Polygons <c>[x0, y0, x1, y1, …]</c> in pixels of the original frame where nothing is looked for.</summary>
    public IReadOnlyList<IReadOnlyList<double>> IgnoreAreas { get; init; } = [];

    /// <summary>Window from which more than 8 bits are scaled to 8, <c>[low, high]</c>; null: the full range.</summary>
    public IReadOnlyList<int>? Window { get; init; }
}
