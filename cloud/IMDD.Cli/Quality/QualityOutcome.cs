namespace IMDD.Cli.Quality;

/// <summary>What a run of the bench did, by <c>ROW.seedN</c>.</summary>
/// <param name="Made">Finished now.</param>
/// <param name="Kept">Were there already.</param>
/// <param name="Failed">Could not be made, with the reason.</param>
internal sealed record QualityOutcome(IReadOnlyList<string> Made, IReadOnlyList<string> Kept, IReadOnlyDictionary<string, string> Failed);
