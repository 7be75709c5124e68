using IMDD.Cli.Learn;
using IMDD.Contracts.Events;
using IMDD.Imaging.Masks;

namespace IMDD.Cli.Tests.Learn;

/// <summary>When a frame of a new kind counts as detected, and when as caught.</summary>
public sealed class NewKindJudgementTests
{
    private const int Side = 20;

    private static readonly byte[] Truth = Square(5, 5, 10);

    [Theory]
    [InlineData(Verdict.Fail, "peeling", 5, 10, true, true)]
    [InlineData(Verdict.Fail, "peeling", 9, 10, true, true)] // 36 of 164 overlap: 0.22
    [InlineData(Verdict.Fail, "peeling", 10, 10, false, false)] // 25 of 175: 0.14
    [InlineData(Verdict.Fail, "scratch", 5, 10, true, false)]
    [InlineData(Verdict.Fail, "unknown-defect", 5, 10, true, false)]
    [InlineData(Verdict.Pass, "", 0, 0, false, false)]
    public void Frame_OneRegion_IsJudgedByPlaceAndName(Verdict verdict, string name, int at, int side, bool detected, bool caught)
    {
        var frame = Frame(verdict, side == 0 ? null : [Region(name, at, side)]);

        frame.Judge("peeling", LearnJudge.MinIou);

        frame.Detected.ShouldBe(detected);
        frame.Caught.ShouldBe(caught);
    }

    [Fact]
    public void Frame_SeveralRegions_OneInPlaceWithTheNameIsEnough()
    {
        var frame = Frame(Verdict.Fail, [Region("crack", 0, 3), Region("scratch", 5, 9), Region("peeling", 5, 10)]);

        frame.Judge("peeling", LearnJudge.MinIou);

        frame.Caught.ShouldBeTrue();
    }

    [Fact]
    public void IsJudged_AFail_WaitsForItsRegionsAndNotForEver()
    {
        var frame = Frame(Verdict.Fail, null);
        frame.DecidedAt = TimeSpan.FromSeconds(10);

        frame.IsJudged(TimeSpan.FromSeconds(15)).ShouldBeFalse();
        frame.IsJudged(TimeSpan.FromMinutes(5)).ShouldBeTrue();
        Frame(Verdict.Pass, null).IsJudged(TimeSpan.Zero).ShouldBeTrue();
        new WatchedFrame { Line = 0, Verdict = Verdict.Pass }.IsJudged(TimeSpan.FromHours(1)).ShouldBeFalse("its truth is not known");
    }

    [Fact]
    public void Figures_WorstAgentCounts_AndNoneWhereOneHasNoFrame()
    {
        List<WatchedFrame> frames = [];
        for (var line = 0; line < LearnSettings.Lines; line++)
        {
            for (var i = 0; i < 10; i++)
            {
                // Line 0 catches 10 of 10, line 1 nine, and so on; what is missed on lines 2 and 3 is detected under another name.
                var caught = i >= line;
                frames.Add(Judged(line, caught ? "peeling" : line >= 2 ? "scratch" : null));
            }
        }

        var figures = NewKindFigures.Of(frames);

        figures.Frames.ShouldBe(10);
        figures.Recall.ShouldBe(0.7);
        figures.Detection.ShouldBe(0.9);
        figures.Naming.ShouldBe(Math.Round(34.0 / 39, 4));
        figures.RecallByAgent["box1"].ShouldBe(1);
        figures.RecallByAgent["box4"].ShouldBe(0.7);
        NewKindFigures.Of(frames.Where(frame => frame.Line != 2)).Recall.ShouldBeNull();
        NewKindFigures.Of([]).Naming.ShouldBeNull();
    }

