using IMDD.Contracts.Events;

namespace IMDD.Contracts.Queries;

/// <summary>A failed frame with its regions and its picture.</summary>
/// <param name="Line"><c>enterprise/site/area/line</c>.</param>
/// <param name="Camera"><c>enterprise/site/area/line/cell/camera</c>.</param>
/// <param name="Time">Exposure; where the camera gave none, when the event was made.</param>
/// <param name="Defect">The defect event. Its frame's URI is filled in once the blob is announced.</param>
public sealed record FailedFrame(string Line, string Camera, DateTimeOffset Time, DefectDetected Defect);
