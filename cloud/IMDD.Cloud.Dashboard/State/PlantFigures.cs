using System.Collections.Immutable;
using IMDD.Contracts.Events;
using IMDD.Contracts.Queries;

namespace IMDD.Cloud.Dashboard.State;

/// <summary>All counts and states on the page, from one round of questions to the aggregator.</summary>
public sealed record PlantFigures
{
    /// <summary>When the round began.</summary>
    public required DateTimeOffset ReadAt { get; init; }

    /// <summary>Everything ever counted.</summary>
    public required AggregateTotals Totals { get; init; }

    /// <summary>All lines together.</summary>
    public required ImmutableDictionary<Period, PeriodFigures> Plant { get; init; }

    /// <summary>Lines by path.</summary>
    public required ImmutableArray<LineFigures> Lines { get; init; }

    /// <summary>The conservation law per camera and boot.</summary>
    public required ImmutableArray<CameraConservation> Balances { get; init; }

    public required ImmutableArray<AgentView> Agents { get; init; }
    public required ImmutableArray<CameraView> Cameras { get; init; }

    /// <summary>Raised alarms.</summary>
    public required ImmutableArray<LineAlarm> Alarms { get; init; }
}
