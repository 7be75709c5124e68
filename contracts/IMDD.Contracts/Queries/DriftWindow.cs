namespace IMDD.Contracts.Queries;

/// <summary>A window compared with the reference.</summary>
/// <param name="Start">First frame.</param>
/// <param name="End">Last frame.</param>
/// <param name="Frames">Frames.</param>
/// <param name="Scores">One per statistic that could be compared.</param>
public sealed record DriftWindow(DateTimeOffset Start, DateTimeOffset End, long Frames, IReadOnlyList<DriftScore> Scores);
