namespace IMDD.Cli.Quality;

/// <summary>A trained model and what it is measured on.</summary>
/// <param name="Training">Name of the training.</param>
/// <param name="Data"><c>KEY:PATH</c> below the data root, or <c>synthetic:…</c>; several for naming only.</param>
internal sealed record QualityPart(string Training, IReadOnlyList<string> Data)
{
    /// <summary>Data sets that are divided as one with this one.</summary>
    public IReadOnlyList<string> SplitWith { get; init; } = [];

    /// <summary>Groups that are the test side.</summary>
    public IReadOnlyList<string> TestGroups { get; init; } = [];
}
