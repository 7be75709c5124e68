using System.Buffers.Binary;
using System.Text.Json;
using IMDD.Contracts.CloudEvents;
using IMDD.Contracts.Events;
using IMDD.Contracts.Identity;
using IMDD.Contracts.Review;
using IMDD.Contracts.Topics;
using IMDD.Messaging.Kafka;
using EventId = IMDD.Contracts.Identity.EventId;

namespace IMDD.Cloud.Curator.Ingest;

/// <summary>Reads records of the input topics. Never throws for what is in a record: that is a <see cref="ParsedExample.Poison"/>.</summary>
internal static class ExampleParser
{
    private const int MaxIdLength = 128;
    private const int MaxWordLength = 64;
    private const int MaxUriLength = 2048;
    private const long MaxPixels = 64L << 20;

    // Elements are rounded to four places.
    private const double LengthTolerance = 0.02;

    public static ParsedExample Parse(KafkaConsumed record)
    {
        try
        {
            Require(record.Value is not null, "The record has no value.");
            var cloudEvent = KafkaBinding.Read(record.Headers, record.Value!.Value);
            return record.Topic switch
            {
                KafkaTopics.HardExample => ParseHard(record, cloudEvent),
                KafkaTopics.DefectDetected => ParseDefect(record, cloudEvent),
                KafkaTopics.FrameStored => ParseStored(cloudEvent),
                _ => new ParsedExample.Ignored(),
            };
        }
        catch (Exception e) when (e is CloudEventFormatException or JsonException or FormatException or ArgumentException)
        {
            return new ParsedExample.Poison(record, e.Message);
        }
    }

    private static ParsedExample ParseHard(KafkaConsumed record, CloudEvent cloudEvent)
    {
        var data = EventReader.Read<HardExample>(cloudEvent, EventTypes.ExampleCollected);
        Require(data.Frame.Uri is { Length: > 0 }, "The frame has no uri: its picture is stored before it is announced.");
        Require(data.Reasons.Count is > 0 and <= MaxWordLength, $"There are {data.Reasons.Count} reasons: expected 1 to {MaxWordLength}.");
        Require(data.Reasons.All(reason => reason.Length is > 0 and <= MaxWordLength), $"A reason is longer than {MaxWordLength} characters.");
        Require(data.Scores.Values.All(score => score is >= 0 and <= 1), "A score is not a number from 0 to 1.");
        double? uncertainty = data.Scores.TryGetValue(HardReason.Uncertain, out var said) ? said : data.Scores.Count == 0 ? null : data.Scores.Values.Max();
        return data.Simulated ? new ParsedExample.Ignored() : new ParsedExample.Offered(Checked(new ReviewFrame
        {
            OutcomeId = data.OutcomeId,
            FrameId = data.FrameId,
            CameraId = data.CameraId,
            AssetPath = data.AssetPath,
            Time = TimeOf(record, cloudEvent),
            Verdict = data.Verdict,
            Frame = data.Frame,
            Regions = data.Regions,
            Model = data.Model,
            Reasons = data.Reasons,
            Uncertainty = uncertainty,
        }), data.Scores.TryGetValue(HardReason.Novel, out var novelty) ? novelty : null, EmbeddingOf(data));
    }

    /// <summary>Null where there is none, or nobody says which model it is of.</summary>
    private static FrameEmbedding? EmbeddingOf(HardExample data)
    {
        if (data.Embedding is not { Count: > 0 } embedding)
        {
            return null;
        }

        Require(embedding.Count <= HardExample.MaxEmbedding, $"The embedding has {embedding.Count} elements: expected at most {HardExample.MaxEmbedding}.");
        var length = Math.Sqrt(embedding.Sum(element => element * element));
        Require(length is >= 1 - LengthTolerance and <= 1 + LengthTolerance, $"The embedding has length {length:G4}: expected a unit vector.");
        if (data.Model is not { } model)
        {
            return null;
        }

        var vector = new byte[embedding.Count * sizeof(float)];
        for (var i = 0; i < embedding.Count; i++)
        {
            BinaryPrimitives.WriteSingleLittleEndian(vector.AsSpan(i * sizeof(float)), (float)(embedding[i] / length));
        }

        return new FrameEmbedding(model.Digest, vector);
    }

    private static ParsedExample ParseDefect(KafkaConsumed record, CloudEvent cloudEvent)
    {
        var data = EventReader.Read<DefectDetected>(cloudEvent, EventTypes.DefectDetected);
        return data.Simulated ? new ParsedExample.Ignored() : new ParsedExample.Offered(Checked(new ReviewFrame
        {
            OutcomeId = data.OutcomeId,
            FrameId = data.FrameId,
            CameraId = data.CameraId,
            AssetPath = data.AssetPath,
            Time = TimeOf(record, cloudEvent),
            Verdict = data.Verdict,
            Frame = data.Frame,
            Regions = data.Regions,
            Model = data.Model,
        }));
    }

    private static ParsedExample.Stored ParseStored(CloudEvent cloudEvent)
    {
        var data = EventReader.Read<FrameStored>(cloudEvent, EventTypes.FrameStored);
        CheckFrame(data.OutcomeId, data.Frame);
        Require(data.Frame.Uri is { Length: > 0 }, "The frame has no uri.");
        Require(data.Masks is not { Count: > DefectDetected.MaxRegions }, $"There are {data.Masks?.Count} masks: expected at most {DefectDetected.MaxRegions}.");
        return new ParsedExample.Stored(data, cloudEvent.Time);
    }

    private static ReviewFrame Checked(ReviewFrame frame)
    {
        CheckFrame(frame.OutcomeId, frame.Frame);
        var camera = CameraPath.Parse($"{frame.AssetPath}/{frame.CameraId}");
        Require(frame.FrameId.Length is > 0 and <= MaxIdLength, $"The frame id has {frame.FrameId.Length} characters: expected 1 to {MaxIdLength}.");
        Require(frame.OutcomeId == EventId.ForOutcome(camera, frame.FrameId), "The outcome id is not that of the camera's frame.");
        Require(frame.Regions.Count <= DefectDetected.MaxRegions, $"There are {frame.Regions.Count} regions: expected at most {DefectDetected.MaxRegions}.");
        foreach (var region in frame.Regions)
        {
            Require(region.BboxPx.Count == 4, $"A region's box has {region.BboxPx.Count} numbers: expected x, y, width, height.");
            Require(region.Class.Length is > 0 and <= MaxWordLength, $"A class has {region.Class.Length} characters: expected 1 to {MaxWordLength}.");
        }

        return frame;
    }

    private static void CheckFrame(string outcomeId, FrameReference frame)
    {
        Require(outcomeId.Length is > 0 and <= MaxIdLength, $"The outcome id has {outcomeId.Length} characters: expected 1 to {MaxIdLength}.");
        Require(ContentDigest.IsValid(frame.Digest), "The frame's digest is none: expected sha256: and 64 lower-case hex digits.");
        Require(frame.Uri is not { Length: > MaxUriLength }, $"The frame's uri is longer than {MaxUriLength} characters.");
        Require(
            frame is { Width: >= 0, Height: >= 0 } && (long)frame.Width * frame.Height <= MaxPixels,
            $"The frame has {frame.Width} x {frame.Height} pixels: expected at most {MaxPixels} in all.");
    }

    private static DateTimeOffset TimeOf(KafkaConsumed record, CloudEvent cloudEvent) => cloudEvent.Time ?? record.Timestamp;

    private static void Require(bool condition, string message)
    {
        if (!condition)
        {
            throw new CloudEventFormatException(message);
        }
    }
}
