using System.Diagnostics;
using System.Text.Json;
using IMDD.Imaging;
using IMDD.Learning.Datasets.Splits;
using IMDD.Learning.Training.Runs;
using IMDD.Testing;

namespace IMDD.Learning.Trainer.Tests;

/// <summary><c>imdd bench quality</c> with the trainer as its child, on drawn pictures and a few steps.</summary>
public sealed class BenchQualityTests : IDisposable
{
    private const string Table = """
        {"rows": [
          {"id": "first", "title": "First",
           "trainings": [{"name": "only", "data": ["synthetic:seed=5,count=40,size=96,textures=cast"], "arguments": ["--crop", "64", "--batch", "4", "--steps", "100"]}],
           "measurements": [
             {"name": "own", "parts": [{"training": "only", "data": ["synthetic:seed=5,count=40,size=96,textures=cast"]}]},
             {"name": "new", "side": "all", "parts": [{"training": "only", "data": ["synthetic:seed=900,count=12,size=96,textures=cast"]}]}],
           "figures": [
             {"label": "own AUROC", "measurement": "own", "metric": "pixel_auroc", "atLeast": 0, "aim": 2},
             {"label": "new AUROC", "measurement": "new", "metric": "pixel_auroc", "atLeast": 2},
             {"label": "gizmo", "measurement": "new", "metric": "gizmo"}]},
          {"id": "second", "title": "Second",
           "trainings": [
             {"name": "both", "data": ["synthetic:seed=5,count=40,size=96,textures=cast", "synthetic:seed=6,count=20,size=96,names=base"],
              "arguments": ["--crop", "64", "--batch", "4", "--steps", "20"]},
             {"name": "alone", "data": ["synthetic:seed=5,count=40,size=96,textures=cast"], "equalTo": "both", "arguments": ["--crop", "64", "--batch", "4"]}],
           "measurements": [
             {"name": "folds", "parts": [
               {"training": "both", "data": ["synthetic:seed=5,count=40,size=96,textures=cast"]},
               {"training": "alone", "data": ["synthetic:seed=5,count=40,size=96,textures=cast"]}]},
             {"name": "names", "measure": "naming", "parts": [{"training": "both", "data": ["synthetic:seed=7,count=24,size=96,names=novel,defective=1"]}]}],
           "figures": [
             {"label": "AP", "measurement": "folds", "metric": "ap50_agnostic", "atLeast": 0},
             {"label": "naming", "measurement": "names", "metric": "naming_unseen_composition", "atLeast": 0}]},
          {"id": "third", "title": "Third",
           "trainings": [{"name": "only", "data": ["magnetic-tile:magnetic_tile"]}],
           "measurements": [{"name": "test", "parts": [{"training": "only", "data": ["magnetic-tile:magnetic_tile"]}]}],
           "figures": [{"label": "IoU", "measurement": "test", "metric": "iou_pooled", "atLeast": 0.5}]}
        ]}
        """;

    private const string MissingThenCheap = """
        {"rows": [
          {"id": "missing", "title": "Missing",
           "trainings": [{"name": "only", "data": ["magnetic-tile:magnetic_tile"]}],
           "measurements": [{"name": "test", "parts": [{"training": "only", "data": ["magnetic-tile:magnetic_tile"]}]}],
           "figures": [{"label": "IoU", "measurement": "test", "metric": "iou_pooled", "atLeast": 0.5}]},
          {"id": "cheap", "title": "Cheap",
           "trainings": [{"name": "only", "data": ["synthetic:seed=5,count=40,size=96,textures=cast"], "arguments": ["--crop", "64", "--batch", "4", "--steps", "20"]}],
           "measurements": [{"name": "own", "parts": [{"training": "only", "data": ["synthetic:seed=5,count=40,size=96,textures=cast"]}]}],
           "figures": [{"label": "AUROC", "measurement": "own", "metric": "pixel_auroc"}]}
        ]}
        """;

    private const string Divided = """
        {"rows": [
          {"id": "divided", "title": "Divided",
           "trainings": [
             {"name": "each", "data": ["folders:a", "folders:b"]},
             {"name": "together", "data": ["folders:a", "folders:b"], "splitTogether": true},
             {"name": "with", "data": ["folders:b"], "splitWith": ["folders:a"]},
             {"name": "group", "data": ["folders:a"], "testGroups": ["folders:dent/a0.png"]},
             {"name": "whole", "data": ["folders:a"], "arguments": ["--whole", "folders:b"]}],
           "measurements": [{"name": "test", "parts": [{"training": "each", "data": ["folders:a"]}]}],
           "figures": [{"label": "IoU", "measurement": "test", "metric": "iou_pooled"}]}
        ]}
        """;

