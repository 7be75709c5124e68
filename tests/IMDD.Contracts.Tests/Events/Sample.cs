using IMDD.Contracts.Events;
using IMDD.Contracts.Identity;

namespace IMDD.Contracts.Tests.Events;

/// <summary>Well-formed events to start from.</summary>
internal static class Sample
{
    public static readonly AssetPath Asset = AssetPath.Parse("acme/ulm/paint/line2/cell3");
    public static readonly CameraPath Camera = new(Asset, "cam1");
    public static readonly DateTimeOffset Time = new(2026, 11, 23, 2, 10, 11, TimeSpan.Zero);
    public const string Digest = "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
    public const string FrameId = "b7-184467";
    public const string TraceParent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    public static string OutcomeId => EventId.ForOutcome(Camera, FrameId);

    public static EventContext Context() => new()
    {
        Source = EventSource.Agent(Asset, "box7"),
        Time = Time.AddMicroseconds(123456),
        RecordedTime = Time.AddMilliseconds(201),
        Sequence = 184467,
        TraceParent = TraceParent,
        TraceState = "imdd=1",
    };

    public static InspectionOutcome Outcome() => new()
    {
        FrameId = FrameId,
        InspectionId = FrameId,
        CameraId = "cam1",
        AssetPath = Asset.ToString(),
        PartId = "SN123456",
        RecipeId = "door-red@4",
        RecipeDigest = Digest,
        Verdict = Verdict.Pass,
        ImageScore = 0.1,
        Model = new("scratch-seg", "1.8.2", Digest),
        Timing = new() { TotalMs = 18.8 },
        Frame = new() { Digest = Digest, SizeBytes = 20480, Width = 1280, Height = 1024, ContentType = "image/jpeg" },
    };

    public static DefectRegion Region(int maskBytes = 10) => new()
    {
        Class = "scratch",
        Severity = Severity.Major,
        Score = 0.94,
        BboxPx = [412, 96, 55, 9],
        AreaPx = 310,
        ContourPx = [412, 96, 467, 96, 467, 105],
        MaskRle = new([1024, 1280], new string('0', maskBytes)),
    };

    public static DefectDetected Defect(params DefectRegion[] regions) => new()
    {
        FrameId = FrameId,
        OutcomeId = OutcomeId,
        InspectionId = FrameId,
        CameraId = "cam1",
        AssetPath = Asset.ToString(),
        PartId = "SN123456",
        RecipeId = "door-red@4",
        RecipeDigest = Digest,
        Verdict = Verdict.Fail,
        Model = new("scratch-seg", "1.8.2", Digest),
        Regions = regions,
        Timing = new() { TotalMs = 18.8 },
        Frame = new() { Digest = Digest },
    };

    public static FrameCapture Frame(byte[]? image = null) => new()
    {
        Camera = Camera,
        BootId = "b7",
        Sequence = 184467,
        Time = Time,
        RecordedTime = Time,
        Image = image ?? [0xff, 0xd8, 0xff, 0x00],
        ContentType = "image/jpeg",
        PartId = "SN123456",
    };

    public static AgentState Agent() => new() { Agent = "box7", State = EdgeStateWord.Online, BootId = "b7", BdSeq = 7 };

    public static LineWindow Window() => new()
    {
        Line = Asset.LinePath,
        WindowStart = new(2026, 11, 23, 2, 10, 0, TimeSpan.Zero),
        WindowSeconds = 60,
        Revision = 1,
        Total = 3,
        Passed = 1,
        Failed = 1,
        Undecided = 1,
    };

    public static readonly ModelRelease Release = new("scratch-seg", "1.9.0", Digest, 12);

    public static DesiredModels Desired() => new() { Agent = "box7", RolloutId = "r1", Slots = [new() { Model = Release }] };

    public static RolloutStep Step() => new()
    {
        Agent = "box7",
        RolloutId = "r1",
        Model = Release,
        Step = RolloutStepWord.Rejected,
        Status = RolloutStatus.Closed,
        Result = RolloutResult.Failure,
        ReasonCode = RolloutReason.TooSlow,
    };

    public static CameraStatistics Statistics() => new()
    {
        CameraId = "cam1",
        AssetPath = Asset.ToString(),
        WindowStart = Time,
        WindowEnd = Time.AddMinutes(5),
        Model = new("scratch-seg", "1.8.2", Digest),
        Sketch = Sketch(),
    };

    public static StatisticsSketch Sketch()
    {
        var brightness = new long[StatisticBins.Count(StatisticName.Brightness)];
        brightness[StatisticBins.Index(StatisticName.Brightness, 121)] = 5;
        return new()
        {
            Frames = 5,
            BinsVersion = StatisticBins.Version,
            Histograms = new Dictionary<string, IReadOnlyList<long>>(StringComparer.Ordinal) { [StatisticName.Brightness] = brightness },
            Verdicts = new Dictionary<string, long>(StringComparer.Ordinal) { ["pass"] = 4, ["fail"] = 1 },
            Classes = new Dictionary<string, long>(StringComparer.Ordinal) { [StatisticsSketch.NoClass] = 4, ["scratch"] = 1 },
            Embeddings = [[0.6, 0.8]],
        };
    }

    public static HardExample Hard() => new()
    {
        FrameId = FrameId,
        OutcomeId = OutcomeId,
        CameraId = "cam1",
        AssetPath = Asset.ToString(),
        Reasons = [HardReason.Uncertain],
        Scores = new Dictionary<string, double>(StringComparer.Ordinal) { [HardReason.Uncertain] = 0.8 },
        Frame = new() { Digest = Digest, Uri = "blob:frames/1" },
        Verdict = Verdict.Pass,
    };

    public static LabelledRegion Drawn() => new() { Class = "dent", BboxPx = [1, 2, 30, 40], ContourPx = [1, 2, 31, 2, 31, 42] };

    public static ExampleLabel Label() => new()
    {
        Frame = new() { Digest = Digest },
        RaterId = "anna",
        Revision = 1,
        CameraId = "cam1",
        AssetPath = Asset.ToString(),
        Judgement = LabelJudgement.MissedDefect,
        Verdict = Verdict.Fail,
        Regions = [Drawn()],
    };

    public static ExampleConsensus Consensus() => new()
    {
        Frame = new() { Digest = Digest },
        Revision = 1,
        CameraId = "cam1",
        AssetPath = Asset.ToString(),
        State = ConsensusState.Agreed,
        Verdict = Verdict.Fail,
        Regions = [Drawn()],
        Labels = [new("anna", 1)],
    };
}
