using IMDD.Cli.Quality;
using IMDD.Inference.Bundles;
using IMDD.Learning.Datasets.Readers;
using IMDD.Testing;

namespace IMDD.Cli.Tests.Quality;

public sealed class QualityTableTests : IDisposable
{
    private const string Row = """
        {"id": "a", "title": "A", "trainings": [{"name": "t", "data": ["synthetic:count=4"]}],
         "measurements": [{"name": "m", "parts": [{"training": "t", "data": ["synthetic:count=4"]}]}],
         "figures": [{"label": "IoU", "measurement": "m", "metric": "iou_pooled", "atLeast": 0.5, "aim": 0.8}]}
        """;

    private readonly TestDirectory _directory = new();

    [Fact]
    public void Read_ShippedTable_NamesKnownDataAndSpendsNoMoreThanTheBudget()
    {
        var table = QualityTableFile.Read(null);

        table.Rows.Select(r => r.Id).ShouldBe(["magnetic-tile", "magnetic-tile-shots", "deeppcb-reference", "deeppcb", "steel", "joint", "synthetic", "names"]);
        table.Rows.ShouldAllBe(r => r.Trainings.Where(t => t.EqualTo == null).Sum(t => t.Share) <= 1 + 1e-9);
        var keys = DatasetReaders.All.Select(r => r.Key).Append("synthetic").ToList();
        table.Rows.SelectMany(r => r.Trainings).SelectMany(t => t.Data).ShouldAllBe(d => keys.Contains(d.Split(':')[0]));
        table.Rows.SelectMany(r => r.Figures).ShouldAllBe(f => f.Aim == null || f.Aim >= f.AtLeast);
    }

    [Theory]
    [InlineData("\"training\": \"t\"", "\"training\": \"u\"", "the training 'u'")]
    [InlineData("\"measurement\": \"m\"", "\"measurement\": \"n\"", "shows 'IoU' of a measurement")]
    [InlineData("\"id\": \"a\"", "\"id\": \"../a\"", "other than letters")]
    [InlineData("\"name\": \"t\",", "\"name\": \"t\", \"equalTo\": \"s\",", "equal to 's'")]
    [InlineData("\"name\": \"t\",", "\"name\": \"t\", \"shots\": 3,", "shots")]
    [InlineData("\"title\": \"A\",", "", "title")]
    public void Read_InconsistentTable_SaysWhere(string part, string replaced, string expected)
        => Should.Throw<CommandFailedException>(() => QualityTableFile.Read(Definition(Row.Replace(part, replaced, StringComparison.Ordinal)))).Message.ShouldContain(expected);

    [Fact]
    public void Render_ThreeSeeds_MeanDeviationAndVerdict()
    {
        var table = QualityTableFile.Read(Definition(Row));
        QualityResults results = new(_directory.File("rows"));
        QualityMarkdown.Render(table, results).ShouldContain("| A | IoU | – | 0.500 | 0.800 | not made | – | – | – |");
        foreach (var (seed, iou) in new[] { (1, 0.4), (2, 0.5), (3, 0.6) })
        {
            results.Write(Result(seed, iou));
        }

        QualityMarkdown.Render(table, results).ShouldContain("| A | IoU | 0.500 ± 0.100 | 0.500 | 0.800 | met | 1, 2, 3 | 40.0 | abc |");
        results.Write(Result(3, 0.3));
        QualityMarkdown.Render(table, results).ShouldContain("**missed**");
        results.OfRow("a").Select(r => r.Seed).ShouldBe([1, 2, 3]);
    }