    [Fact]
    public void NewKindSet_OfEachLine_ShowsTheKindOnEveryFrameAndIsTheSameAgain()
    {
        NewKindSet set = new(Settings(3));
        var frames = set.Frames().ToList();

        frames.GroupBy(frame => frame.Line).Select(line => line.Count()).ShouldBe(Enumerable.Repeat(NewKindSet.FramesPerLine, LearnSettings.Lines));
        frames.ShouldAllBe(frame => frame.Sample.Defects.Any(defect => defect.Name == Settings(3).NewKindName) && frame.Sample.Mask.Any(value => value != 0));
        set.Frames().First().Sample.Rgb.ShouldBe(frames[0].Sample.Rgb);
        frames.DistinctBy(frame => Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(frame.Sample.Rgb))).Count().ShouldBe(frames.Count);
    }

    [Fact]
    public void Report_OfAWord_SaysWhatEitherWayIsWorth()
    {
        var none = NewKindFigures.Of([]);
        FrozenFigures old = new(480, 0.8, 0.9, 0.04);
        WordWayResult way = new()
        {
            Way = "word",
            Released = false,
            Refusal = "it names too little",
            Threshold = 0.4,
            RegionsUsed = 0,
            New = none with { Frames = 100, Naming = 0.55 },
            OldKindsChangePoints = -0.5,
        };
        StringWriter output = new();

        LearnReport.Write(output, new LearnResult
        {
            Seed = 1,
            NewKind = "peeling",
            Way = "word",
            SecondsToFleet = 120,
            SecondsFromWord = 35,
            LabelsUsed = 6,
            RecallNewBefore = 0,
            RecallNewAfter = 0.8,
            DetectionNewBefore = 0.9,
            DetectionNewAfter = 0.9,
            NamingNewBefore = 0,
            NamingNewAfter = 0.9,
            OldKindsChangePoints = -1,
            OldKindsBefore = old,
            Before = none,
            After = none,
            ConservationError = 0,
            Ways = [way, way with { Way = "regions", Released = true, Refusal = null, RegionsUsed = 5 }],
        });

        output.ToString().ShouldContain("by the word alone           refused: it names too little; naming 0.55, recall none, known kinds -0.5 points; 100 other frames of each line");
        output.ToString().ShouldContain("with 5 regions              given to the fleet; ");
    }

    [Fact]
    public void Tail_LinesInParts_EachOnceAndWhole()
    {
        var file = Path.GetTempFileName();
        try
        {
            TruthTail tail = new(file);
            var mask = CocoRle.Encode(Truth, Side, Side);
            var line = """{"camera":"cam1","frameId":"b-1","texture":"Cast","seed":7,"defects":[{"kind":"peeling","severity":"major","bboxPx":[5,5,10,10],"areaPx":100,"maskRle":{"size":[20,20],"counts":"COUNTS"}}],"maskRle":null}"""
                .Replace("COUNTS", mask.Counts.Replace("\\", "\\\\", StringComparison.Ordinal), StringComparison.Ordinal);
            File.AppendAllText(file, line[..40]);
            tail.Read().ShouldBeEmpty();
            File.AppendAllText(file, line[40..] + "\n" + line.Replace("b-1", "b-2", StringComparison.Ordinal) + "\n" + line[..5]);
            var read = tail.Read();
            read.Select(truth => truth.FrameId).ShouldBe(["b-1", "b-2"]);
            CocoRle.Decode(read[0].Defects.Single().MaskRle).ShouldBe([.. Truth.Select(v => v == 0 ? (byte)0 : (byte)1)]);
            tail.Read().ShouldBeEmpty();
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void NewKind_BySeed_IsReservedAndTheSameAgain()
    {
        var drawn = Enumerable.Range(1, 40).Select(seed => Settings(seed).NewKind).ToList();

        drawn.ShouldAllBe(kind => Synthetics.DefectKinds.Reserved.Contains(kind));
        drawn.Distinct().Count().ShouldBe(Synthetics.DefectKinds.Reserved.Count);
        drawn.ShouldBe(Enumerable.Range(1, 40).Select(seed => Settings(seed).NewKind));
        Enumerable.Range(0, LearnSettings.Lines).Select(line => Settings(1).ProductSeed(line)).Distinct().Count().ShouldBe(LearnSettings.Lines);
    }

    private static LearnSettings Settings(int seed) => new(seed, Word: false, "bundle", Keep: false, null, 1, 2, 3);

    private static WatchedFrame Judged(int line, string? name)
    {
        var frame = Frame(name is null ? Verdict.Pass : Verdict.Fail, name is null ? null : [Region(name, 5, 10)], line);
        frame.Judge("peeling", LearnJudge.MinIou);
        return frame;
    }

    private static WatchedFrame Frame(Verdict verdict, IReadOnlyList<DefectRegion>? regions, int line = 0)
        => new() { Line = line, NewMask = Truth, Verdict = verdict, Regions = regions };

    private static DefectRegion Region(string name, int at, int side) => new()
    {
        Class = name,
        Severity = Severity.Major,
        Score = 0.9,
        BboxPx = [at, at, side, side],
        AreaPx = side * side,
        MaskRle = CocoRle.Encode(Square(at, at, side), Side, Side),
    };

    private static byte[] Square(int left, int top, int side)
    {
        var mask = new byte[Side * Side];
        for (var y = top; y < Math.Min(Side, top + side); y++)
        {
            mask.AsSpan(y * Side + left, Math.Min(side, Side - left)).Fill(255);
        }

        return mask;
    }
}
