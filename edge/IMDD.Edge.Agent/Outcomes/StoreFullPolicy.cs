namespace IMDD.Edge.Agent.Outcomes;

/// <summary>What gives way when the store has reached its size limit and nothing in it is confirmed any more.</summary>
public enum StoreFullPolicy
{
    /// <summary>
    /// No new frame is taken: it stays unacknowledged at the broker and in the camera gateway's spool, and is inspected when there is room.
    /// Frames already taken are finished. Nothing is lost while broker and gateways have room.
    /// </summary>
    RejectNewFrames,

    /// <summary>
    /// The oldest unconfirmed outcomes with verdict pass are dropped and counted; a consumer sees the gap in the sequence. Fails and
    /// undecided are never dropped: when no pass is left, new frames are refused as above.
    /// </summary>
    DropOldestPass,
}
