namespace IMDD.Learning.Datasets.Samples;

/// <summary>One picture with all that its data set says of it. Nothing is decoded here; sizes and masks are read when asked for.</summary>
public sealed record DatasetSample
{
    /// <summary>Unique within the data set and stable across machines: the image's path below the root, forward slashes.</summary>
    public required string Id { get; init; }

    /// <summary>Key of the data set it comes from, such as <c>neu-det</c>; null until it is read as part of one.</summary>
    public string? Source { get; init; }

    /// <summary>Absolute path of the image.</summary>
    public required string ImagePath { get; init; }

    /// <summary>Absolute path of a known-good picture of the same view; null where there is none.</summary>
    public string? ReferencePath { get; init; }

    /// <summary>True when something is wrong with the part.</summary>
    public required bool IsAnomalous { get; init; }

    /// <summary>Names of the defects as the data set writes them, distinct, in ordinal order; empty for a normal picture.</summary>
    public IReadOnlyList<string> Classes { get; init; } = [];

    /// <summary>The pixel mask; null where the data set has none for this picture. A normal picture's mask is empty by definition.</summary>
    public MaskFile? Mask { get; init; }

    /// <summary>Boxes, pixels.</summary>
    public IReadOnlyList<AnnotatedBox> Boxes { get; init; } = [];

    /// <summary>Polygons, pixels.</summary>
    public IReadOnlyList<AnnotatedPolygon> Polygons { get; init; } = [];

    /// <summary>Severity as the data set states it; null where it does not.</summary>
    public string? Severity { get; init; }

    /// <summary>Probability that the part is defective, where people were unsure (0 to 1); null where the data set is certain.</summary>
    public double? DefectProbability { get; init; }

    /// <summary>How often it is drawn beside another of its kind, above 0 and at most 1.</summary>
    public double Weight { get; init; } = 1;

    /// <summary>Product or surface, such as <c>screw</c>; null when unknown.</summary>
    public string? Category { get; init; }

    /// <summary>Material, such as <c>steel</c>; null when unknown.</summary>
    public string? Material { get; init; }

    /// <summary>Caption; null where there is none.</summary>
    public string? Caption { get; init; }

    /// <summary>Pictures with the same key show the same part (or are copies) and never fall on two sides of a split.</summary>
    public required string Group { get; init; }

    /// <summary>The split the data set itself proposes; ours does not follow it, since many leak.</summary>
    public string? DeclaredSplit { get; init; }

    /// <summary>True when pixels are labelled: a mask, polygons, or a normal picture.</summary>
    public bool HasPixelTruth => !IsAnomalous || Mask is not null || Polygons.Count > 0;
}
