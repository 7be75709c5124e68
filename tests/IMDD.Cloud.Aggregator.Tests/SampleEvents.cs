using IMDD.Contracts.Events;
using IMDD.Contracts.Identity;
using IMDD.Contracts.Topics;
using IMDD.Messaging.Kafka;

namespace IMDD.Cloud.Aggregator.Tests;

/// <summary>Events about <c>cam1</c> and its agent, beside outcomes.</summary>
internal static class SampleEvents
{
    private static readonly string Digest = ContentDigest.Of("some bytes"u8);

    public static IEnumerable<KafkaConsumed> Defect(long sequence, DateTimeOffset time, string? uri)
    {
        var camera = Events.Camera();
        var frameId = EventId.ForFrame("b1", sequence);
        DefectDetected defect = new()
        {
            FrameId = frameId,
            OutcomeId = EventId.ForOutcome(camera, frameId),
            InspectionId = $"i{sequence}",
            CameraId = camera.Camera,
            AssetPath = camera.Asset.ToString(),
            RecipeId = "door@1",
            RecipeDigest = Digest,
            Verdict = Verdict.Fail,
            Model = new ModelReference("contrast", "1.0.0", Digest),
            Regions = [new DefectRegion { Class = "scratch", Severity = Severity.Major, Score = 0.9, BboxPx = [1, 2, 3, 4], AreaPx = 12 }],
            Timing = new InspectionTiming(),
            Frame = new FrameReference { Digest = Digest, Uri = uri },
        };
        yield return Events.Record(KafkaTopics.DefectDetected, DefectEvent.Create(defect, Events.Context(camera, time)), sequence, 0);
    }

    public static KafkaConsumed Stored(long sequence, DateTimeOffset time, string uri)
    {
        var camera = Events.Camera();
        var frameId = EventId.ForFrame("b1", sequence);
        FrameStored stored = new()
        {
            FrameId = frameId,
            OutcomeId = EventId.ForOutcome(camera, frameId),
            Frame = new FrameReference { Digest = Digest, Uri = uri },
            Masks = [new StoredMask(0, uri + "-mask"), new StoredMask(7, "imdd-blob:of-a-region-that-is-not-there")],
        };
        return Events.Record(KafkaTopics.FrameStored, FrameStoredEvent.Create(camera, stored, Events.Context(camera, time)), sequence, 0);
    }

    public static KafkaConsumed Agent(DateTimeOffset time)
    {
        var camera = Events.Camera();
        AgentState state = new() { Agent = "box7", State = EdgeStateWord.Online, BootId = "boot", BdSeq = 1 };
        return Events.Record(KafkaTopics.EdgeState, AgentStateEvent.Create(camera.Asset, state, Events.Context(camera, time)), 0, 0);
    }

    public static KafkaConsumed Camera(DateTimeOffset time)
    {
        var camera = Events.Camera();
        CameraState state = new() { CameraId = camera.Camera, State = EdgeStateWord.Online };
        return Events.Record(KafkaTopics.EdgeState, CameraStateEvent.Create(camera, state, Events.Context(camera, time)), 0, 0);
    }

    public static KafkaConsumed Balance(DateTimeOffset time, long sent)
    {
        var camera = Events.Camera();
        CameraBalance balance = new() { CameraId = camera.Camera, BootId = "b1", Sent = sent, Returned = sent, Spooled = 0, Time = time };
        EventContext context = new() { Source = EventSource.Camera(camera), Time = time, RecordedTime = time };
        return Events.Record(KafkaTopics.EdgeState, CameraBalanceEvent.Create(camera, balance, context), 0, 0);
    }
}
