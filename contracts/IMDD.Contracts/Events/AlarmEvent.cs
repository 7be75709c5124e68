using IMDD.Contracts.CloudEvents;
using IMDD.Contracts.Identity;

namespace IMDD.Contracts.Events;

/// <summary>Makes events of <c>imdd.alarm.raised.v1</c>.</summary>
public static class AlarmEvent
{
    /// <summary>State of an alarm that stands.</summary>
    public const string Raised = "raised";

    /// <summary>State of an alarm that is over.</summary>
    public const string Cleared = "cleared";

    /// <summary>Start of the names of drift alarms: <c>drift-brightness:cell3/cam1</c>.</summary>
    public const string DriftPrefix = "drift-";

    /// <summary>An alarm raised or cleared.</summary>
    /// <exception cref="ArgumentException">The state is neither, or the alarm has no name.</exception>
    public static CloudEvent Create(LineAlarm alarm, EventContext context)
    {
        EventGuard.NotEmpty(alarm.Alarm, nameof(alarm.Alarm));
        EventGuard.That(alarm.State is Raised or Cleared, $"State is '{alarm.State}': expected raised or cleared.", nameof(alarm.State));
        return new EventBuilder(EventTypes.AlarmChanged, context)
            .Key($"{alarm.Line}/{alarm.Alarm}")
            .BuildJson(EventId.ForAlarm(alarm.Line, alarm.Alarm, alarm.State, alarm.Since), $"{alarm.Line}/{alarm.Alarm}", alarm);
    }
}
