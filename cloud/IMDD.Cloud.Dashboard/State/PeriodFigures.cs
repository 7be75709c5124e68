using IMDD.Contracts.Queries;

namespace IMDD.Cloud.Dashboard.State;

/// <summary>One line, or all together, over one period.</summary>
/// <param name="Summary">Counts.</param>
/// <param name="Pareto">Regions by class and severity.</param>
/// <param name="Chart">Control chart; null for all lines together, since a control chart is of one process.</param>
public sealed record PeriodFigures(LineSummary Summary, ParetoChart Pareto, PChart? Chart);
