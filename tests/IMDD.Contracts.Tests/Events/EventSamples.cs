using IMDD.Contracts.CloudEvents;
using IMDD.Contracts.Events;
using IMDD.Contracts.Identity;

namespace IMDD.Contracts.Tests.Events;

/// <summary>One event of every type, made as services make them.</summary>
internal static class EventSamples
{
    public static readonly IReadOnlyList<CloudEvent> All =
    [
        OutcomeEvent.Create(Sample.Outcome(), Sample.Context()),
        OutcomeEvent.Create(
            Sample.Outcome() with { Verdict = Verdict.Undecided, Reason = UndecidedReason.Overload, Model = null, Frame = null, PartId = "零件-0042", Simulated = true },
            Sample.Context() with { Historical = true, TraceParent = null }),
        DefectEvent.Create(Sample.Defect(Sample.Region(1000), Sample.Region()), Sample.Context()),
        FrameStoredEvent.Create(
            Sample.Camera,
            new() { FrameId = Sample.FrameId, OutcomeId = Sample.OutcomeId, Frame = new() { Digest = Sample.Digest, Uri = "blob:frames/1" } },
            Sample.Context()),
        OutcomeReceiptEvent.Create(
            Sample.Camera, new() { FrameId = Sample.FrameId, OutcomeId = Sample.OutcomeId, Verdict = Verdict.Fail, PartId = "SN123456" }, Sample.Context()),
        AgentStateEvent.Create(Sample.Asset, Sample.Agent(), Sample.Context()),
        AgentStateEvent.Create(Sample.Asset, Sample.Agent() with { Groups = [new() { Name = "top", Cameras = ["cam1"] }] }, Sample.Context() with { Sequence = 2 }),
        AgentStateEvent.CreateWill(Sample.Asset, Sample.Agent(), Sample.Context()),
        CameraStateEvent.Create(Sample.Camera, new() { CameraId = "cam1", State = EdgeStateWord.Silent }, Sample.Context()),
        CameraBalanceEvent.Create(Sample.Camera, new() { CameraId = "cam1", BootId = "b7", Sent = 5, Returned = 4, Spooled = 1 }, Sample.Context()),
        LineWindowEvent.Create(Sample.Window(), EventSource.Aggregator(Sample.Asset.LinePath, "main"), Sample.Time),
        AlarmEvent.Create(
            new()
            {
                Line = Sample.Asset.LinePath, Alarm = "p-chart-above-limit", State = AlarmEvent.Raised, Severity = Severity.Major, Message = "6 of 116 failed.",
                Since = Sample.Time,
            },
            Sample.Context() with { Source = EventSource.Aggregator(Sample.Asset.LinePath, "main") }),
        CameraStatisticsEvent.Create(Sample.Statistics(), Sample.Context()),
        DesiredModelsEvent.Create(Sample.Asset, Sample.Desired(), Sample.Context() with { Source = EventSource.Service("registry", "main") }),
        DesiredModelsEvent.Create(
            Sample.Asset, Sample.Desired() with { Install = new() { NotBefore = Sample.Time, NotAfter = Sample.Time.AddHours(4) } },
            Sample.Context() with { Source = EventSource.Service("registry", "main") }),
        DesiredModelsEvent.Create(
            Sample.Asset, Sample.Desired() with { Slots = [new() { Group = "top", Cameras = ["cam1"], RolloutId = "r2", Model = Sample.Release }, new() { Model = Sample.Release }] },
            Sample.Context() with { Source = EventSource.Service("registry", "main") }),
        RolloutStepEvent.Create(Sample.Asset, Sample.Step(), Sample.Context()),
        RolloutStepEvent.Create(Sample.Asset, Sample.Step() with { Group = "top" }, Sample.Context()),
        HardExampleEvent.Create(Sample.Hard(), Sample.Context()),
        ExampleLabelEvent.Create(Sample.Label(), Sample.Context() with { Source = EventSource.Service("dashboard", "main") }),
        ExampleConsensusEvent.Create(Sample.Consensus(), Sample.Context() with { Source = EventSource.Service("curator", "main") }),
        ModelChangeEvent.Registered(
            new() { Model = Sample.Release, SizeBytes = 1000, KeyId = Sample.Digest, Gates = [new("parity", true, 1e-5, 1e-3)], TrainedFrom = new(Parent: Sample.Digest) },
            Sample.Context()),
        ModelChangeEvent.Promoted(
            new() { Model = Sample.Release, Alias = ModelAlias.Champion, Aliases = new Dictionary<string, string>(StringComparer.Ordinal) { ["champion"] = Sample.Digest } },
            Sample.Context()),
        FrameCapturedEvent.Create(Sample.Frame([0xff, 0xd8, 0xff, 0x00, 0x80]) with
        {
            InspectionId = "insp-1", LotId = "L77", RecipeId = "door-red@4", Width = 1280, Height = 1024, PixelFormat = "Mono8", Clock = new("ptp", 0.4, 2),
            ExpiryTime = Sample.Time.AddSeconds(30), TraceParent = Sample.TraceParent, TraceState = "imdd=1",
        }),
    ];
}
