namespace IMDD.Contracts.Queries;

/// <summary>One line, for a list of lines.</summary>
public sealed record LineOverview
{
    /// <summary><c>enterprise/site/area/line</c>.</summary>
    public required string Line { get; init; }

    /// <summary>Window time of the latest outcome.</summary>
    public required DateTimeOffset LastOutcomeTime { get; init; }

    /// <summary>Cameras that ever gave an outcome.</summary>
    public required int Cameras { get; init; }

    /// <summary>Alarms raised and not cleared.</summary>
    public required int RaisedAlarms { get; init; }

    /// <summary>The last hour.</summary>
    public required LineSummary LastHour { get; init; }
}
