using System.Text.Json;
using IMDD.Contracts.CloudEvents;
using IMDD.Contracts.Events;
using IMDD.Messaging.Kafka;

namespace IMDD.Cloud.Trainer.Ingest;

/// <summary>Reads alarm records.</summary>
internal static class DriftParser
{
    private const int MaxNameLength = 512;

    /// <summary>An alarm of drift; null for any other alarm.</summary>
    /// <exception cref="CloudEventFormatException">It is no alarm; the message says why.</exception>
    public static LineAlarm? Parse(KafkaConsumed record)
    {
        try
        {
            if (record.Value is not { } value)
            {
                throw new CloudEventFormatException("The record has no value.");
            }

            var alarm = EventReader.Read<LineAlarm>(KafkaBinding.Read(record.Headers, value), EventTypes.AlarmChanged);
            if (alarm.Line.Length + alarm.Alarm.Length > MaxNameLength || alarm.State is not (AlarmEvent.Raised or AlarmEvent.Cleared))
            {
                throw new CloudEventFormatException(
                    $"The alarm is none: expected a line and a name of at most {MaxNameLength} characters together, and the state raised or cleared, not '{alarm.State}'.");
            }

            return alarm.Alarm.StartsWith(AlarmEvent.DriftPrefix, StringComparison.Ordinal) ? alarm : null;
        }
        catch (Exception e) when (e is JsonException or FormatException or ArgumentException)
        {
            throw new CloudEventFormatException(e.Message);
        }
    }
}
