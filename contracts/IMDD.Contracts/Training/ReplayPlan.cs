namespace IMDD.Contracts.Training;

/// <summary>Frames of lines that a candidate is shown again, so that it can be said what it will say there: what <c>imdd train predict --plan</c> reads.</summary>
/// <param name="Lines">At least one.</param>
public sealed record ReplayPlan(IReadOnlyList<ReplayLine> Lines);