    [Theory]
    [InlineData("", "", null)]
    [InlineData("\"aim\": 0.8", "\"aim\": 0.9", null)]
    [InlineData("\"label\": \"IoU\"", "\"label\": \"overlap\"", null)]
    [InlineData("[\"synthetic:count=4\"]}],\n", "[\"synthetic:count=5\"]}],\n", "what the row trains and measures: sha256:")]
    [InlineData("\"name\": \"t\",", "\"name\": \"t\", \"arguments\": [\"--doubled\", \"true\"],", "what the row trains and measures: sha256:")]
    [InlineData("\"name\": \"m\",", "\"name\": \"m\", \"side\": \"val\",", "what the row trains and measures: sha256:")]
    public async Task Resume_ResultOfAnotherDefinition_IsRefusedButForGoalsAndLabels(string part, string replaced, string? difference)
    {
        var row = QualityTableFile.Read(Definition(Row)).Rows[0];
        QualityResults results = new(_directory.File("rows"));
        results.Write(Result(1, 0.5) with { Conditions = QualityConditions.Of(row, 40, "small", null) });

        var (exitCode, error) = await ResumeAsync(part.Length == 0 ? Row : Row.Replace(part, replaced, StringComparison.Ordinal));

        exitCode.ShouldBe(difference is null ? 0 : 2, error);
        error.ShouldContain(difference ?? "");
    }

    [Fact]
    public async Task Resume_ResultMadeWithOthers_NamesThemAndOneOfBeforeThatWasKeptStays()
    {
        var row = QualityTableFile.Read(Definition(Row)).Rows[0];
        QualityResults results = new(_directory.File("rows"));
        results.Write(Result(1, 0.5) with { Conditions = QualityConditions.Of(row, 5, "nano", "sha256:1") });

        var (exitCode, error) = await ResumeAsync(Row);

        exitCode.ShouldBe(2);
        error.ShouldContain("a.seed1 was made otherwise (--minutes: 5, and here 40; --size: nano, and here small; --from: sha256:1, and here nothing)");
        results.Write(Result(1, 0.5));
        (await ResumeAsync(Row)).ExitCode.ShouldBe(0);
        File.ReadAllText(_directory.File("rows/a.seed1.json")).ShouldNotContain("conditions");
    }

    /// <summary>The command of infra/quality/README.md.</summary>
    [Fact]
    public void Resume_AsDocumented_TakesEveryShippedResult()
    {
        var bundle = Repository.PathOf("edge", "IMDD.Edge.Agent", "bundles", "surfaces");
        var shipped = Repository.PathOf("infra", "quality", "rows");
        var table = QualityTableFile.Read(null);
        QualityRequest request = new(table.Rows, [1, 2, 3], 40, "small", (bundle, ModelBundle.Open(bundle).Digest), _directory.Path);
        QualityResults results = new(shipped);

        var kept = table.Rows.SelectMany(row => results.OfRow(row.Id).Select(result => (Row: row, Result: result))).ToList();

        kept.Select(k => $"{k.Row.Id}.seed{k.Result.Seed}.json").ShouldBe(Directory.EnumerateFiles(shipped).Select(Path.GetFileName), ignoreOrder: true);
        kept.Select(k => k.Result.Conditions?.Difference(request.ConditionsOf(k.Row)) is { } difference ? $"{k.Row.Id}.seed{k.Result.Seed}: {difference}" : null)
            .OfType<string>().ShouldBeEmpty();
    }

    [Fact]
    public void Render_TrainingsOfOtherCommits_AreListed()
    {
        QualityResults results = new(_directory.File("rows"));
        TrainedRun run = new("t", "b", "d", null, "small", 1000, 800, 40, 9, 3, [], []);
        results.Write(Result(1, 0.9) with
        {
            Commit = "0123456789+changes",
            Trainings = [run with { CodeCommit = "0123456789" + new string('0', 30) }, run with { CodeCommit = "abcdef0123" + new string('0', 30) }, run],
        });

        QualityMarkdown.Render(QualityTableFile.Read(Definition(Row)), results).ShouldContain("| 0123456789+changes, abcdef0123 |");
    }

    [Theory]
    [InlineData(0.4, true)]
    [InlineData(0.6, false)]
    public void Render_LearningCurve_OfRowsThatMissAGoal(double iou, bool isShown)
    {
        QualityResults results = new(_directory.File("rows"));
        TrainedRun run = new("t", "b", "d", null, "small", 1000, 800, 40, 9, 3, [], [], [new CurvePoint(250, 0.31), new CurvePoint(800, 0.52, Naming: 0.7), new CurvePoint(1000, 0.5)]);
        results.Write(Result(1, iou) with { Trainings = [run] });

        var text = QualityMarkdown.Render(QualityTableFile.Read(Definition(Row)), results);

        text.Contains("| A | t | 1 | – | 0.310 | 0.310 | 0.520 | 0.500 | 80 % |", StringComparison.Ordinal).ShouldBe(isShown);
        text.Contains("| row that misses a goal |", StringComparison.Ordinal).ShouldBe(isShown);
    }

