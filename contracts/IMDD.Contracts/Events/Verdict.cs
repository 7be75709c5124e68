namespace IMDD.Contracts.Events;

/// <summary>What was decided about a frame.</summary>
public enum Verdict
{
    /// <summary>A word this version does not know.</summary>
    Unknown,

    /// <summary>Inspected, nothing above the recipe's thresholds.</summary>
    Pass,

    /// <summary>Inspected, at least one defect.</summary>
    Fail,

    /// <summary>Not decided; the reason says why.</summary>
    Undecided,
}
