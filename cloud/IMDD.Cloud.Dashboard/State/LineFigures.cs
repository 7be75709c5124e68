using System.Collections.Immutable;
using IMDD.Contracts.Queries;

namespace IMDD.Cloud.Dashboard.State;

/// <summary>One line.</summary>
/// <param name="Overview">The line in the list of lines.</param>
/// <param name="Periods">What is charted.</param>
public sealed record LineFigures(LineOverview Overview, ImmutableDictionary<Period, PeriodFigures> Periods)
{
    /// <summary><c>enterprise/site/area/line</c>.</summary>
    public string Line => Overview.Line;
}
