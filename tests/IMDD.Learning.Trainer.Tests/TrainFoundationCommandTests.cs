using System.Diagnostics;
using System.Text.Json;
using IMDD.Inference;
using IMDD.Inference.Bundles;
using IMDD.Testing;

namespace IMDD.Learning.Trainer.Tests;

/// <summary>The command as a process, which can be killed.</summary>
public sealed class TrainFoundationCommandTests
{
    private static readonly string[] Options =
    [
        "train", "foundation", "--data", "synthetic:seed=5,count=24,size=96,textures=cast",
        "--side", "64", "--batch", "2", "--steps", "12", "--mask-steps", "12", "--checkpoint-every", "3", "--seed", "3", "--json",
    ];

    [Fact]
    public async Task Train_KilledInBothStages_SameBundleAsUninterrupted()
    {
        using TestDirectory directory = new();
        ClipTokens.Write(directory.Path);
        var whole = await Train(directory, "whole");
        foreach (var step in new[] { 3, 15 })
        {
            using var process = Start(directory, "killed");
            await Eventually.HoldsAsync(() => process.HasExited || Checkpoint(directory.File("killed/run")) >= step, TimeSpan.FromMinutes(5));
            process.HasExited.ShouldBeFalse();
            process.Kill();
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        var killed = await Train(directory, "killed");

        killed.GetProperty("bundle_digest").GetString().ShouldBe(whole.GetProperty("bundle_digest").GetString());
        (whole.GetProperty("seed").GetInt32(), whole.GetProperty("step").GetInt64()).ShouldBe((3, 24));
        whole.GetProperty("validation_noise_loss").GetDouble().ShouldBeInRange(0, 2);
        whole.GetProperty("parity_error").GetDouble().ShouldBeLessThan(1e-3);
        var bundle = ModelBundle.Open(directory.File("killed"));
        bundle.Manifest.Rows.Count.ShouldBe(whole.GetProperty("classes").GetArrayLength());
        using var segmenter = SegmenterFactory.Create(bundle, new SegmenterOptions { Threads = 1 }); // runs the probe
    }

    [Fact]
    public async Task Train_OptionsOutOfRange_AreNamedAndExitCode2()
    {
        StringWriter error = new();

        var exitCode = await TrainerCommand.RunAsync(
            ["train", "foundation", "--data", "synthetic", "--tokenizer", "/nowhere", "--out", "/tmp/never", "--side", "65", "--batch", "1"], TextWriter.Null, error);

        exitCode.ShouldBe(2);
        error.ToString().ShouldContain("Side is 65: expected a multiple of 32, the stride of 'tiny'");
        error.ToString().ShouldContain("BatchSize is 1");
    }

    [Fact]
    public async Task Train_TokenizerThatIsNotThere_OneLineAndExitCode1()
    {
        StringWriter error = new();

        var exitCode = await TrainerCommand.RunAsync(
            ["train", "foundation", "--data", "synthetic", "--tokenizer", "/nowhere", "--out", "/tmp/never"], TextWriter.Null, error);

        exitCode.ShouldBe(1);
        error.ToString().Trim().Split('\n').ShouldHaveSingleItem().ShouldContain("vocab.json");
    }

    private static async Task<JsonElement> Train(TestDirectory directory, string name)
    {
        using var process = Start(directory, name);
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        process.ExitCode.ShouldBe(0, await error);
        return JsonDocument.Parse(output.Trim().Split('\n')[^1]).RootElement;
    }

    private static Process Start(TestDirectory directory, string name)
    {
        ProcessStartInfo start = new(Path.Combine(AppContext.BaseDirectory, "IMDD.Learning.Trainer"), [.. Options, "--tokenizer", directory.Path, "--out", directory.File(name)])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["SOURCE_DATE_EPOCH"] = "1767225600";
        return Process.Start(start)!;
    }

    private static int Checkpoint(string folder) => !Directory.Exists(folder)
        ? 0
        : Directory.EnumerateDirectories(folder, "checkpoint-*").Select(f => int.Parse(f[^9..])).DefaultIfEmpty(0).Max();
}
