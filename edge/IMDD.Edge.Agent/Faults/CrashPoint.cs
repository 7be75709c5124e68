namespace IMDD.Edge.Agent.Faults;

/// <summary>Places where a fault test may end the process, in the order in which a frame passes them.</summary>
internal enum CrashPoint
{
    /// <summary>The frame was received; nothing was done.</summary>
    AfterReceive,

    /// <summary>The attempt is in the journal; the frame is not decoded.</summary>
    AfterAttempt,

    /// <summary>The frame is inspected; nothing is stored.</summary>
    AfterInspect,

    /// <summary>The outcome is about to be written.</summary>
    BeforeAppend,

    /// <summary>The outcome is written, the transaction is open.</summary>
    AfterAppend,

    /// <summary>The outcome is durable; nobody knows.</summary>
    AfterCommit,

    /// <summary>About to acknowledge the frame to the broker.</summary>
    BeforeAck,

    /// <summary>The frame is acknowledged; no receipt was sent.</summary>
    AfterAck,

    /// <summary>About to send the receipt.</summary>
    BeforeReceipt,

    /// <summary>A record was handed to the Kafka client.</summary>
    AfterProduce,

    /// <summary>Kafka has confirmed; the cursor is not moved.</summary>
    BeforeCursor,

    /// <summary>The cursor is moved durably.</summary>
    AfterCursor,
}
