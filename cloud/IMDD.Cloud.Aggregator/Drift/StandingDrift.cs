using IMDD.Contracts.Queries;

namespace IMDD.Cloud.Aggregator.Drift;

/// <summary>A statistic of a camera whose alarm should stand.</summary>
/// <param name="Statistic">Which.</param>
/// <param name="Since">Start of the first window that signalled.</param>
/// <param name="Window">The latest window that signalled.</param>
/// <param name="Score">Its score.</param>
internal sealed record StandingDrift(string Statistic, DateTimeOffset Since, DriftWindow Window, DriftScore Score);
