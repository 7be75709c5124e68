namespace IMDD.Contracts.Events;

/// <summary>Words of Eclipse hawkBit's device integration for the same steps; the list is open.</summary>
public static class RolloutStatus
{
    public const string Scheduled = "scheduled";
    public const string Download = "download";
    public const string Downloaded = "downloaded";
    public const string Proceeding = "proceeding";

    /// <summary>Taken up again after a restart.</summary>
    public const string Resumed = "resumed";

    public const string Rejected = "rejected";
    public const string Canceled = "canceled";

    /// <summary>Over: nothing more comes under this id.</summary>
    public const string Closed = "closed";
}
