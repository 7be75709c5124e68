using System.Globalization;
using IMDD.Imaging;
using IMDD.Learning.Datasets.Samples;
using IMDD.Learning.Datasets.Words;
using IMDD.Learning.Evaluation.Gates;
using IMDD.Learning.Evaluation.Instances;
using IMDD.Learning.Evaluation.Models;
using IMDD.Testing;

namespace IMDD.Learning.Evaluation.Tests;

/// <summary>Forty pictures of two products, half of them with a scratch; picture <c>n</c> has the value <c>n</c>.</summary>
public sealed class ChallengerGateTests : IDisposable
{
    private const int Count = 40;
    private const int Side = 16;
    private static readonly Box Defect = new(4, 4, 10, 8);

    private readonly TestDirectory _directory = new();
    private readonly List<DatasetSample> _samples = [];

    public ChallengerGateTests()
    {
        for (var i = 0; i < Count; i++)
        {
            using RgbImage image = new(Side, Side);
            image.Pixels.Fill((byte)i);
            var path = _directory.File($"{i}.png");
            File.WriteAllBytes(path, ImageEncoder.EncodePng(image));
            var bad = i % 2 == 1;
            _samples.Add(new DatasetSample
            {
                Id = i.ToString("D2", CultureInfo.InvariantCulture),
                ImagePath = path,
                IsAnomalous = bad,
                Classes = bad ? ["scratch"] : [],
                Polygons = bad ? [new AnnotatedPolygon("scratch", [4, 4, 9, 4, 9, 7, 4, 7])] : [],
                Category = i < Count / 2 ? "left" : "right",
                Group = $"g{i}",
            });
        }
    }

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Run_ModelAgainstItself_PassesWithNoDifference(bool strict)
    {
        var report = Run(Model(missed: 3, alarms: 2), Model(missed: 3, alarms: 2), new GateLimits { Strict = strict });

        report.Passed.ShouldBeTrue();
        report.Gates.Select(g => g.Name).ShouldBe(
            ["aupro@set", "recall@set", "false-alarms@set", "aupro@set/left", "recall@set/left", "false-alarms@set/left", "aupro@set/right", "recall@set/right", "false-alarms@set/right", "class-recall@scratch"]);
        report.Gates.ShouldAllBe(g => g.Detail!.Contains("difference 0.0 points, 95 % interval 0.0 to 0.0", StringComparison.Ordinal));
        report.Gates.Single(g => g.Name == "recall@set").Value!.Value.ShouldBe(17 / 20.0, 1e-12);
        report.Gates.Single(g => g.Name == "false-alarms@set").Value!.Value.ShouldBe(2 / 20.0, 1e-12);
    }

    [Fact]
    public void Run_ChallengerThatMisses_IsRefusedByRecallAndClass()
    {
        var report = Run(Model(missed: 0, alarms: 0), Model(missed: 12, alarms: 0));

        Failed(report).ShouldBeSubsetOf(["aupro@set", "recall@set", "aupro@set/left", "recall@set/left", "aupro@set/right", "recall@set/right", "class-recall@scratch"]);
        Failed(report).ShouldContain("recall@set");
        Failed(report).ShouldContain("class-recall@scratch");
        report.Gates.Single(g => g.Name == "recall@set").Limit!.Value.ShouldBe(0.98, 1e-12);
    }

    [Fact]
    public void Run_ChallengerThatCriesWolf_IsRefusedByFalseAlarms()
        => Failed(Run(Model(missed: 0, alarms: 0), Model(missed: 0, alarms: 12))).ShouldContain("false-alarms@set");

    [Fact]
    public void Run_ChallengerThatNamesWrongly_IsRefusedByItsClassAlone()
        => Failed(Run(Model(0, 0), Model(0, 0, says: "crack", knows: ["scratch", "crack"]))).ShouldBe(["class-recall@scratch"]);

    [Fact]
    public void Run_OneMissMore_IsChanceUnlessStrict()
    {
        Failed(Run(Model(missed: 2, alarms: 0), Model(missed: 3, alarms: 0))).ShouldBeEmpty();
        Failed(Run(Model(missed: 2, alarms: 0), Model(missed: 3, alarms: 0), new GateLimits { Strict = true })).ShouldContain("recall@set");
    }

