namespace IMDD.Contracts.Events;

/// <summary>
/// Which time a window uses: <c>ce_time</c> where the camera's clock quality is known and it lies within ten minutes of
/// <c>ce_recordedtime</c>, else <c>ce_recordedtime</c>.
/// </summary>
public static class WindowTimeSource
{
    public const string Time = "time";
    public const string RecordedTime = "recordedtime";
}
