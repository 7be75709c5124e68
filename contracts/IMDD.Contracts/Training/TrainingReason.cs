namespace IMDD.Contracts.Training;

/// <summary>Why a run was asked for, as strings on the wire; the list is open.</summary>
public static class TrainingReason
{
    /// <summary>Enough new labels.</summary>
    public const string Labels = "labels";

    /// <summary>Enough new labels of a class that the champion does not know.</summary>
    public const string NewClass = "new-class";

    public const string Schedule = "schedule";
    public const string Manual = "manual";
    public const string Drift = "drift";
}