    [Fact]
    public void Run_ClassThatTheChampionDoesNotKnow_IsReportedApart()
    {
        var report = Run(Model(missed: 20, alarms: 0, knows: ["dent"]), Model(missed: 2, alarms: 0));

        report.NewClasses.ShouldBe([new NewClassRecall("scratch", 20, 0, 0.9)]);
        report.Gates.ShouldNotContain(g => g.Name.StartsWith("class-recall", StringComparison.Ordinal));
        Failed(Run(Model(20, 0, knows: ["dent"]), Model(2, 0), new GateLimits { NewClass = 0.95 })).ShouldBe(["new-class-recall@scratch"]);
    }

    [Fact]
    public void Run_ChallengerWhoseScoresAreNoNumbers_IsRefused()
        => Run(Model(0, 0), Model(missed: 20, alarms: 0, score: float.NaN)).Passed.ShouldBeFalse();

    [Fact]
    public void Run_SameSeed_SameReport()
        => Run(Model(1, 1), Model(2, 2)).Gates.ShouldBe(Run(Model(1, 1), Model(2, 2)).Gates);

    [Fact]
    public void Run_NoPicture_DoesNotPass()
        => new ChallengerGate(Model(0, 0), Model(0, 0), new OpenCvImageDecoder(), Vocabulary.English, new GateOptions()).Run([("set", [])], null, CancellationToken.None).Passed.ShouldBeFalse();

    [Theory]
    [InlineData("recal=0.1", "recal=0.1")]
    [InlineData("recall=2", "recall=2")]
    [InlineData("strict=maybe", "strict=maybe")]
    [InlineData("aupro", "aupro")]
    public void Parse_LimitThatIsNone_IsNamed(string text, string expected)
        => Should.Throw<ArgumentException>(() => GateLimits.Parse(text)).Message.ShouldContain(expected);

    [Fact]
    public void Parse_Limits_AreTaken()
        => GateLimits.Parse("aupro=0.1, recall=0.2,false-alarms=0.3,class=0.4,new-class=0.5,strict=true")
            .ShouldBe(new GateLimits { Aupro = 0.1, Recall = 0.2, FalseAlarms = 0.3, Class = 0.4, NewClass = 0.5, Strict = true });

    private static List<string> Failed(GateReport report) => [.. report.Gates.Where(g => !g.Passed).Select(g => g.Name)];

    private GateReport Run(ScriptedModel champion, ScriptedModel challenger, GateLimits? limits = null)
        => new ChallengerGate(champion, challenger, new OpenCvImageDecoder(), Vocabulary.English, new GateOptions { Limits = limits ?? new GateLimits(), Resamples = 300 })
            .Run([("set", _samples)], null, TestContext.Current.CancellationToken);

    /// <summary>A model that misses the first bad pictures and rejects the first good ones.</summary>
    private static ScriptedModel Model(int missed, int alarms, string says = "scratch", string[]? knows = null, float score = 0.01f)
    {
        Dictionary<byte, Prediction> predictions = [];
        var box = new InstanceMask(4, 4, 6, 4, [.. Enumerable.Repeat(true, 24)]);
        for (var i = 0; i < Count; i++)
        {
            var found = i % 2 == 1 ? i / 2 >= missed : i / 2 < alarms;
            var scores = Enumerable.Repeat(score, Side * Side).ToArray();
            for (var pixel = 0; found && pixel < scores.Length; pixel++)
            {
                var (x, y) = (pixel % Side, pixel / Side);
                scores[pixel] = x is >= 4 and < 10 && y is >= 4 and < 8 ? 0.9f : score;
            }

            predictions[(byte)i] = new Prediction(found ? 0.9f : 0.1f, scores, found ? [new PredictedInstance(says, 0.9, Defect, box)] : [], TimeSpan.Zero);
        }

        return new ScriptedModel(knows ?? ["scratch"], predictions);
    }
}
