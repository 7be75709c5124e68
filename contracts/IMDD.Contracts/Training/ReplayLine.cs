using IMDD.Contracts.Models;

namespace IMDD.Contracts.Training;

/// <summary>Frames of a line. Failed and passed ones are samples of their own: how many of the line's frames fail comes from its counts.</summary>
/// <param name="Line"><c>enterprise/site/area/line/cell</c>, or the line alone.</param>
/// <param name="FailedLow">Share of the decided frames that fails in good minutes, 0 to 1.</param>
/// <param name="FailedHigh">In bad ones.</param>
/// <param name="Frames">What is shown.</param>
/// <param name="Recipe">What the line decides by; null: by the release's own thresholds.</param>
public sealed record ReplayLine(string Line, double FailedLow, double FailedHigh, IReadOnlyList<ReplayFrame> Frames, Recipe? Recipe = null);
