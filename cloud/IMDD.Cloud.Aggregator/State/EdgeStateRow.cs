namespace IMDD.Cloud.Aggregator.State;

/// <summary>The last state of an agent or a camera.</summary>
public sealed class EdgeStateRow
{
    public const string AgentKind = "agent";
    public const string CameraKind = "camera";

    /// <summary><c>{assetPath}/{kind}/{name}</c>.</summary>
    public required string Key { get; init; }

    public required string Kind { get; init; }
    public required string Line { get; init; }

    /// <summary>Asset path of an agent, camera path of a camera.</summary>
    public required string Place { get; init; }

    /// <summary>JSON.</summary>
    public required string Data { get; set; }

    public DateTimeOffset Recorded { get; set; }
    public DateTimeOffset Changed { get; set; }
}
