namespace IMDD.Contracts.Events;

/// <summary>Where the time went, milliseconds. Durations are from a monotonic clock, except the first, which compares two clocks.</summary>
public sealed record InspectionTiming
{
    /// <summary>Exposure to receipt by the agent; null when the frame had no time.</summary>
    public double? CaptureToReceiveMs { get; init; }

    public double QueueMs { get; init; }
    public double PreprocessMs { get; init; }
    public double InferenceMs { get; init; }
    public double PostprocessMs { get; init; }

    /// <summary>Receipt to decision.</summary>
    public double TotalMs { get; init; }
}
