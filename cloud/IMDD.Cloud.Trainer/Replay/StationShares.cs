namespace IMDD.Cloud.Trainer.Replay;

/// <summary>How much of a station's frames fails, and by what it decides.</summary>
/// <param name="Station"><c>enterprise/site/area/line/cell</c>.</param>
/// <param name="FailedLow">Share that fails in a good window, 0 to 1, as far down as chance may have moved it.</param>
/// <param name="FailedHigh">In a bad one, as far up.</param>
/// <param name="Recipe">Digest of the recipe; null: the model's own thresholds.</param>
/// <param name="Since">It is counted from here on, by that recipe all the time.</param>
internal sealed record StationShares(string Station, double FailedLow, double FailedHigh, string? Recipe, DateTimeOffset Since);
