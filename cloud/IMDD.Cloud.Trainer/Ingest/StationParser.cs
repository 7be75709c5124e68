using System.Text.Json;
using IMDD.Contracts.CloudEvents;
using IMDD.Contracts.Events;
using IMDD.Contracts.Identity;
using IMDD.Contracts.Models;
using IMDD.Messaging.Kafka;

namespace IMDD.Cloud.Trainer.Ingest;

/// <summary>Reads what stations say of their frames: failed ones, ones that were drawn by chance, and counts.</summary>
internal static class StationParser
{
    /// <summary>What agents name the recipe of a station without one by.</summary>
    private static readonly string BundleDefaults = RecipeDigest.Of(new Recipe { Id = RecipeId.BundleDefaults });

    /// <summary>A frame that failed; null for one that was simulated.</summary>
    /// <exception cref="CloudEventFormatException">It is no such record; the message says why.</exception>
    public static StationFrame? Failed(KafkaConsumed record)
    {
        var data = Read<DefectDetected>(record, EventTypes.DefectDetected, out var time);
        return data.Simulated ? null : Frame(data.AssetPath, data.Frame, failed: true, time);
    }

    /// <summary>A frame that passed and was drawn by chance; null for any other.</summary>
    /// <exception cref="CloudEventFormatException">It is no such record; the message says why.</exception>
    public static StationFrame? Passed(KafkaConsumed record)
    {
        var data = Read<HardExample>(record, EventTypes.ExampleCollected, out var time);
        return data.Verdict == Verdict.Pass && data.Reasons.Contains(HardReason.Random, StringComparer.Ordinal) ? Frame(data.AssetPath, data.Frame, failed: false, time) : null;
    }

    /// <summary>How many frames of a camera passed and failed in some minutes; null where nothing was decided.</summary>
    /// <exception cref="CloudEventFormatException">It is no such record; the message says why.</exception>
    public static StationWindow? Window(KafkaConsumed record)
    {
        var data = Read<CameraStatistics>(record, EventTypes.CameraStatisticsCollected, out _);
        var (passed, failed) = (data.Sketch.Verdicts.GetValueOrDefault("pass"), data.Sketch.Verdicts.GetValueOrDefault("fail"));
        if (passed < 0 || failed < 0)
        {
            throw new CloudEventFormatException($"The sketch counts {passed} passed and {failed} failed frames: expected at least 0 of either.");
        }

        try
        {
            return passed + failed == 0 ? null : new StationWindow(CameraPath.Parse($"{data.AssetPath}/{data.CameraId}"), data.WindowStart, passed, failed, data.RecipeDigest == BundleDefaults ? null : data.RecipeDigest, data.Sketch);
        }
        catch (FormatException e)
        {
            throw new CloudEventFormatException(e.Message);
        }
    }

    private static StationFrame Frame(string asset, FrameReference frame, bool failed, DateTimeOffset time)
    {
        try
        {
            return ContentDigest.IsValid(frame.Digest)
                ? new StationFrame(AssetPath.Parse(asset).ToString(), frame.Digest, failed, time)
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
