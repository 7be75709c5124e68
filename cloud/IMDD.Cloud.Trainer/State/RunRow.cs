namespace IMDD.Cloud.Trainer.State;

/// <summary>A run. Only the holder of the lease with its token changes it, other than to ask for its cancellation.</summary>
public sealed class RunRow
{
    public long Sequence { get; init; }
    public required string Id { get; init; }

    /// <summary>One of the contract's training states.</summary>
    public required string State { get; set; }

    /// <summary>True until it has ended; the database allows one such row.</summary>
    public bool IsOpen { get; set; }

    /// <summary>Separated by commas.</summary>
    public required string Reasons { get; init; }

    public string? RequestedBy { get; init; }
    public required DateTimeOffset Requested { get; init; }
    public required DateTimeOffset Changed { get; set; }
    public string? Instance { get; set; }
    public long? Token { get; set; }
    public bool CancelAsked { get; set; }
    public string? Champion { get; set; }
    public string? SnapshotId { get; set; }

    /// <summary>Sequence of the newest label that the snapshot saw.</summary>
    public long? SnapshotLabels { get; set; }

    public int? Frames { get; set; }
    public int? GateFrames { get; set; }
    public string? Progress { get; set; }
    public int Attempts { get; set; }

    /// <summary>JSON.</summary>
    public string? Gates { get; set; }

    /// <summary>JSON.</summary>
    public string? NewClasses { get; set; }

    public string? Release { get; set; }
    public string? RolloutId { get; set; }
    public string? Error { get; set; }
}
