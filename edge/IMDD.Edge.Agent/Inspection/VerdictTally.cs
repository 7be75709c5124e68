namespace IMDD.Edge.Agent.Inspection;

/// <summary>What a model has said since it was put into the slot.</summary>
/// <param name="Frames">Frames that it was shown.</param>
/// <param name="Failed">Of them, those that failed.</param>
/// <param name="Undecided">Of them, those that it could not decide.</param>
/// <param name="FailedByClass">Of them, those that failed and show a class, by its id.</param>
internal sealed record VerdictTally(long Frames, long Failed, long Undecided, IReadOnlyDictionary<string, long> FailedByClass)
{
    /// <summary>The classes that a decision shows, each once.</summary>
    public static IReadOnlyCollection<string> ClassesOf(Decision decision) => [.. decision.Regions.Select(r => r.Class).Distinct(StringComparer.Ordinal)];
}
