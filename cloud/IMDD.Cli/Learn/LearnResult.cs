namespace IMDD.Cli.Learn;

/// <summary>What <c>imdd demo --learn --json</c> prints.</summary>
public sealed record LearnResult
{
    public required int Seed { get; init; }

    /// <summary>The kind that turned up.</summary>
    public required string NewKind { get; init; }

    /// <summary><c>weights</c> or <c>word</c>.</summary>
    public required string Way { get; init; }

    /// <summary>From the first frame of the new kind to the moment when every agent decides by the new release.</summary>
    public required double? SecondsToFleet { get; init; }

    /// <summary>By word: from the word's entry to that moment.</summary>
    public double? SecondsFromWord { get; init; }

    public required int LabelsUsed { get; init; }

    /// <summary>Caught of all frames of the new kind, of the worst agent, by the model before.</summary>
    public required double? RecallNewBefore { get; init; }

    public required double? RecallNewAfter { get; init; }

    /// <summary>Failed in the right place, whatever the name.</summary>
    public required double? DetectionNewBefore { get; init; }

    public required double? DetectionNewAfter { get; init; }

    /// <summary>Rightly named of those detected, of all agents together.</summary>
    public required double? NamingNewBefore { get; init; }

    public required double? NamingNewAfter { get; init; }

    /// <summary>
    /// What the known kinds lost or gained, percentage points: the lower of the gain of recall and the drop of false alarms, on the frozen frames.
    /// </summary>
    public required double? OldKindsChangePoints { get; init; }

    public required FrozenFigures OldKindsBefore { get; init; }
    public FrozenFigures? OldKindsAfter { get; init; }
    public required NewKindFigures Before { get; init; }
    public required NewKindFigures After { get; init; }

    /// <summary>By word: what it is worth by the sentence alone and with regions, whichever the fleet got.</summary>
    public IReadOnlyList<WordWayResult>? Ways { get; init; }

    /// <summary>Frames without an outcome, and outcomes of frames never sent.</summary>
    public required long ConservationError { get; init; }

    /// <summary>What stopped the loop; null where it came to its end.</summary>
    public string? Failure { get; init; }

    /// <summary>True when every agent runs the new release and the law holds.</summary>
    internal bool Holds => Failure is null && SecondsToFleet is not null && ConservationError == 0;
}
