using System.Text.Json;
using IMDD.Contracts;
using IMDD.Contracts.CloudEvents;
using IMDD.Contracts.Events;
using IMDD.Contracts.Identity;
using IMDD.Contracts.Topics;
using IMDD.Messaging.Kafka;

namespace IMDD.Cloud.Aggregator.Ingest;

/// <summary>Reads records of the input topics. Never throws for what is in a record: that is a <see cref="ParsedRecord.Poison"/>.</summary>
internal sealed class RecordParser(TimeSpan maxFuture, TimeProvider time)
{
    private const int MaxIdLength = 128;
    private const int MaxWordLength = 64;
    private const int MaxDefectKinds = 1024;

    public ParsedRecord Parse(KafkaConsumed record)
    {
        try
        {
            if (record.Value is not { } value)
            {
                // A tombstone on the compacted topic is the broker's business; elsewhere it is an event without data.
                return record.Topic == KafkaTopics.EdgeState
                    ? new ParsedRecord.Ignored(record)
                    : new ParsedRecord.Poison(record, PoisonReason.Malformed, "The record has no value.");
            }

            var cloudEvent = KafkaBinding.Read(record.Headers, value);
            return record.Topic switch
            {
                KafkaTopics.Outcome => ParseOutcome(record, cloudEvent),
                KafkaTopics.DefectDetected => ParseDefect(record, cloudEvent),
                KafkaTopics.FrameStored => ParseStored(record, cloudEvent),
                KafkaTopics.EdgeState => ParseState(record, cloudEvent),
                KafkaTopics.CameraStatistics => ParseStatistics(record, cloudEvent),
                _ => new ParsedRecord.Ignored(record),
            };
        }
        catch (Exception e) when (e is CloudEventFormatException or JsonException or FormatException or ArgumentException)
        {
            return new ParsedRecord.Poison(record, PoisonReason.Malformed, e.Message);
        }
    }

    private ParsedRecord ParseOutcome(KafkaConsumed record, CloudEvent cloudEvent)
    {
        var data = EventReader.Read<InspectionOutcome>(cloudEvent, EventTypes.InspectionOutcome);
        CameraPath camera = new(AssetPath.Parse(data.AssetPath), data.CameraId);
        Require(cloudEvent.Id.Length <= MaxIdLength, $"The id has {cloudEvent.Id.Length} characters: expected at most {MaxIdLength}.");
        Require(data.Reason is null || data.Reason.Length <= MaxWordLength, $"The reason has {data.Reason?.Length} characters: expected at most {MaxWordLength}.");
        Require(data.Defects.Count <= MaxDefectKinds, $"There are {data.Defects.Count} kinds of defects: expected at most {MaxDefectKinds}.");
        foreach (var defect in data.Defects)
        {
            Require(defect.Count > 0, $"Defect '{defect.Class}' counts {defect.Count}: expected at least 1.");
            Require(defect.Class.Length is > 0 and <= MaxWordLength, $"A defect class has {defect.Class.Length} characters: expected 1 to {MaxWordLength}.");
        }

        var recorded = RecordedTime(record, cloudEvent);
        var windowTime = data.WindowTime == WindowTimeSource.Time ? cloudEvent.Time ?? recorded : recorded;
        var limit = time.GetUtcNow() + maxFuture;
        if (windowTime > limit)
        {
            return new ParsedRecord.Poison(
                record, PoisonReason.Future, $"The event time is {CloudEventText.Time(windowTime)}: expected at most {CloudEventText.Time(limit)}.");
        }

        Require(windowTime >= DateTimeOffset.UnixEpoch, $"The event time is {CloudEventText.Time(windowTime)}: expected 1970 or later.");
        return new ParsedRecord.Outcome(record, cloudEvent.Id, camera, data.IdDerived ? "" : BootOf(data.FrameId), windowTime, data);
    }

    private static ParsedRecord.Defect ParseDefect(KafkaConsumed record, CloudEvent cloudEvent)
    {
        var data = EventReader.Read<DefectDetected>(cloudEvent, EventTypes.DefectDetected);
        CameraPath camera = new(AssetPath.Parse(data.AssetPath), data.CameraId);
        Require(data.OutcomeId.Length is > 0 and <= MaxIdLength, $"The outcome id has {data.OutcomeId.Length} characters: expected 1 to {MaxIdLength}.");
        return new(record, camera, cloudEvent.Time ?? RecordedTime(record, cloudEvent), data);
    }

