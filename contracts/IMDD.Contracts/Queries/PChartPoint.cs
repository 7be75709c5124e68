namespace IMDD.Contracts.Queries;

/// <summary>One window on a p-chart.</summary>
public sealed record PChartPoint
{
    public required DateTimeOffset WindowStart { get; init; }

    /// <summary>n: passed and failed.</summary>
    public required long Inspected { get; init; }

    public required long Failed { get; init; }

    /// <summary>Failed over inspected, 0 to 1.</summary>
    public required double Proportion { get; init; }

    /// <summary>Lower control limit; null without a baseline.</summary>
    public double? LowerLimit { get; init; }

    /// <summary>Upper control limit; null without a baseline.</summary>
    public double? UpperLimit { get; init; }

    /// <summary>One of <see cref="PChartSignal"/>.</summary>
    public required string Signal { get; init; }

    /// <summary>False for a window that still fills; it is drawn and not judged.</summary>
    public required bool Complete { get; init; }
}
