using IMDD.Contracts.Events;

namespace IMDD.Contracts.Queries;

/// <summary>One bar of a Pareto chart.</summary>
/// <param name="Class">Class id.</param>
/// <param name="Severity">Severity.</param>
/// <param name="Regions">Number of regions.</param>
/// <param name="Share">Share of all regions, 0 to 1.</param>
/// <param name="CumulativeShare">Share of this and all bars before it, 0 to 1.</param>
public sealed record ParetoBar(string Class, Severity Severity, long Regions, double Share, double CumulativeShare);
