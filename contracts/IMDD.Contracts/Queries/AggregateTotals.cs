namespace IMDD.Contracts.Queries;

/// <summary>Everything this aggregator's state has ever counted, over all lines.</summary>
public sealed record AggregateTotals
{
    /// <summary>Distinct outcomes, simulated ones included.</summary>
    public required long Outcomes { get; init; }

    public required long Passed { get; init; }
    public required long Failed { get; init; }
    public required long Undecided { get; init; }
    public required IReadOnlyDictionary<string, long> UndecidedByReason { get; init; }

    /// <summary>Distinct outcomes of test parts: in <see cref="Outcomes"/>, in none of the other counts and in no window.</summary>
    public required long Simulated { get; init; }

    /// <summary>Outcome records that were counted before and so not again.</summary>
    public required long Duplicates { get; init; }

    /// <summary>Records set aside on a dead-letter topic.</summary>
    public required long DeadLettered { get; init; }
}
