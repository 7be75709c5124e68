namespace IMDD.Messaging.Embedded;

/// <summary>Where a connection is cut.</summary>
internal enum Cut
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>The publication is lost.</summary>
    BeforeProcessing,

    /// <summary>The publication is processed, its PUBACK is lost.</summary>
    AfterProcessing,
}
