namespace IMDD.Cloud.Aggregator.Alarms;

/// <summary>One window as a p-chart sees it.</summary>
/// <param name="Start">Start of the window.</param>
/// <param name="Inspected">Passed and failed.</param>
/// <param name="Failed">Failed.</param>
/// <param name="Complete">The window has ended.</param>
internal readonly record struct PChartSample(DateTimeOffset Start, long Inspected, long Failed, bool Complete);
