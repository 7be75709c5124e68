namespace IMDD.Contracts.Events;

/// <summary>Data of <c>imdd.alarm.raised.v1</c>.</summary>
public sealed record LineAlarm
{
    public required string Line { get; init; }

    /// <summary>Which alarm, such as <c>p-chart-above-limit</c>: the same alarm of the same line is raised once until cleared.</summary>
    public required string Alarm { get; init; }

    /// <summary><c>raised</c> or <c>cleared</c>.</summary>
    public required string State { get; init; }

    public required Severity Severity { get; init; }

    /// <summary>What was seen, for a person.</summary>
    public required string Message { get; init; }

    public DateTimeOffset? WindowStart { get; init; }
    public double? Value { get; init; }
    public double? Limit { get; init; }
    public required DateTimeOffset Since { get; init; }
}
