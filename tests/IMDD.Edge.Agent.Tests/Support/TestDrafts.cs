using IMDD.Contracts.Events;
using IMDD.Contracts.Identity;
using IMDD.Edge.Agent.Outcomes;

namespace IMDD.Edge.Agent.Tests.Support;

/// <summary>Outcomes that are decided and not stored.</summary>
internal static class TestDrafts
{
    private static readonly string AnyDigest = ContentDigest.Of([1]);

    public static OutcomeDraft Outcome(string frameId, Verdict verdict = Verdict.Pass, string? reason = null, string camera = "cam1")
    {
        var path = AgentHarness.Camera(camera);
        var outcome = OutcomeOf(path, frameId, verdict, reason);
        return new OutcomeDraft
        {
            OutcomeId = EventId.ForOutcome(path, frameId),
            CameraKey = path.ToString(),
            Verdict = verdict,
            Reason = reason,
            Happened = DateTimeOffset.UnixEpoch,
            Outcome = new PreparedRecord(OutcomeEvent.Create(outcome, Context())),
        };
    }

    /// <summary>A fail whose defect event waits for its picture.</summary>
    public static OutcomeDraft Fail(string frameId, bool withEvidence, string camera = "cam1")
    {
        var path = AgentHarness.Camera(camera);
        var outcome = OutcomeOf(path, frameId, Verdict.Fail, null);
        FrameReference frame = new() { Digest = AnyDigest, SizeBytes = 1 };
        var outcomeId = EventId.ForOutcome(path, frameId);
        DefectDetected defect = new()
        {
            FrameId = frameId,
            OutcomeId = outcomeId,
            InspectionId = frameId,
            CameraId = camera,
            AssetPath = AgentHarness.Asset,
            RecipeId = "r",
            RecipeDigest = AnyDigest,
            Verdict = Verdict.Fail,
            Model = new ModelReference("m", "1", AnyDigest),
            Regions = [],
            Timing = new InspectionTiming(),
            Frame = frame,
        };
        return Outcome(frameId, Verdict.Fail, camera: camera) with
        {
            Outcome = new PreparedRecord(OutcomeEvent.Create(outcome, Context())),
            Defect = new PreparedRecord(DefectEvent.Create(defect, Context())),
            Evidence = withEvidence ? new EvidenceItem(outcomeId, AnyDigest, "image/png", 1, TimeProvider.System.GetUtcNow()) : null,
            FrameStored = withEvidence ? new FrameStored { FrameId = frameId, OutcomeId = outcomeId, Frame = frame } : null,
        };
    }

    /// <summary>A hard example whose picture waits.</summary>
    public static ExampleItem Example(string frameId, string camera = "cam1")
    {
        var now = TimeProvider.System.GetUtcNow();
        var example = ExampleOf(frameId, camera);
        return new ExampleItem(example.OutcomeId, AgentHarness.Camera(camera).ToString(), AnyDigest, "image/png", 1, now, now, null, ImddJson.Serialize(example));
    }

    /// <summary>The event of a hard example.</summary>
    public static PreparedRecord ExampleRecord(string frameId, string camera = "cam1")
    {
        var example = ExampleOf(frameId, camera);
        return new PreparedRecord(HardExampleEvent.Create(example with { Frame = example.Frame with { Uri = "imdd-blob:" + AnyDigest } }, Context()));
    }

    private static HardExample ExampleOf(string frameId, string camera) => new()
    {
        FrameId = frameId,
        OutcomeId = EventId.ForOutcome(AgentHarness.Camera(camera), frameId),
        CameraId = camera,
        AssetPath = AgentHarness.Asset,
        Reasons = [HardReason.Uncertain],
        Frame = new FrameReference { Digest = AnyDigest, SizeBytes = 1 },
        Verdict = Verdict.Pass,
    };

    private static EventContext Context() => new()
    {
        Source = EventSource.Agent(AssetPath.Parse(AgentHarness.Asset), "box7"),
        Time = DateTimeOffset.UnixEpoch,
        RecordedTime = TimeProvider.System.GetUtcNow(),
    };

    private static InspectionOutcome OutcomeOf(CameraPath path, string frameId, Verdict verdict, string? reason) => new()
    {
        FrameId = frameId,
        InspectionId = frameId,
        CameraId = path.Camera,
        AssetPath = AgentHarness.Asset,
        RecipeId = "r",
        RecipeDigest = AnyDigest,
        Verdict = verdict,
        Reason = reason,
        Model = new ModelReference("m", "1", AnyDigest),
        Timing = new InspectionTiming(),
    };
}
