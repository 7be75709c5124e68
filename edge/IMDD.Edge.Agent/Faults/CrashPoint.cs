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

    /// <summary>A hard example's picture is in the spool; nothing says so.</summary>
    AfterExampleSpooled,

    /// <summary>A hard example is kept; its picture is not stored.</summary>
    AfterExampleKept,

    /// <summary>A hard example's picture is stored; its event does not exist.</summary>
    AfterExampleStored,

    /// <summary>The event of a hard example is in the outbox.</summary>
    AfterExampleSent,

    /// <summary>Another model is desired; nothing was done. From here on in the order in which a model passes them.</summary>
    AfterWish,

    /// <summary>The signed manifest is there and trusted; no file is.</summary>
    AfterEnvelope,

    /// <summary>A file of the bundle is there.</summary>
    AfterFile,

    /// <summary>All files are there; none is checked in its place.</summary>
    AfterDownload,

    /// <summary>The bundle is whole and trusted; it lies where it was fetched to.</summary>
    AfterVerify,

    /// <summary>The bundle lies in the slot that does not decide.</summary>
    AfterStage,

    /// <summary>A model that watches has judged a frame of the line.</summary>
    AfterShadowFrame,

    /// <summary>The model is loaded and warm; the pointer is not moved.</summary>
    AfterWarm,

    /// <summary>The pointer is moved; the old model decides.</summary>
    AfterPointer,

    /// <summary>The new model decides, on trial.</summary>
    AfterSwap,

    /// <summary>The release is in the ledger; the pointer still says trial.</summary>
    AfterLedger,

    /// <summary>The new model decides for good.</summary>
    AfterKeep,

    /// <summary>A model on trial is to be taken out; it decides. From here on in the order in which one goes back.</summary>
    BeforeBack,

    /// <summary>The pointer is moved back; the model that was taken out decides.</summary>
    AfterBackPointer,

    /// <summary>The model before decides again; nobody knows.</summary>
    AfterBackSwap,

    /// <summary>A root document that follows the trusted one has passed its checks. From here on in the order in which one passes them.</summary>
    AfterRootCheck,

    /// <summary>It is on disk beside the trusted one.</summary>
    AfterRootWritten,

    /// <summary>It is the trusted one.</summary>
    AfterRootKept,

    /// <summary>A recipe that is desired has passed its checks; it is nowhere on disk. From here on in the order in which a recipe passes them.</summary>
    AfterRecipeCheck,

    /// <summary>It is on disk; nothing says that it is to be in force.</summary>
    AfterRecipeKept,

    /// <summary>The pointer names it, on trial; the one before is in force.</summary>
    AfterRecipePointer,

    /// <summary>It is in force, on trial.</summary>
    AfterRecipeSwap,

    /// <summary>It is in the ledger; the pointer still says trial.</summary>
    AfterRecipeLedger,

    /// <summary>A recipe on trial, without a model, is to be taken out; it is in force. From here on in the order in which one goes back.</summary>
    BeforeRecipeBack,

    /// <summary>The pointer names the one before; the one that was taken out is in force.</summary>
    AfterRecipeBackPointer,

    /// <summary>The one before is in force again; nobody knows.</summary>
    AfterRecipeBackSwap,
}
