using System.Text.Json;
using IMDD.Contracts.CloudEvents;
using IMDD.Contracts.Events;
using IMDD.Contracts.Identity;
using IMDD.Messaging.Kafka;

namespace IMDD.Cloud.Trainer.Ingest;

/// <summary>Reads what lines say of their frames: failed ones, ones that were drawn by chance, and counts.</summary>
internal static class LineParser
{
    private const int MaxLineLength = 128;

    /// <summary>A frame that failed; null for one that was simulated.</summary>
    /// <exception cref="CloudEventFormatException">It is no such record; the message says why.</exception>
    public static LineFrame? Failed(KafkaConsumed record)
    {
        var data = Read<DefectDetected>(record, EventTypes.DefectDetected, out var time);
        return data.Simulated ? null : Frame(data.AssetPath, data.Frame, failed: true, time);
    }

    /// <summary>A frame that passed and was drawn by chance; null for any other.</summary>
    /// <exception cref="CloudEventFormatException">It is no such record; the message says why.</exception>
    public static LineFrame? Passed(KafkaConsumed record)
    {
        var data = Read<HardExample>(record, EventTypes.ExampleCollected, out var time);
        return data.Verdict == Verdict.Pass && data.Reasons.Contains(HardReason.Random, StringComparer.Ordinal) ? Frame(data.AssetPath, data.Frame, failed: false, time) : null;
    }

    /// <summary>Counts of a minute.</summary>
    /// <exception cref="CloudEventFormatException">It is no such record; the message says why.</exception>
    public static LineWindow Minute(KafkaConsumed record)
    {
        var data = Read<LineWindow>(record, EventTypes.LineWindowUpdated, out _);
        return data is { Line.Length: > 0 and <= MaxLineLength, Passed: >= 0, Failed: >= 0 }
            ? data
            : throw new CloudEventFormatException($"The window is none: expected a line of 1 to {MaxLineLength} characters and counts of at least 0.");
    }

    private static LineFrame Frame(string asset, FrameReference frame, bool failed, DateTimeOffset time)
    {
        try
        {
            return ContentDigest.IsValid(frame.Digest)
                ? new LineFrame(AssetPath.Parse(asset).LinePath, frame.Digest, failed, time)
                : throw new CloudEventFormatException("The frame's digest is none: expected sha256: and 64 lower-case hex digits.");
        }
        catch (FormatException e)
        {
            throw new CloudEventFormatException(e.Message);
        }
    }

    private static T Read<T>(KafkaConsumed record, string type, out DateTimeOffset time)
    {
        try
        {
            if (record.Value is not { } value)
            {
                throw new CloudEventFormatException("The record has no value.");
            }

            var read = KafkaBinding.Read(record.Headers, value);
            time = read.Time ?? record.Timestamp;
            return EventReader.Read<T>(read, type);
        }
        catch (Exception e) when (e is JsonException or FormatException or ArgumentException)
        {
            throw new CloudEventFormatException(e.Message);
        }
    }
}
