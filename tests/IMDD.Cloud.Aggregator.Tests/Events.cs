using IMDD.Contracts.CloudEvents;
using IMDD.Contracts.Events;
using IMDD.Contracts.Identity;
using IMDD.Contracts.Topics;
using IMDD.Messaging.Kafka;

namespace IMDD.Cloud.Aggregator.Tests;

/// <summary>Records as agents publish them.</summary>
internal static class Events
{
    public const string Line = "acme/ulm/paint/line2";
    public static readonly DateTimeOffset Noon = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);
    private static readonly string Digest = ContentDigest.Of("recipe"u8);

    public static CameraPath Camera(int number = 1, string line = Line) => CameraPath.Parse($"{line}/cell3/cam{number}");

    public static EventSource Agent(CameraPath camera) => EventSource.Agent(camera.Asset, "box7");

    public static InspectionOutcome Outcome(CameraPath camera, long sequence, Verdict verdict = Verdict.Pass, string? reason = null, string boot = "b1") => new()
    {
        FrameId = EventId.ForFrame(boot, sequence),
        InspectionId = $"i{sequence}",
        CameraId = camera.Camera,
        AssetPath = camera.Asset.ToString(),
        RecipeId = "door@1",
        RecipeDigest = Digest,
        Verdict = verdict,
        Reason = verdict == Verdict.Undecided ? reason ?? UndecidedReason.Overload : null,
        Defects = verdict == Verdict.Fail ? [new DefectCount("scratch", Severity.Major, 1)] : [],
        Timing = new InspectionTiming(),
    };

    public static KafkaConsumed Record(InspectionOutcome outcome, DateTimeOffset time, long offset, DateTimeOffset? recorded = null)
    {
        CameraPath camera = new(AssetPath.Parse(outcome.AssetPath), outcome.CameraId);
        return Record(KafkaTopics.Outcome, OutcomeEvent.Create(outcome, Context(camera, time, recorded)), offset, PartitionOf(camera));
    }

    public static KafkaConsumed Outcome(
        long sequence, DateTimeOffset time, Verdict verdict = Verdict.Pass, string? reason = null, int camera = 1, string boot = "b1", string line = Line)
        => Record(Outcome(Camera(camera, line), sequence, verdict, reason, boot), time, sequence);

    public static KafkaConsumed Record(string topic, CloudEvent cloudEvent, long offset, int partition)
        => new(topic, partition, offset, cloudEvent.Extension(CloudEventAttributes.PartitionKey), cloudEvent.Data, KafkaBinding.WriteHeaders(cloudEvent), Noon);

    public static EventContext Context(CameraPath camera, DateTimeOffset time, DateTimeOffset? recorded = null)
        => new() { Source = Agent(camera), Time = time, RecordedTime = recorded ?? time };

    /// <summary>Any fixed mapping will do: what matters is that a camera has one partition.</summary>
    public static int PartitionOf(CameraPath camera) => camera.Camera[^1] % 4;
}
