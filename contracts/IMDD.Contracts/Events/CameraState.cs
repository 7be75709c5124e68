namespace IMDD.Contracts.Events;

/// <summary>Data of <c>state/camera/{camera}</c>, retained.</summary>
public sealed record CameraState
{
    public required string CameraId { get; init; }

    /// <summary><c>online</c>, <c>silent</c> or <c>faulty</c>.</summary>
    public required string State { get; init; }

    public DateTimeOffset? LastFrameTime { get; init; }
    public string? Detail { get; init; }
}
