using System.Globalization;
using IMDD.Contracts.Events;
using IMDD.Contracts.Identity;
using IMDD.Contracts.Queries;

namespace IMDD.Cloud.Dashboard.Tests;

/// <summary>A plant of two lines, the same every time.</summary>
internal static class SampleData
{
    public const string Line = "acme/ulm/paint/line2";
    public const string OtherLine = "acme/ulm/paint/line3";
    public const string Cell = Line + "/cell3";

    public static readonly DateTimeOffset Now = new(2026, 11, 23, 2, 10, 0, TimeSpan.Zero);

    public static LineSummary Summary(string? line, long passed, long failed, long undecided) => new()
    {
        Line = line,
        From = Now.AddHours(-1),
        To = Now,
        Total = passed + failed + undecided,
        Passed = passed,
        Failed = failed,
        Undecided = undecided,
        UndecidedByReason = new Dictionary<string, long>(StringComparer.Ordinal) { ["overload"] = undecided },
        Yield = passed + failed == 0 ? null : (double)passed / (passed + failed),
        DefectsPerMillion = passed + failed == 0 ? null : 1e6 * failed / (passed + failed),
    };

    public static PChart Chart(string line, int points)
    {
        Random random = new(7);
        const double Mean = 0.12;
        return new PChart
        {
            Line = line,
            WindowSeconds = 60,
            CenterLine = Mean,
            BaselineWindows = 25,
            BaselineWindowsNeeded = 20,
            Points =
            [
                .. Enumerable.Range(0, points).Select(i =>
                {
                    var inspected = 180 + random.Next(60);
                    var half = 3 * Math.Sqrt(Mean * (1 - Mean) / inspected);
                    var proportion = i == points - 5 ? 0.24 : Mean + (random.NextDouble() - 0.5) * 0.08;
                    return new PChartPoint
                    {
                        WindowStart = Now.AddMinutes(i - points),
                        Inspected = inspected,
                        Failed = (long)(proportion * inspected),
                        Proportion = proportion,
                        LowerLimit = Math.Max(0, Mean - half),
                        UpperLimit = Mean + half,
                        Signal = proportion > Mean + half ? PChartSignal.AboveLimit : PChartSignal.None,
                        Complete = i < points - 1,
                    };
                }),
            ],
        };
    }

    public static ParetoChart Pareto(string? line) => new()
    {
        Line = line,
        From = Now.AddHours(-1),
        To = Now,
        Regions = 100,
        Bars =
        [
            new("scratch", Severity.Major, 41, .41, .41),
            new("pit", Severity.Minor, 22, .22, .63),
            new("scratch", Severity.Minor, 15, .15, .78),
            new("missing-part", Severity.Critical, 12, .12, .9),
            new("unknown-defect", Severity.Major, 10, .1, 1),
        ],
    };

    public static CameraConservation Balance(string camera, long? sent, long outcomes, bool imbalanced = false) => new()
    {
        Camera = camera,
        BootId = "b1",
        Sent = sent,
        Returned = sent is null ? null : outcomes,
        Spooled = sent is null ? null : sent - outcomes,
        Resent = sent is null ? null : 0,
        Outcomes = outcomes,
        Difference = sent - outcomes,
        Imbalanced = imbalanced,
        LastOutcomeTime = Now,
    };

    public static FailedFrame Failed(int sequence, string digest, string? uri = "imdd-blob:x", MaskRle? mask = null, int width = 64, int height = 48)
    {
        var camera = CameraPath.Parse(Cell + "/cam1");
        var frameId = "b1-" + sequence.ToString(CultureInfo.InvariantCulture);
        return new FailedFrame(Line, camera.ToString(), Now.AddSeconds(sequence), new DefectDetected
        {
            FrameId = frameId,
            OutcomeId = IMDD.Contracts.Identity.EventId.ForOutcome(camera, frameId),
            InspectionId = frameId,
            CameraId = "cam1",
            AssetPath = Cell,
            PartId = "SN" + (1000 + sequence).ToString(CultureInfo.InvariantCulture),
            RecipeId = "door-red@4",
            RecipeDigest = ContentDigest.Of("recipe"u8),
            Verdict = Verdict.Fail,
            ImageScore = 0.91,
            Model = new ModelReference("contrast", "1.0.0", ContentDigest.Of("model"u8)),
            Regions =
            [
                new DefectRegion
                {
                    Class = "scratch",
                    Severity = Severity.Major,
                    Score = 0.94,
                    Alternatives = [new ClassScore("crack", 0.31)],
                    BboxPx = [10, 12, 30, 6],
                    AreaPx = 180,
                    MaskRle = mask,
                },
            ],
            Timing = new InspectionTiming { CaptureToReceiveMs = 8.1, QueueMs = 1.2, PreprocessMs = 2, InferenceMs = 6.4, PostprocessMs = 1.1, TotalMs = 10.7 },
            Frame = new FrameReference { Digest = digest, Width = width, Height = height, ContentType = "image/png", Uri = uri },
        });
    }

    /// <summary>Three windows of a camera, the last of them darker where that is among what drifted.</summary>
    public static DriftReport Drift(string camera, params string[] drifted) => new()
    {
        Camera = $"{Cell}/{camera}",
        ModelDigest = "sha256:" + new string('a', 64),
        ReferenceFrames = 2000,
        ReferenceNeeded = 2000,
        FromBundle = [],
        WatchLevel = 0.1,
        DriftLevel = 0.25,
        EmbeddingLevel = 0.05,
        Drifted = drifted,
        Windows = [.. Enumerable.Range(0, 3).Select(i => new DriftWindow(
            Now.AddMinutes(5 * i), Now.AddMinutes((5 * i) + 5), 300,
            [
                new DriftScore(StatisticName.Brightness, i == 2 ? 1.4 : 0.02, i == 2 ? 1e-9 : 0.4, i == 2, 0.1),
                new DriftScore(StatisticName.Embedding, -0.001, 0.6, IsSignal: false),
            ]))],
    };
}
