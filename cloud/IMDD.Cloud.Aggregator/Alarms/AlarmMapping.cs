using IMDD.Cloud.Aggregator.State;
using IMDD.Contracts.Events;

namespace IMDD.Cloud.Aggregator.Alarms;

/// <summary>From the row of an alarm to its event.</summary>
internal static class AlarmMapping
{
    public static LineAlarm ToEvent(AlarmRow row) => new()
    {
        Line = row.Line,
        Alarm = row.Alarm,
        State = row.State,
        Severity = Enum.TryParse<Severity>(row.Severity, ignoreCase: true, out var severity) ? severity : Severity.Unknown,
        Message = row.Message,
        WindowStart = row.WindowStart,
        Value = row.Value,
        Limit = row.LimitValue,
        Since = row.Since,
    };
}
