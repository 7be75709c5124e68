namespace IMDD.Contracts.Training;

/// <summary>States of a training run, as strings on the wire; the list is open.</summary>
public static class TrainingState
{
    /// <summary>Asked for, and waiting for a trainer.</summary>
    public const string Requested = "requested";

    /// <summary>Its labels and pictures are being frozen.</summary>
    public const string Snapshotting = "snapshotting";

    public const string Training = "training";

    /// <summary>Challenger against champion on the gate set.</summary>
    public const string Gating = "gating";

    public const string Registering = "registering";

    /// <summary>Ended: it is a release that nobody was told to run.</summary>
    public const string Registered = "registered";

    /// <summary>Ended: it is a release that some or all agents were told to run.</summary>
    public const string Promoted = "promoted";

    /// <summary>Ended: it did not meet a gate, and is no release.</summary>
    public const string Refused = "refused";

    public const string Failed = "failed";
    public const string Cancelled = "cancelled";
}
