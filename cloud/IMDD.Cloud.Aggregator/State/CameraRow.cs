namespace IMDD.Cloud.Aggregator.State;

/// <summary>A camera that gave an outcome.</summary>
public sealed class CameraRow
{
    /// <summary>Short key of the camera in the table of ids.</summary>
    public long Key { get; init; }

    public required string Camera { get; init; }
    public required string Line { get; init; }

    /// <summary>Latest event time: ids are kept relative to it.</summary>
    public DateTimeOffset HighWater { get; set; }
}
