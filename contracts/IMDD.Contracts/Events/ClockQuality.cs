namespace IMDD.Contracts.Events;

/// <summary>What the camera said of its clock.</summary>
/// <param name="Source"><c>ptp</c>, <c>ntp</c> or <c>none</c>.</param>
/// <param name="OffsetMs">Estimated offset, milliseconds.</param>
/// <param name="ErrorMs">Bound of the error, milliseconds.</param>
public sealed record ClockQuality(string Source, double? OffsetMs = null, double? ErrorMs = null);
