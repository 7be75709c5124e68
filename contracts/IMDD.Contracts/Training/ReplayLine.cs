namespace IMDD.Contracts.Training;

/// <summary>Frames of a line. Failed and passed ones are samples of their own: how many of the line's frames fail comes from its counts.</summary>
/// <param name="Line"><c>enterprise/site/area/line</c>.</param>
/// <param name="FailedLow">Share of the decided frames that fails in a good minute, 0 to 1.</param>
/// <param name="FailedHigh">In a bad one.</param>
/// <param name="Frames">What is shown.</param>
public sealed record ReplayLine(string Line, double FailedLow, double FailedHigh, IReadOnlyList<ReplayFrame> Frames);
