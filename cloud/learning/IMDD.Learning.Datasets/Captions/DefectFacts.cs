namespace IMDD.Learning.Datasets.Captions;

/// <summary>Everything a caption says. Ids are those of the vocabulary.</summary>
public sealed record DefectFacts
{
    public required string Defect { get; init; }
    public required string Product { get; init; }
    public required string Material { get; init; }

    /// <summary><c>minor</c>, <c>major</c>, <c>critical</c>.</summary>
    public required string Severity { get; init; }

    public required string Location { get; init; }
    public required Orientation Orientation { get; init; }
    public required Elongation Elongation { get; init; }
    public required DefectScale Scale { get; init; }

    /// <summary>Number of regions, at least 1.</summary>
    public required int Count { get; init; }

    public required DefectPattern Pattern { get; init; }

    /// <summary>One or two causes.</summary>
    public required IReadOnlyList<string> Causes { get; init; }

    /// <summary>Equal in every fact.</summary>
    public bool Equals(DefectFacts? other)
        => other is not null && Defect == other.Defect && Product == other.Product && Material == other.Material && Severity == other.Severity
        && Location == other.Location && Orientation == other.Orientation && Elongation == other.Elongation && Scale == other.Scale
        && Count == other.Count && Pattern == other.Pattern && Causes.SequenceEqual(other.Causes, StringComparer.Ordinal);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Defect, Product, Material, Severity, Location, Scale, Count, Pattern);
}
