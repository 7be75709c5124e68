using System.Diagnostics;
using System.Text.Json;
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
        File.WriteAllText(_directory.File("table.json"), Table);

        var run = await Run("--rows", "third", "--data-root", _directory.Path, "--json");

        run.ExitCode.ShouldBe(1);
        var failed = JsonDocument.Parse(run.Output.Trim().Split('\n')[^1]).RootElement.GetProperty("failed").EnumerateArray().ShouldHaveSingleItem();
        failed.GetProperty("result").GetString().ShouldBe("third.seed1");
        failed.GetProperty("reason").GetString().ShouldNotBeNull().ShouldContain("magnetic_tile");
    }

    public void Dispose() => _directory.Dispose();

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
