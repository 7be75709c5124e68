namespace IMDD.Contracts.Events;

/// <summary>
/// Data of <c>balance/{camera}</c>, retained: the camera gateway's own count, one end of the conservation law.
/// The agent relays it unread to <c>imdd.edge.state.v1</c>.
/// </summary>
public sealed record CameraBalance
{
    public required string CameraId { get; init; }

    /// <summary>Boot of the gateway; counts start at 0 with each.</summary>
    public required string BootId { get; init; }

    /// <summary>Distinct frames the gateway was told to deliver.</summary>
    public required long Sent { get; init; }

    /// <summary>Distinct frames whose outcome came back.</summary>
    public required long Returned { get; init; }

    /// <summary>Frames kept in the spool, waiting for their outcome.</summary>
    public required long Spooled { get; init; }

    /// <summary>Frames published again after a timeout.</summary>
    public long Resent { get; init; }

    public DateTimeOffset? Time { get; init; }
}
