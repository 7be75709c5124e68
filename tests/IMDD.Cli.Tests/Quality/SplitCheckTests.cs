using IMDD.Cli.Quality;
using IMDD.Imaging;
using IMDD.Learning.Datasets.Splits;
using IMDD.Testing;

namespace IMDD.Cli.Tests.Quality;

public sealed class SplitCheckTests : IDisposable
{
    private static readonly QualityTraining Parts = new("t", ["folders:parts"]);

    private readonly TestDirectory _directory = new();
    private readonly StringWriter _progress = new();
    private readonly SplitCheck _check;

    public SplitCheckTests()
    {
        NoisePictures.Write(_directory.File("data/parts"), 6, "good", "dent");
        _check = new SplitCheck(new DataRoot(_directory.File("data")), _progress);
    }

    [Fact]
    public async Task Resume_ResultOfOtherPictures_IsRefusedBeforeAnythingIsMade()
    {
        var id = SplitId();
        new QualityResults(_directory.File("rows")).Write(Result("a", id));

        (await ResumeAsync("1", "data")).ExitCode.ShouldBe(0);
        File.Delete(_directory.File("data/parts/dent/05.png"));
        var (exitCode, error) = await ResumeAsync("1,2", "data");

        exitCode.ShouldBe(2, error);
        error.ShouldContain($"a.seed1 was made from other pictures, labels or groups (folders:parts: split {id}, and here {SplitId()}): give another --results folder, or remove its file");
        error.ShouldNotContain("a.seed2");
        (await ResumeAsync("1", "elsewhere")).ExitCode.ShouldBe(0);
        (await ResumeAsync("1", null)).ExitCode.ShouldBe(0);
    }

    [Fact]
    public void Difference_SeveralResultsOfOneDataSet_ReadItOnce()
    {
        var id = SplitId();

        _check.Difference(Row(Parts), Result("a", id)).ShouldBeNull();
        _check.Difference(Row(Parts), Result("b", id)).ShouldBeNull();
        _check.Difference(Row(Parts), Result("a", "sha256:0")).ShouldBe($"folders:parts: split sha256:0, and here {id}");

        _progress.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).ShouldHaveSingleItem().ShouldContain("reading folders:parts");
    }

    [Fact]
    public void Difference_BesideDrawnData_IsThatOfWhatIsRead()
    {
        QualityTraining training = new("t", ["synthetic:count=4", "folders:parts"]);

        _check.Difference(Row(training), Result("a", "sha256:0", SplitId())).ShouldBeNull();
        _check.Difference(Row(training), Result("a", "sha256:0", "sha256:1")).ShouldNotBeNull().ShouldStartWith("folders:parts: split sha256:1");
    }

    [Fact]
    public void Difference_DataThatCannotBeDividedSo_IsSaid()
        => _check.Difference(Row(Parts with { TestGroups = ["folders:none"] }), Result("a", SplitId())).ShouldNotBeNull().ShouldContain("and here none: folders:parts cannot be used: The data has no group");

    [Fact]
    public void Difference_WhereItIsNotCertain_IsNotSaidAndNothingIsRead()
    {
        QualityTraining[] trainings =
        [
            new("t", ["synthetic:count=4"]),
            new("t", ["folders:parts", "folders:elsewhere"]),
            Parts with { SplitWith = ["folders:elsewhere"] },
            Parts with { Arguments = ["--test-group", "folders:dent/00.png"] },
            Parts with { Arguments = ["--split-with=folders:parts"] },
            Parts with { Name = "of an earlier definition" },
        ];

        trainings.ShouldAllBe(t => _check.Difference(Row(t), Result("a", "sha256:0", "sha256:1")) == null);
        _progress.ToString().ShouldBeEmpty();
    }

    public void Dispose() => _directory.Dispose();

    private string SplitId() => new DatasetDivider(new OpenCvImageDecoder()).Read(["folders:" + _directory.File("data/parts")], DivisionRule.Default)[0].Split.Id;

    private async Task<(int ExitCode, string Error)> ResumeAsync(string seeds, string? root)
    {
        StringWriter error = new();
        File.WriteAllText(_directory.File("table.json"), """
            {"rows": [{"id": "a", "title": "A", "trainings": [{"name": "t", "data": ["folders:parts"]}],
             "measurements": [{"name": "m", "parts": [{"training": "t", "data": ["folders:parts"]}]}],
             "figures": [{"label": "IoU", "measurement": "m", "metric": "iou_pooled"}]}]}
            """);
        string[] data = root is null ? [] : ["--data-root", _directory.File(root)];
        var exitCode = await ImddCommand.RunAsync(
            [
                "bench", "quality", "--resume", "--definition", _directory.File("table.json"), "--results", _directory.File("rows"), "--work", _directory.File("work"),
                "--seeds", seeds, "--trainer", _directory.File("none"), .. data,
            ],
            TextWriter.Null, error);
        return (exitCode, error.ToString());
    }

    private static QualityRow Row(QualityTraining training) => new("a", "A", [training], [], []);

    private static QualityResult Result(string row, params string[] ids) => new(
        row, 1, "abc", 40, [new TrainedRun("t", "b", "d", null, "small", 1000, 800, 40, 9, 3, ids, [])],
        new Dictionary<string, IReadOnlyDictionary<string, double>>(), new Dictionary<string, IReadOnlyDictionary<string, string>>());
}
