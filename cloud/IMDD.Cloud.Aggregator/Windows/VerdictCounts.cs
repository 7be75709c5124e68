using IMDD.Contracts.Events;

namespace IMDD.Cloud.Aggregator.Windows;

/// <summary>
/// Counts of a set of outcomes. Adding commutes, so the order of outcomes does not matter, and the text form is a function of the counts
/// alone: the same outcomes give the same bytes.
/// </summary>
internal sealed class VerdictCounts
{
    /// <summary>Reason of a verdict that this version does not know.</summary>
    public const string UnknownVerdict = "unknown-verdict";

    /// <summary>Reason of an undecided outcome that names none.</summary>
    public const string NoReason = "unknown";

    private readonly SortedDictionary<string, long> _reasons = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Class, Severity Severity), long> _regions = [];

    public long Passed { get; private set; }
    public long Failed { get; private set; }
    public long Undecided { get; private set; }
    public long Total => Passed + Failed + Undecided;
    public IReadOnlyDictionary<string, long> Reasons => _reasons;

    /// <summary>Regions, most frequent first, then by name: a total order.</summary>
    public IEnumerable<(string Class, Severity Severity, long Count)> Pareto => _regions
        .Select(entry => (entry.Key.Class, entry.Key.Severity, Count: entry.Value))
        .OrderByDescending(entry => entry.Count).ThenBy(entry => entry.Class, StringComparer.Ordinal).ThenBy(entry => entry.Severity);

    /// <summary>Passed over passed and failed; null when there is neither.</summary>
    public double? Yield => Passed + Failed == 0 ? null : (double)Passed / (Passed + Failed);

    /// <summary>Failed per million inspected.</summary>
    public double? DefectsPerMillion => Passed + Failed == 0 ? null : Failed * 1e6 / (Passed + Failed);

    public void Add(InspectionOutcome outcome)
    {
        switch (outcome.Verdict)
        {
            case Verdict.Pass:
                Passed++;
                break;
            case Verdict.Fail:
                Failed++;
                break;
            default:
                Undecided++;
                var reason = outcome.Verdict == Verdict.Unknown ? UnknownVerdict : string.IsNullOrEmpty(outcome.Reason) ? NoReason : outcome.Reason;
                AddReason(reason, 1);
                break;
        }

        foreach (var defect in outcome.Defects)
        {
            AddRegions(defect.Class, defect.Severity, defect.Count);
        }
    }

    public void Add(long passed, long failed, long undecided)
    {
        Passed += passed;
        Failed += failed;
        Undecided += undecided;
    }

    public void Add(VerdictCounts other)
    {
        Add(other.Passed, other.Failed, other.Undecided);
        foreach (var (reason, count) in other._reasons)
        {
            AddReason(reason, count);
        }

        foreach (var (kind, count) in other._regions)
        {
            AddRegions(kind.Class, kind.Severity, count);
        }
    }

    public void AddReason(string reason, long count) => _reasons[reason] = _reasons.GetValueOrDefault(reason) + count;

    public void AddRegions(string className, Severity severity, long count)
        => _regions[(className, severity)] = _regions.GetValueOrDefault((className, severity)) + count;
}
