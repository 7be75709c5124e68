namespace IMDD.Contracts.Registry;

/// <summary>States of a rollout, as strings on the wire; the list is open.</summary>
public static class RolloutStateWord
{
    /// <summary>Asked for; no agent was told.</summary>
    public const string Scheduled = "scheduled";

    /// <summary>A wave is told, or soaks.</summary>
    public const string Running = "running";

    /// <summary>The next wave waits for a person.</summary>
    public const string WaitingForApproval = "waiting-for-approval";

    /// <summary>No further wave begins until it is resumed.</summary>
    public const string Paused = "paused";

    /// <summary>All waves are done; a release is the champion.</summary>
    public const string Finished = "finished";

    /// <summary>Too many agents have failed, or it could not go on: no further agent is told.</summary>
    public const string Stopped = "stopped";

    /// <summary>Taken back; what decided already goes on.</summary>
    public const string Cancelled = "cancelled";
}
