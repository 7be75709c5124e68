namespace IMDD.Learning.Datasets.Splits;

/// <summary>How data sets are divided into training, validation and test sides, where not each for itself.</summary>
public sealed record DivisionRule
{
    /// <summary>Each for itself.</summary>
    public static DivisionRule Default { get; } = new();

    /// <summary>All data sets are divided as one, so that a picture that several of them have is on one side.</summary>
    public bool Together { get; init; }

    /// <summary>Further data sets, <c>KEY:PATH</c>, that are divided as one with these but not used themselves.</summary>
    public IReadOnlyList<string> With { get; init; } = [];

    /// <summary>Keys of the groups that are the test side; empty: 30 %, as the split deals them.</summary>
    public IReadOnlyList<string> TestGroups { get; init; } = [];
}
