namespace IMDD.Contracts.Events;

/// <summary>
/// Data of <c>imdd.metrics.camera-statistics.v1</c>: what the frames of one camera looked like to one model over a window of time. For watching drift; test
/// parts and frames that no model saw are not in it.
/// </summary>
public sealed record CameraStatistics
{
    public required string CameraId { get; init; }

    /// <summary><c>enterprise/site/area/line/cell</c>.</summary>
    public required string AssetPath { get; init; }

    /// <summary>When the first frame was decided, by the agent's clock.</summary>
    public required DateTimeOffset WindowStart { get; init; }

    /// <summary>When the last frame was decided.</summary>
    public required DateTimeOffset WindowEnd { get; init; }

    /// <summary>The model that decided.</summary>
    public required ModelReference Model { get; init; }

    /// <summary>The recipe that it was decided by; null where the agent has none of its own.</summary>
    public string? RecipeDigest { get; init; }

    /// <summary>The frames of the window.</summary>
    public required StatisticsSketch Sketch { get; init; }

    /// <summary>What the model's bundle says frames look like; sent with an agent's first window of a model, null where the bundle does not say.</summary>
    public StatisticsSketch? Reference { get; init; }
}
