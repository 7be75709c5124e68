namespace IMDD.Cloud.Aggregator.State;

/// <summary>Counts of one line in one window.</summary>
public sealed class WindowRow
{
    public required string Line { get; init; }
    public required int Seconds { get; init; }
    public required DateTimeOffset Start { get; init; }

    /// <summary>Rewrites so far; 0 before the first.</summary>
    public long Revision { get; set; }

    public bool Closed { get; set; }
    public bool Correction { get; set; }

    /// <summary>Changed since the last rewrite.</summary>
    public bool Dirty { get; set; }

    /// <summary>Dirty or not closed: the sweep looks at these only.</summary>
    public bool Pending { get; set; }

    /// <summary>When it was last counted into, by this machine's clock.</summary>
    public DateTimeOffset Changed { get; set; }

    /// <summary>When it was last rewritten, by this machine's clock.</summary>
    public DateTimeOffset Emitted { get; set; }

    public long Total { get; set; }
    public long Passed { get; set; }
    public long Failed { get; set; }
    public long Undecided { get; set; }

    /// <summary>Undecided by reason, JSON.</summary>
    public string Reasons { get; set; } = "{}";

    /// <summary>Regions by class and severity, JSON.</summary>
    public string Pareto { get; set; } = "[]";
}