    private static ParsedRecord.Stored ParseStored(KafkaConsumed record, CloudEvent cloudEvent)
    {
        var data = EventReader.Read<FrameStored>(cloudEvent, EventTypes.FrameStored);
        var camera = CameraPath.Parse(cloudEvent.Extension(CloudEventAttributes.PartitionKey) ?? record.Key ?? "");
        Require(data.OutcomeId.Length is > 0 and <= MaxIdLength, $"The outcome id has {data.OutcomeId.Length} characters: expected 1 to {MaxIdLength}.");
        return new(record, camera, cloudEvent.Time ?? RecordedTime(record, cloudEvent), data);
    }

    private ParsedRecord ParseStatistics(KafkaConsumed record, CloudEvent cloudEvent)
    {
        var data = EventReader.Read<CameraStatistics>(cloudEvent, EventTypes.CameraStatisticsCollected);
        CameraPath camera = new(AssetPath.Parse(data.AssetPath), data.CameraId);
        Require(cloudEvent.Id.Length <= MaxIdLength, $"The id has {cloudEvent.Id.Length} characters: expected at most {MaxIdLength}.");
        Require(ContentDigest.IsValid(data.Model.Digest), $"The model's digest is '{Excerpt.Of(data.Model.Digest)}': expected sha256: and 64 hex digits.");
        Require(data.WindowStart >= DateTimeOffset.UnixEpoch && data.WindowEnd >= data.WindowStart, "The window ends before it starts, or starts before 1970.");
        foreach (var sketch in new[] { data.Sketch, data.Reference }.OfType<StatisticsSketch>())
        {
            var fault = CameraStatisticsEvent.Fault(sketch);
            Require(fault is null, $"A sketch cannot be used: {fault}");
            Require(
                sketch.Histograms.Count <= MaxWordLength && sketch.Histograms.Values.All(counts => counts.Count <= MaxDefectKinds),
                $"There are more than {MaxWordLength} histograms, or one of more than {MaxDefectKinds} bins.");
            Require(sketch.Classes.Keys.Concat(sketch.Verdicts.Keys).All(name => name.Length is > 0 and <= MaxWordLength), $"A name has more than {MaxWordLength} characters, or none.");
        }

        var limit = time.GetUtcNow() + maxFuture;
        return data.WindowEnd > limit
            ? new ParsedRecord.Poison(
                record, PoisonReason.Future, $"The window ends at {CloudEventText.Time(data.WindowEnd)}: expected at most {CloudEventText.Time(limit)}.")
            : new ParsedRecord.Statistics(record, cloudEvent.Id, camera, data);
    }

    private static ParsedRecord ParseState(KafkaConsumed record, CloudEvent cloudEvent)
    {
        var (asset, name) = PlaceOf(cloudEvent.Extension(CloudEventAttributes.PartitionKey) ?? record.Key ?? "");
        var recorded = RecordedTime(record, cloudEvent);
        switch (cloudEvent.Type)
        {
            case EventTypes.AgentStateChanged:
                return new ParsedRecord.AgentStatus(record, asset, recorded, EventReader.Read<AgentState>(cloudEvent, cloudEvent.Type));
            case EventTypes.CameraStateChanged:
                return new ParsedRecord.CameraStatus(record, new CameraPath(asset, name), recorded, EventReader.Read<CameraState>(cloudEvent, cloudEvent.Type));
            case EventTypes.CameraBalanceReported:
                var balance = EventReader.Read<CameraBalance>(cloudEvent, cloudEvent.Type);
                Require(balance.BootId.Length is > 0 and <= MaxIdLength, $"The boot id has {balance.BootId.Length} characters: expected 1 to {MaxIdLength}.");
                return new ParsedRecord.Balance(record, new CameraPath(asset, name), balance.Time ?? recorded, balance);
            default:
                return new ParsedRecord.Ignored(record);
        }
    }

    /// <summary><c>{assetPath}/{kind}/{name}</c>.</summary>
    private static (AssetPath Asset, string Name) PlaceOf(string key)
    {
        var parts = key.Split('/');
        Require(parts.Length == 7, $"The key is '{key}': expected enterprise/site/area/line/cell/kind/name.");
        return (AssetPath.Parse(string.Join('/', parts[..5])), NamePart.Checked(parts[6]));
    }

    /// <summary><c>{boot}</c> of <c>{boot}-{sequence}</c>.</summary>
    private static string BootOf(string frameId)
    {
        var cut = frameId.LastIndexOf('-');
        return cut > 0 && cut <= MaxIdLength && CloudEventText.TryParseSequence(frameId[(cut + 1)..], out _) ? frameId[..cut] : "";
    }

    private static DateTimeOffset RecordedTime(KafkaConsumed record, CloudEvent cloudEvent)
        => CloudEventText.TryParseTime(cloudEvent.Extension(CloudEventAttributes.RecordedTime), out var recorded) ? recorded : record.Timestamp;

    private static void Require(bool condition, string message)
    {
        if (!condition)
        {
            throw new CloudEventFormatException(message);
        }
    }
}
