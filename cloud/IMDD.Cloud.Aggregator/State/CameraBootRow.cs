namespace IMDD.Cloud.Aggregator.State;

/// <summary>Both ends of the conservation law for one boot of a camera gateway.</summary>
public sealed class CameraBootRow
{
    public required string Camera { get; init; }
    public required string Line { get; init; }

    /// <summary>Empty where the frame ids are not <c>{boot}-{sequence}</c>.</summary>
    public required string Boot { get; init; }

    /// <summary>Distinct outcomes.</summary>
    public long Outcomes { get; set; }

    public DateTimeOffset? LastOutcome { get; set; }
    public long? Sent { get; set; }
    public long? Returned { get; set; }
    public long? Spooled { get; set; }
    public long? Resent { get; set; }
    public DateTimeOffset? Reported { get; set; }

    /// <summary>Outcomes there must be, since the gateway holds that many receipts.</summary>
    public long? CheckTarget { get; set; }

    /// <summary>Since when they are missing.</summary>
    public DateTimeOffset? CheckSince { get; set; }

    public bool Imbalanced { get; set; }
    public DateTimeOffset Changed { get; set; }
}
