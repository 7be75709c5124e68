using IMDD.Contracts.CloudEvents;
using IMDD.Contracts.Events;
using IMDD.Contracts.Identity;
using IMDD.Contracts.Topics;
using IMDD.Inference.Statistics;
using IMDD.Messaging.Kafka;

namespace IMDD.Cloud.Trainer.Tests;

/// <summary>What a station says of its frames, as agents publish it; the frame of a number is that of <see cref="Labels.Picture"/>.</summary>
internal static class StationRecords
{
    private static readonly string Recipe = "sha256:" + new string('e', 64);

    public static KafkaConsumed Failed(int number, DateTimeOffset at, bool simulated = false, string line = "line2")
    {
        var camera = CameraOf(line);
        return Record(KafkaTopics.DefectDetected, at, DefectEvent.Create(
            new DefectDetected
            {
                FrameId = $"b1-{number}",
                OutcomeId = EventId.ForOutcome(camera, $"b1-{number}"),
                InspectionId = $"i{number}",
                CameraId = camera.Camera,
                AssetPath = camera.Asset.ToString(),
                RecipeId = "bundle-defaults@1",
                RecipeDigest = Recipe,
                Verdict = Verdict.Fail,
                Simulated = simulated,
                Model = new ModelReference("edge-nano", "1.0.0", Recipe),
                Regions = [],
                Timing = new InspectionTiming(),
                Frame = Picture(number),
            },
            Context(camera, at)));
    }

    public static KafkaConsumed Passed(int number, DateTimeOffset at, string reason = HardReason.Random, string line = "line2")
    {
        var camera = CameraOf(line);
        return Record(KafkaTopics.HardExample, at, HardExampleEvent.Create(
            new HardExample
            {
                FrameId = $"b1-{number}",
                OutcomeId = EventId.ForOutcome(camera, $"b1-{number}"),
                CameraId = camera.Camera,
                AssetPath = camera.Asset.ToString(),
                Reasons = [reason],
                Verdict = Verdict.Pass,
                Frame = Picture(number),
            },
            Context(camera, at)));
    }

    /// <summary>Counts of a camera in some minutes.</summary>
    public static KafkaConsumed Window(DateTimeOffset start, long passed, long failed, string line = "line2", string? recipe = null, double brightness = 120, string name = "cam1")
    {
        CameraPath camera = new(CameraOf(line).Asset, name);
        return Record(KafkaTopics.CameraStatistics, start, CameraStatisticsEvent.Create(
            new CameraStatistics
            {
                CameraId = camera.Camera,
                AssetPath = camera.Asset.ToString(),
                WindowStart = start,
                WindowEnd = start.AddMinutes(5),
                Model = new ModelReference("edge-nano", "1.0.0", Recipe),
                RecipeDigest = recipe,
                Sketch = Sketch(passed, failed, brightness),
            },
            Context(camera, start)));
    }

    private static StatisticsSketch Sketch(long passed, long failed, double brightness)
    {
        SketchBuilder builder = new(maxEmbeddings: 0, seed: 1);
        for (var frame = 0; frame < passed + failed; frame++)
        {
            builder.Add(new FrameMeasures(brightness, 20, 5), []);
            builder.Decided(0.5, frame < passed ? "pass" : "fail", worstClass: null);
        }

        return builder.Build();
    }

    private static CameraPath CameraOf(string line) => CameraPath.Parse($"acme/ulm/paint/{line}/cell3/cam1");

    private static FrameReference Picture(int number)
    {
        var bytes = Labels.Picture(number);
        return new FrameReference { Digest = ContentDigest.Of(bytes), SizeBytes = bytes.Length, Width = Labels.Side, Height = Labels.Side, ContentType = "image/png", Uri = "imdd-blob:" + ContentDigest.Of(bytes) };
    }

    private static EventContext Context(CameraPath camera, DateTimeOffset at) => new() { Source = EventSource.Agent(camera.Asset, "box7"), Time = at, RecordedTime = at };

    private static KafkaConsumed Record(string topic, DateTimeOffset at, CloudEvent made)
        => new(topic, 0, 0, made.Extension(CloudEventAttributes.PartitionKey), made.Data, KafkaBinding.WriteHeaders(made), at);
}
