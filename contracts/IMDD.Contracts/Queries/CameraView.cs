using IMDD.Contracts.Events;

namespace IMDD.Contracts.Queries;

/// <summary>The last known state of a camera.</summary>
/// <param name="Camera"><c>enterprise/site/area/line/cell/camera</c>.</param>
/// <param name="State">What its agent said, with the time of the last frame that has an outcome.</param>
/// <param name="ChangedAt">When that was recorded.</param>
public sealed record CameraView(string Camera, CameraState State, DateTimeOffset ChangedAt);