    [Fact]
    public void Readme_HasTheTableAsItIsGenerated()
    {
        var generated = QualityMarkdown.Render(QualityTableFile.Read(null), new QualityResults(Repository.PathOf("infra", "quality", "rows")));

        File.ReadAllText(Repository.PathOf("README.md")).ShouldContain(generated, Case.Sensitive, "./imdd bench quality --table prints it anew");
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("not json")]
    public void Read_DamagedResult_IsNamedAndLeft(string content)
    {
        File.WriteAllText(_directory.File("a.seed1.json"), content);

        Should.Throw<CommandFailedException>(() => new QualityResults(_directory.Path).Read("a", 1)).Message.ShouldContain("a.seed1.json");
        File.Exists(_directory.File("a.seed1.json")).ShouldBeTrue();
    }

    [Fact]
    public void Write_PicturesOfAMeasurement_ByTheNamesOfEvalAndOlderResultsHaveNone()
    {
        QualityResults results = new(_directory.Path);
        results.Write(Result(1, 0.5));
        results.Write(Result(2, 0.5) with { Pictures = new Dictionary<string, MeasuredPictures> { ["m"] = new(12, 1, 2) } });

        File.ReadAllText(_directory.File("a.seed1.json")).ShouldNotContain("pictures");
        results.Read("a", 1).ShouldNotBeNull().Pictures.ShouldBeNull();
        var text = File.ReadAllText(_directory.File("a.seed2.json"));
        text.ShouldSatisfyAllConditions(t => t.ShouldContain("\"images\": 12"), t => t.ShouldContain("\"files_not_used\": 1"), t => t.ShouldContain("\"files_not_measured\": 2"));
        results.Read("a", 2).ShouldNotBeNull().Pictures.ShouldNotBeNull()["m"].ShouldBe(new MeasuredPictures(12, 1, 2));
    }

    [Fact]
    public void Write_ResultThatCannotBeKept_EndsTheCommand()
    {
        File.WriteAllText(_directory.File("rows"), "no folder");

        Should.Throw<CommandFailedException>(() => new QualityResults(_directory.File("rows")).Write(Result(1, 0.5))).Message.ShouldContain("a.seed1.json cannot be written");
    }

    [Fact]
    public void Resolve_DataBelowTheRootOrOneFurther_IsFoundAndElseNamed()
    {
        Directory.CreateDirectory(_directory.File("free/neu_det"));
        DataRoot root = new(_directory.Path);

        root.Resolve("neu-det:neu_det").ShouldBe($"neu-det:{_directory.File("free/neu_det")}");
        root.Resolve("synthetic:seed=3").ShouldBe("synthetic:seed=3");
        Should.Throw<QualityException>(() => root.Resolve("mvtec:leather")).Message.ShouldContain("mvtec:leather");
        Should.Throw<QualityException>(() => new DataRoot(null).Resolve("mvtec:leather")).Message.ShouldContain("--data-root");
    }

    public void Dispose() => _directory.Dispose();

    private async Task<(int ExitCode, string Error)> ResumeAsync(string row)
    {
        StringWriter error = new();
        var exitCode = await ImddCommand.RunAsync(
            [
                "bench", "quality", "--resume", "--definition", Definition(row), "--results", _directory.File("rows"), "--work", _directory.File("work"), "--seeds", "1",
                "--trainer", _directory.File("none"),
            ],
            TextWriter.Null, error);
        return (exitCode, error.ToString());
    }

    private string Definition(string row)
    {
        var path = _directory.File("table.json");
        File.WriteAllText(path, $"{{\"rows\": [{row}]}}");
        return path;
    }

    private static QualityResult Result(int seed, double iou) => new(
        "a", seed, "abc", 40, [], new Dictionary<string, IReadOnlyDictionary<string, double>> { ["m"] = new Dictionary<string, double> { ["iou_pooled"] = iou } },
        new Dictionary<string, IReadOnlyDictionary<string, string>>());
}
