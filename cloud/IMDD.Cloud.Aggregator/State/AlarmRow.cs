namespace IMDD.Cloud.Aggregator.State;

/// <summary>The last state of one alarm of one line.</summary>
public sealed class AlarmRow
{
    public required string Line { get; init; }
    public required string Alarm { get; init; }
    public required string State { get; set; }
    public required string Severity { get; set; }
    public required string Message { get; set; }
    public DateTimeOffset? WindowStart { get; set; }
    public double? Value { get; set; }
    public double? LimitValue { get; set; }
    public DateTimeOffset Since { get; set; }
}
