namespace IMDD.Cli.Quality;

/// <summary>One run of the trainer.</summary>
/// <param name="Name">Unique in its row.</param>
/// <param name="Data"><c>KEY:PATH</c> below the data root, or <c>synthetic:…</c>.</param>
internal sealed record QualityTraining(string Name, IReadOnlyList<string> Data)
{
    /// <summary>Share of the row's CPU-minutes.</summary>
    public double Share { get; init; } = 1;

    /// <summary>
    /// Name of an earlier training of the row on these and other data sets: this one takes as many steps as that one took for this one's, so that
    /// each picture is seen as often. Instead of a share.
    /// </summary>
    public string? EqualTo { get; init; }

    /// <summary>Data sets are divided as one.</summary>
    public bool SplitTogether { get; init; }

    /// <summary>Further data sets that are divided as one with these.</summary>
    public IReadOnlyList<string> SplitWith { get; init; } = [];

    /// <summary>Groups that are left out of training.</summary>
    public IReadOnlyList<string> TestGroups { get; init; } = [];

    /// <summary>True: starts from the bundle given with <c>--from</c>, where one is.</summary>
    public bool Pretrained { get; init; } = true;

    /// <summary>Further arguments of <c>imdd train edge</c>.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];
}
