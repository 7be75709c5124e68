namespace IMDD.Cloud.Aggregator.State;

/// <summary>Everything a line ever counted. Its row is the lock under which the line's windows and alarms change.</summary>
public sealed class LineRow
{
    public required string Line { get; init; }

    /// <summary>Rises with each transaction that takes the lock.</summary>
    public long Version { get; set; }

    public long Total { get; set; }
    public long Passed { get; set; }
    public long Failed { get; set; }
    public long Undecided { get; set; }

    /// <summary>Outcomes of test parts; in no other count.</summary>
    public long Simulated { get; set; }

    /// <summary>Undecided by reason, JSON.</summary>
    public string Reasons { get; set; } = "{}";

    public DateTimeOffset LastOutcome { get; set; }
}
