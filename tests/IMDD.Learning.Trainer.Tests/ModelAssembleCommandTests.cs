using System.Diagnostics;
using System.Text.Json;
using IMDD.Cli;
using IMDD.Learning.Networks;
using IMDD.Learning.Networks.Weights;
using IMDD.Learning.Training.Models;
using IMDD.Learning.Weights.Configurations;
using IMDD.Learning.Weights.Files;
using IMDD.Testing;
using static TorchSharp.torch;

namespace IMDD.Learning.Trainer.Tests;

/// <summary>The command as a process, which draws from a generator of its own and can be killed; what it makes is taken by all that take checkpoints.</summary>
public sealed class ModelAssembleCommandTests : IDisposable
{
    private readonly TestDirectory _directory = new();
    private readonly string _out;

    public ModelAssembleCommandTests()
    {
        using var scope = NewDisposeScope();
        using FoundationNetwork network = new(FoundationConfiguration.Of("tiny"));
        foreach (var (module, file) in ((nn.Module, string)[])
            [
                (network.Unet, "sd/unet/diffusion_pytorch_model"), (network.Vae, "sd/vae/diffusion_pytorch_model"), (network.Text, "sd/text_encoder/model"), (network.Clip, "clip/model"),
            ])
        {
            var path = _directory.File(file + ".safetensors");
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            ModuleWeights.Save(module, path);
        }

        _out = Path.Combine(Directory.CreateDirectory(_directory.File("out")).FullName, "whole.safetensors");
    }

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Assemble_Folders_IsTakenByInspectExportAndTraining()
    {
        using var made = await Assemble();
        made.RootElement.GetProperty("drawn").GetArrayLength().ShouldBe(3);
        made.RootElement.GetProperty("seed").GetInt32().ShouldBe(4);
        made.RootElement.GetProperty("sources").GetProperty("unet")[0].GetProperty("sha256").GetString()!.Length.ShouldBe(64);

        StringWriter inspected = new();
        (await ImddCommand.RunAsync(["model", "inspect", _out, "--json"], inspected, TextWriter.Null)).ShouldBe(0);
        using var inspection = JsonDocument.Parse(inspected.ToString());
        inspection.RootElement.GetProperty("kind").GetString().ShouldBe("foundation model");
        inspection.RootElement.GetProperty("parameters").GetInt64().ShouldBe(made.RootElement.GetProperty("parameters").GetInt64());

        using var scope = NewDisposeScope();
        var tiny = FoundationConfiguration.Of("tiny");
        using (var files = WeightFiles.OpenFile(_out))
        {
            var texts = randn([1, tiny.Vocabulary.TextWidth]);
            FoundationBundle.WriteFrom(
                tiny, files, [new("scratch", "scratch", [], "major")], texts, _directory.File("streamed"), half: false, DateTimeOffset.UnixEpoch, isCompared: true)
                .Parity.LargestError.ShouldBeLessThan(1e-3);
        }

        ClipTokens.Write(_directory.Path);
        StringWriter error = new();
        (await TrainerCommand.RunAsync(
            [
                "train", "foundation", "--data", "synthetic:seed=5,count=24,size=96,textures=cast", "--side", "64", "--batch", "2", "--steps", "1", "--mask-steps", "1",
                "--from", _out, "--tokenizer", _directory.Path, "--out", _directory.File("trained"), "--json",
            ],
            TextWriter.Null,
            error)).ShouldBe(0, error.ToString());
    }

    [Fact]
    public async Task Assemble_Killed_LeavesNoFile_AndTheNextRunNothingElse()
    {
        using (var process = Start())
        {
            // Whenever this is: what is there under the name is whole.
            await Eventually.HoldsAsync(() => process.HasExited || Directory.EnumerateFiles(Path.GetDirectoryName(_out)!).Any(), TimeSpan.FromMinutes(2));
            process.Kill();
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        if (File.Exists(_out))
        {
            WeightFiles.OpenFile(_out).Dispose();
        }

        using var made = await Assemble();

        Directory.EnumerateFiles(Path.GetDirectoryName(_out)!).ShouldBe([_out]);
    }

    [Fact]
    public async Task Assemble_PartWithoutASource_SaysWhichOptionsNameOne()
    {
        StringWriter error = new();

        (await TrainerCommand.RunAsync(["model", "assemble", "--clip", "clip", "--unet", "unet", "--out", _out], TextWriter.Null, error)).ShouldBe(2);

        error.ToString().ShouldContain("--vae is missing: expected it, --from or --checkpoint.");
        error.ToString().ShouldContain("--text is missing");
        error.ToString().ShouldNotContain("--unet is missing");
    }

    [Theory]
    [InlineData("gone/whole.safetensors", "its folder does not exist")]
    [InlineData("sd", "is a folder")]
    public async Task Assemble_OutputThatCannotBe_IsOneLine(string file, string expected)
    {
        StringWriter error = new();

        (await TrainerCommand.RunAsync(
            ["model", "assemble", "--config", "tiny", "--clip", _directory.File("clip"), "--from", _directory.File("sd"), "--out", _directory.File(file)], TextWriter.Null, error)).ShouldBe(1);

        error.ToString().Trim().Split('\n').ShouldHaveSingleItem().ShouldContain(expected);
    }

    private async Task<JsonDocument> Assemble()
    {
        using var process = Start();
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        process.ExitCode.ShouldBe(0, await error);
        return JsonDocument.Parse(output.Trim().Split('\n')[^1]);
    }

    private Process Start() => Process.Start(new ProcessStartInfo(
        Path.Combine(AppContext.BaseDirectory, "IMDD.Learning.Trainer"),
        ["model", "assemble", "--config", "tiny", "--from", _directory.File("sd"), "--clip", _directory.File("clip"), "--seed", "4", "--out", _out, "--json"])
    {
        UseShellExecute = false,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    })!;
}
