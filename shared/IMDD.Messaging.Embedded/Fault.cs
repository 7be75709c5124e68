namespace IMDD.Messaging.Embedded;

/// <summary>How a client is mistreated.</summary>
internal sealed record Fault
{
    /// <summary>Reason code of each CONNACK.</summary>
    public int? ConnectReason { get; init; }

    /// <summary>Reason code of each PUBACK; the message is dropped.</summary>
    public int? PublishReason { get; init; }

    /// <summary>Wait before each PUBLISH is processed.</summary>
    public TimeSpan PublishDelay { get; init; }

    /// <summary>Whether the next PUBLISH costs the connection.</summary>
    public Cut Cut { get; init; }
}