    private readonly TestDirectory _directory = new();

    [Fact]
    public async Task BenchQuality_KilledWithinATraining_GoesOnAndKeepsWhatIsDone()
    {
        File.WriteAllText(_directory.File("table.json"), Table);
        using (var killed = Start("--rows", "first,second"))
        {
            var run = _directory.File("work/first/seed1/only/run");
            await Eventually.HoldsAsync(
                () => killed.HasExited || (Directory.Exists(run) && Directory.EnumerateDirectories(run, "checkpoint-*").Any()), TimeSpan.FromMinutes(5));
            killed.HasExited.ShouldBeFalse();
            killed.Kill(); // the bench alone: its trainer has to notice
            await killed.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        var resumed = await Run("--rows", "first,second", "--resume", "--json");
        var again = await Run("--rows", "first,second", "--resume", "--json");
        var anew = await Run("--rows", "first", "--json");
        var other = await Run("--rows", "first,second", "--resume", "--minutes", "5");
        var table = await Run("--table");

        resumed.ExitCode.ShouldBe(0, resumed.Error);
        resumed.Error.ShouldContain("first.seed1/only: going on from step");
        var json = JsonDocument.Parse(resumed.Output.Trim().Split('\n')[^1]).RootElement;
        json.GetProperty("made").EnumerateArray().Select(m => m.GetString()).ShouldBe(["first.seed1", "second.seed1"]);
        json.GetProperty("missed").EnumerateArray().Select(m => m.GetString()).ShouldBe(["first: new AUROC"]);
        again.ExitCode.ShouldBe(0, again.Error);
        JsonDocument.Parse(again.Output.Trim().Split('\n')[^1]).RootElement.GetProperty("kept").GetArrayLength().ShouldBe(2);
        again.Error.ShouldNotContain("step");
        anew.ExitCode.ShouldBe(2);
        anew.Error.ShouldContain("--resume");
        other.ExitCode.ShouldBe(2);
        other.Error.ShouldSatisfyAllConditions(e => e.ShouldContain("first.seed1 was made otherwise (--minutes: 40, and here 5)"), e => e.ShouldContain("second.seed1"));
        CheckResults();
        var lines = table.Output.Split('\n');
        lines.ShouldContain(l => l.StartsWith("| First | own AUROC | 0.", StringComparison.Ordinal) && l.Contains("| met | 1 |", StringComparison.Ordinal));
        lines.ShouldContain(l => l.Contains("new AUROC", StringComparison.Ordinal) && l.Contains("**missed**", StringComparison.Ordinal));
        lines.ShouldContain(l => l.StartsWith("| Third | IoU | – | 0.500", StringComparison.Ordinal) && l.Contains("not made", StringComparison.Ordinal));
    }

    [Fact]
    public async Task BenchQuality_RowWithoutItsData_IsToldAndOthersAreNotHeldUp()
    {
        File.WriteAllText(_directory.File("table.json"), MissingThenCheap);

        var run = await Run("--data-root", _directory.Path, "--json");

        run.ExitCode.ShouldBe(1, run.Error);
        var outcome = JsonDocument.Parse(run.Output.Trim().Split('\n')[^1]).RootElement;
        var failed = outcome.GetProperty("failed").EnumerateArray().ShouldHaveSingleItem();
        failed.GetProperty("result").GetString().ShouldBe("missing.seed1");
        failed.GetProperty("reason").GetString().ShouldNotBeNull().ShouldContain("magnetic_tile");
        outcome.GetProperty("made").EnumerateArray().Select(m => m.GetString()).ShouldBe(["cheap.seed1"]);
        File.Exists(_directory.File("rows/cheap.seed1.json")).ShouldBeTrue();
    }

    /// <summary>In each way in which a training divides its data sets; nothing is trained.</summary>
    [Fact]
    public async Task BenchQuality_ResultThatIsKept_IsHeldAgainstTheDataAsTrainingDividesThem()
    {
        File.WriteAllText(_directory.File("table.json"), Divided);
        var (a, b) = (Pictures("a"), Pictures("b"));
        Directory.CreateDirectory(_directory.File("rows"));
        File.WriteAllText(_directory.File("rows/divided.seed1.json"), JsonSerializer.Serialize(new
        {
            row = "divided",
            seed = 1,
            commit = "abc",
            cpu_minutes = 1,
            trainings = new[]
            {
                Trained("each", new TrainingSelection { Names = [a, b] }, DivisionRule.Default),
                Trained("together", new TrainingSelection { Names = [a, b] }, new DivisionRule { Together = true }),
                Trained("with", new TrainingSelection { Names = [b] }, new DivisionRule { With = [a] }),
                Trained("group", new TrainingSelection { Names = [a] }, new DivisionRule { TestGroups = ["folders:dent/a0.png"] }),
                Trained("whole", new TrainingSelection { Names = [a], Whole = [b] }, DivisionRule.Default),
            },
            metrics = new { },
            undefined = new { },
        }));

        var same = await Run("--resume", "--data-root", _directory.File("data"), "--json");
        File.Delete(_directory.File("data/b/dent/b7.png"));
        var others = await Run("--resume", "--data-root", _directory.File("data"), "--json");

        same.ExitCode.ShouldBe(0, same.Error);
        JsonDocument.Parse(same.Output.Trim().Split('\n')[^1]).RootElement.GetProperty("kept").EnumerateArray().ShouldHaveSingleItem().GetString().ShouldBe("divided.seed1");
        same.Error.Split("reading ").Length.ShouldBe(1 + 4, "a, b, both as one, and a beside a test group: each once");
        others.ExitCode.ShouldBe(2, others.Error);
        others.Error.ShouldContain("divided.seed1 was made from other pictures, labels or groups (folders:b: split sha256:");
        Directory.Exists(_directory.File("work")).ShouldBeFalse();
    }

    public void Dispose() => _directory.Dispose();

    /// <summary>A data set of noise; gives its name.</summary>
    private string Pictures(string name)
    {
        foreach (var kind in (string[])["good", "dent"])
        {
            Directory.CreateDirectory(_directory.File($"data/{name}/{kind}"));
            for (var i = 0; i < 8; i++)
            {
                using RgbImage image = new(64, 64);
                new Random(10_000 * name[0] + 100 * kind[0] + i).NextBytes(image.Pixels);
                File.WriteAllBytes(_directory.File($"data/{name}/{kind}/{name}{i}.png"), ImageEncoder.EncodePng(image));
            }
        }

        return "folders:" + _directory.File($"data/{name}");
    }

    private static object Trained(string name, TrainingSelection selection, DivisionRule rule) => new
    {
        name,
        bundle_digest = "b",
        digest = "d",
        parent = (string?)null,
        size = "nano",
        step = 1,
        best_step = 1,
        cpu_minutes = 1,
        train_pictures = 1,
        validation_pictures = 1,
        split_ids = TrainingDataReader.Read(selection, rule).SplitIds,
        draw_shares = new[] { 1.0 },
    };

    private void CheckResults()
    {
        var files = Directory.EnumerateFiles(_directory.File("rows")).Select(Path.GetFileName).Order().ToList();
        files.ShouldBe(["first.seed1.json", "second.seed1.json"]);
        files.ShouldAllBe(f => !File.ReadAllText(_directory.File($"rows/{f}")).Contains(_directory.Path));
        var first = JsonDocument.Parse(File.ReadAllText(_directory.File("rows/first.seed1.json"))).RootElement;
        first.GetProperty("trainings")[0].GetProperty("step").GetInt64().ShouldBeInRange(20, 100);
        first.GetProperty("trainings")[0].GetProperty("code_commit").GetString().ShouldNotBeNull().ShouldMatch("^[0-9a-f]{40}$");
        first.GetProperty("conditions").GetProperty("from").ValueKind.ShouldBe(JsonValueKind.Null);
        first.GetProperty("undefined").GetProperty("new").GetProperty("gizmo").GetString().ShouldBe("there is no such metric");
        var second = JsonDocument.Parse(File.ReadAllText(_directory.File("rows/second.seed1.json"))).RootElement.GetProperty("trainings");
        var share = second[0].GetProperty("draw_shares")[0].GetDouble();
        second[1].GetProperty("step").GetInt64().ShouldBe((long)Math.Round(second[0].GetProperty("step").GetInt64() * share));
        second[0].GetProperty("split_ids")[0].GetString().ShouldBe(second[1].GetProperty("split_ids")[0].GetString());
    }

    private async Task<(int ExitCode, string Output, string Error)> Run(params string[] arguments)
    {
        using var process = Start(arguments);
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, output, await error);
    }

    private Process Start(params string[] arguments)
    {
        ProcessStartInfo start = new(Path.Combine(AppContext.BaseDirectory, "imdd"),
        [
            "bench", "quality", "--definition", _directory.File("table.json"), "--results", _directory.File("rows"), "--work", _directory.File("work"),
            "--size", "nano", "--seeds", "1", .. arguments,
        ])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["XDG_CACHE_HOME"] = _directory.File("cache");
        return Process.Start(start)!;
    }
}
