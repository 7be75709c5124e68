using System.Text.Json;
using IMDD.Testing;

namespace IMDD.Cli.Tests.Quality;

/// <summary><c>imdd bench quality</c> with a script for its trainer: what one row's failure, and a result that cannot be kept, do to the others.</summary>
public sealed class QualityBenchTests : IDisposable
{
    private readonly TestDirectory _directory = new();
    private readonly BundleScript _trainer;

    public QualityBenchTests()
    {
        _trainer = new BundleScript(_directory);
        NoisePictures.Write(_directory.File("data/parts"), 2, "good", "dent");
        File.WriteAllText(_directory.File("table.json"), $"{{\"rows\": [{Row("line", "eval")}, {Row("numbers", "naming")}, {Row("whole", "eval")}]}}");
    }

    [Fact]
    public async Task Bench_WhatTheTrainerSaysIsNotUnderstood_FailsThatRowAndMakesTheOthers()
    {
        var (exitCode, output, error) = await RunAsync("rows");

        exitCode.ShouldBe(1, error);
        var outcome = JsonDocument.Parse(output.Trim().Split('\n')[^1]).RootElement;
        var failed = outcome.GetProperty("failed").EnumerateArray().ToDictionary(f => f.GetProperty("result").GetString()!, f => f.GetProperty("reason").GetString()!);
        failed.Select(f => f.Key).ShouldBe(["line.seed1", "numbers.seed1"]);
        failed["line.seed1"].ShouldContain("not JSON: 'what is no JSON'");
        failed["numbers.seed1"].ShouldContain("not understood");
        outcome.GetProperty("made").EnumerateArray().Select(m => m.GetString()).ShouldBe(["whole.seed1"]);
    }

    [Fact]
    public async Task Bench_ResultMade_SaysHowManyPicturesWereMeasured()
    {
        var (_, _, error) = await RunAsync("rows", "--rows", "whole");

        var pictures = JsonDocument.Parse(File.ReadAllText(_directory.File("rows/whole.seed1.json"))).RootElement.GetProperty("pictures").GetProperty("m");
        pictures.GetProperty("images").GetInt32().ShouldBe(4, error);
        pictures.GetProperty("files_not_used").GetInt32().ShouldBe(0);
        pictures.GetProperty("files_not_measured").GetInt32().ShouldBe(0);
        error.ShouldNotContain("not measured");
    }

    [Fact]
    public async Task Bench_ResultThatCannotBeKept_EndsTheCommandAndNamesIt()
    {
        File.WriteAllText(_directory.File("no-folder"), "");

        var (exitCode, output, error) = await RunAsync("no-folder", "--rows", "whole", "--seeds", "1,2");

        exitCode.ShouldBe(1);
        output.ShouldBeEmpty();
        error.ShouldContain("whole.seed1.json cannot be written: ");
        error.ShouldNotContain("   at IMDD.");
        _trainer.Calls.ShouldHaveSingleItem();
    }

    public void Dispose() => _directory.Dispose();

    private static string Row(string id, string measure) => $$"""
        {"id": "{{id}}", "title": "T", "trainings": [{"name": "t", "data": ["folders:parts"]}],
         "measurements": [{"name": "m", "measure": "{{measure}}", "side": "all", "parts": [{"training": "t", "data": ["folders:parts"]}]}],
         "figures": [{"label": "AUROC", "measurement": "m", "metric": "image_auroc"}]}
        """;

    private async Task<(int ExitCode, string Output, string Error)> RunAsync(string results, params string[] more)
    {
        StringWriter output = new(), error = new();
        string[] seeds = more.Contains("--seeds") ? [] : ["--seeds", "1"];
        var exitCode = await ImddCommand.RunAsync(
            [
                "bench", "quality", "--definition", _directory.File("table.json"), "--results", _directory.File(results), "--work", _directory.File("work"),
                "--data-root", _directory.File("data"), "--trainer", _trainer.Path, "--json", .. seeds, .. more,
            ],
            output, error);
        return (exitCode, output.ToString(), error.ToString());
    }
}
