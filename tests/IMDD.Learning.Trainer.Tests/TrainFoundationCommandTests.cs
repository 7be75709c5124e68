using System.Diagnostics;
using System.Text.Json;
using IMDD.Inference;
using IMDD.Inference.Bundles;
using IMDD.Learning.Networks.Clip;
using IMDD.Learning.Training;
using IMDD.Learning.Training.Runs;
using IMDD.Learning.Weights.Configurations;
using IMDD.Testing;
using TorchSharp;

namespace IMDD.Learning.Trainer.Tests;

/// <summary>The command as a process, which can be killed.</summary>
public sealed class TrainFoundationCommandTests
{
    private static readonly string[] Options =
    [
        "train", "foundation", "--data", "synthetic:seed=5,count=24,size=96,textures=cast",
        "--side", "64", "--batch", "2", "--steps", "12", "--mask-steps", "12", "--checkpoint-every", "3", "--seed", "3", "--json",
    ];

    /// <summary>In 16 bits what goes on is not what the network held, but the 32-bit weights behind it and the loss's scale.</summary>
    [Theory]
    [InlineData("fp32", new[] { 3, 15 })]
    [InlineData("fp16", new[] { 6 })]
    [InlineData("fp32", new[] { 15 }, "--train-captioner", "--paper", "initialisation")]
    [InlineData("fp32", new[] { 6, 18 }, "--average", "0.9", "--accumulate", "2")]
    public async Task Train_KilledInBothStages_SameBundleAsUninterrupted(string precision, int[] kills, params string[] further)
    {
        using TestDirectory directory = new();
        ClipTokens.Write(directory.Path);
        string[] more = ["--precision", precision, .. further];
        var whole = await Train(directory, "whole", more);
        foreach (var step in kills)
        {
            using var process = Start(directory, "killed", more);
            await Eventually.HoldsAsync(() => process.HasExited || Checkpoint(directory.File("killed/run")) >= step, TimeSpan.FromMinutes(5));
            process.HasExited.ShouldBeFalse();
            process.Kill();
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        var killed = await Train(directory, "killed", more);

        killed.GetProperty("bundle_digest").GetString().ShouldBe(whole.GetProperty("bundle_digest").GetString());
        (whole.GetProperty("seed").GetInt32(), whole.GetProperty("step").GetInt64()).ShouldBe((3, 24));
        whole.GetProperty("precision").GetString().ShouldBe(precision);
        whole.GetProperty("validation_noise_loss").GetDouble().ShouldBeInRange(0, 2);
        whole.GetProperty("parity_error").GetDouble().ShouldBeLessThan(1e-3);
        var bundle = ModelBundle.Open(directory.File("killed"));
        bundle.Manifest.Rows.Count.ShouldBe(whole.GetProperty("classes").GetArrayLength());
        using var segmenter = SegmenterFactory.Create(bundle, new SegmenterOptions { Threads = 1 }); // runs the probe
    }

    /// <summary>What is faster is measured, and a run that goes on does not measure again: another time the answer may be another.</summary>
    [Fact]
    public async Task Train_NoPrecision_ChoosesAndKeepsIt()
    {
        using TestDirectory directory = new();
        ClipTokens.Write(directory.Path);
        string[] few = ["--steps", "2", "--mask-steps", "1"];

        var first = await Train(directory, "model", few);
        var again = await Train(directory, "model", few);
        var other = first.GetProperty("precision").GetString() == "fp32" ? "BFloat16" : "Single";
        Directory.CreateDirectory(directory.File("begun/run"));
        File.WriteAllText(directory.File("begun/run/precision"), other);
        var begun = await Train(directory, "begun", few);

        first.GetProperty("precision").GetString().ShouldBeOneOf("fp32", "bf16");
        first.GetProperty("precision_reason").GetString().ShouldNotBe("asked for");
        again.GetProperty("precision_reason").GetString().ShouldBe("as the run began");
        again.GetProperty("bundle_digest").GetString().ShouldBe(first.GetProperty("bundle_digest").GetString());
        begun.GetProperty("precision").GetString().ShouldBe(other == "Single" ? "fp32" : "bf16");
    }

    /// <summary>Little trained, several queries are about as strong: that must not be for the last bit to decide, or there were no bundle.</summary>
    [Fact]
    public async Task Train_FewStepsAtAHighRate_GraphAndNetworkAgree()
    {
        using TestDirectory directory = new();
        ClipTokens.Write(directory.Path);
        StringWriter output = new();
        var code = await TrainerCommand.RunAsync(
            [
                "train", "foundation", "--data", "synthetic:seed=1,count=12,size=64", "--tokenizer", directory.Path, "--out", directory.File("model"), "--steps", "8",
                "--mask-steps", "30", "--learning-rate", "1e-3", "--json",
            ],
            output,
            TextWriter.Null);

        code.ShouldBe(0);
        JsonDocument.Parse(output.ToString().TrimEnd().Split('\n')[^1]).RootElement.GetProperty("parity_error").GetDouble().ShouldBeLessThan(1e-4);
    }

    /// <summary>The crops' own class names are the words; a picture without a named defect has none.</summary>
    [Fact]
    public async Task Train_SecondStage_GroundingLossIsThereAndFalls()
    {
        using TestDirectory directory = new();
        ClipTokens.Write(directory.Path);
        var data = TrainingDataReader.Read(["synthetic:seed=5,count=24,size=96,textures=cast"], shots: null, seed: 3, normalOnly: false);

        var before = await GroundingAfter(1);
        before.ShouldBeGreaterThan(0);
        (await GroundingAfter(40)).ShouldBeLessThan(before);

        async Task<double> GroundingAfter(int steps)
        {
            FoundationTrainingOptions options = new()
            {
                Configuration = FoundationConfiguration.Of("tiny"),
                Side = 64,
                Steps = 0,
                MaskSteps = steps,
                LearningRate = 1e-3,
            };
            using FoundationTrainer trainer = new(options, data, ClipTokenizer.Open(directory.Path), directory.File($"run-{steps}"));
            return (await trainer.RunAsync(progress: null, TestContext.Current.CancellationToken)).GroundingLoss!.Value;
        }
    }

    [Fact]
    public async Task Train_FolderOfARunOnOtherTruth_IsRefused()
    {
        using TestDirectory directory = new();
        ClipTokens.Write(directory.Path);
        var data = TrainingDataReader.Read(["synthetic:seed=5,count=24,size=96,textures=cast"], shots: null, seed: 3, normalOnly: false);
        FoundationTrainingOptions options = new() { Configuration = FoundationConfiguration.Of("tiny"), Side = 64, Steps = 1, MaskSteps = 1, CheckpointEvery = 1 };
        using (var first = New(data))
        {
            await first.RunAsync(progress: null, TestContext.Current.CancellationToken);
        }

        var marked = data.Train.First(picture => picture.Mask is not null);
        byte[] mask = [.. marked.Mask!];
        mask[0] ^= byte.MaxValue;
        var mended = data with { Train = [.. data.Train.Select(picture => ReferenceEquals(picture, marked) ? picture with { Mask = mask } : picture)] };

        New(data).Dispose();
        Should.Throw<TrainingException>(() => New(mended)).Message.ShouldContain("other options or data");

        FoundationTrainer New(TrainingData pictures) => new(options, pictures, ClipTokenizer.Open(directory.Path), directory.File("run"));
    }

    [Fact]
    public async Task Train_PaperModesByFileAndOption_AreToldAndChangeTheModel()
    {
        using TestDirectory directory = new();
        ClipTokens.Write(directory.Path);
        string[] few = ["--steps", "1", "--mask-steps", "2"];
        using (var stream = typeof(FoundationConfiguration).Assembly.GetManifestResourceStream($"{typeof(FoundationConfiguration).Namespace}.tiny.json")!)
        using (StreamReader reader = new(stream))
        {
            var json = await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
            File.WriteAllText(directory.File("ours.json"), json.Replace("\"feature_seed\": 42", "\"feature_seed\": 42, \"paper\": [\"grounding\"]", StringComparison.Ordinal));
        }

        var standard = await Train(directory, "standard", few);
        var paper = await Train(directory, "paper", [.. few, "--config", directory.File("ours.json"), "--paper", "mask_loss,conditioning"]);

        standard.GetProperty("paper").GetArrayLength().ShouldBe(0);
        paper.GetProperty("paper").EnumerateArray().Select(mode => mode.GetString()).ShouldBe(["conditioning", "mask_loss", "grounding"]);
        paper.GetProperty("bundle_digest").GetString().ShouldNotBe(standard.GetProperty("bundle_digest").GetString());

        StringWriter error = new();
        (await TrainerCommand.RunAsync(
            ["train", "foundation", "--data", "synthetic", "--tokenizer", "/nowhere", "--out", "/tmp/never", "--paper", "losses,grounding,all"], TextWriter.Null, error)).ShouldBe(2);
        error.ToString().ShouldContain("--paper has 'losses': expected conditioning, mask_loss, grounding, initialisation.");
        error.ToString().ShouldContain("--paper has 'all'");
    }

    /// <summary>Cells of half the latent's, in both stages' crops, the bundle and the evaluation.</summary>
    [Fact]
    public async Task Train_FineMasks_BundleAndEvaluationAreAtHalfTheStride()
    {
        using TestDirectory directory = new();
        ClipTokens.Write(directory.Path);
        var tiny = FoundationConfiguration.Of("tiny");
        File.WriteAllText(directory.File("fine.json"), (tiny with { FineMasks = true, Masks = tiny.Masks with { InChannels = [16, .. tiny.Masks.InChannels] } }).ToJson());

        var result = await Train(directory, "fine", ["--steps", "1", "--mask-steps", "2", "--config", directory.File("fine.json")]);
        var measured = await Run(
        [
            "train", "eval", "--model", directory.File("fine/run/foundation.safetensors"), "--data", "synthetic:seed=5,count=8,size=96,textures=cast", "--split", "all",
            "--tokenizer", directory.Path, "--config", directory.File("fine.json"), "--json",
        ]);

        result.GetProperty("parity_error").GetDouble().ShouldBeLessThan(1e-3);
        var bundle = ModelBundle.Open(directory.File("fine"));
        (bundle.Manifest.OutputStride, bundle.Manifest.Outputs[0].Shape[1]).ShouldBe((2, "H/2"));
        using var segmenter = SegmenterFactory.Create(bundle, new SegmenterOptions { Threads = 1 }); // runs the probe
        measured.GetProperty("images").GetInt32().ShouldBe(8);
    }

    [Fact]
    public async Task Eval_FoundationCheckpoint_IsMeasuredWithAndWithoutClip()
    {
        using TestDirectory directory = new();
        ClipTokens.Write(directory.Path);
        await Train(directory, "trained", ["--steps", "1", "--mask-steps", "8", "--learning-rate", "3e-3"]);
        string[] eval =
        [
            "train", "eval", "--model", directory.File("trained/run/foundation.safetensors"), "--data", "synthetic:seed=5,count=24,size=96,textures=cast",
            "--split", "all", "--tokenizer", directory.Path, "--json",
        ];

        var alone = await Run(eval);
        var nothing = await Run([.. eval, "--clip-ensemble", "--clip-seen", "0", "--clip-novel", "0"]);
        var both = await Run([.. eval, "--clip-ensemble", "--clip-seen", "1", "--clip-novel", "1"]);

        alone.GetProperty("classes_seen").GetArrayLength().ShouldBeGreaterThan(0);
        alone.GetProperty("images").GetInt32().ShouldBe(24);
        Metrics(alone).ShouldNotBeEmpty();
        foreach (var (name, value) in Metrics(alone).Where(metric => metric.Name.StartsWith("pixel", StringComparison.Ordinal)))
        {
            // What is a defect is the generator's to say; CLIP only names.
            Metrics(both).Single(metric => metric.Name == name).Value.ShouldBe(value, 1e-4, name);
            Metrics(nothing).Single(metric => metric.Name == name).Value.ShouldBe(value, 1e-4, name);
        }

        await RefusedWithAnotherTimestep(directory, ["train", "eval", .. eval[2..]]);
        await RefusedWithAnotherTimestep(
            directory,
            ["train", "foundation", "--data", eval[5], "--tokenizer", directory.Path, "--from", eval[3], "--out", directory.File("other")]);
        both.GetProperty("model").GetString().ShouldNotBe(alone.GetProperty("model").GetString());
        StringWriter error = new();
        (await TrainerCommand.RunAsync(["train", "eval", "--model", directory.File("vocab.json"), "--data", "synthetic", "--clip-novel", "2"], TextWriter.Null, error)).ShouldBe(2);
        error.ToString().ShouldContain("--tokenizer is missing");
        error.ToString().ShouldContain("--clip-novel is 2: expected 0 to 1.");

        static IEnumerable<(string Name, double Value)> Metrics(JsonElement result) => result.EnumerateObject()
            .Where(property => property.Value.ValueKind == JsonValueKind.Number).Select(property => (property.Name, property.Value.GetDouble()));
    }

    /// <summary>The file was trained as 'tiny' says; with another timestep it fits as well, and is another model.</summary>
    private static async Task RefusedWithAnotherTimestep(TestDirectory directory, string[] command)
    {
        var other = directory.File("other.json");
        File.WriteAllText(other, (FoundationConfiguration.Of("tiny") with { FeatureTimestep = 0 }).ToJson());
        StringWriter error = new();

        (await TrainerCommand.RunAsync([.. command, "--config", other], TextWriter.Null, error)).ShouldBe(1);

        error.ToString().ShouldContain("foundation.safetensors: its weights belong to another configuration, 'tiny', than 'tiny': feature_timestep is 50, expected 0.");
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

    /// <summary>Before anything is read.</summary>
    [Theory]
    [InlineData("foundation", "--out", "/tmp/never")]
    [InlineData("eval", "--model", "Program.cs")]
    public async Task Train_DeviceThatIsNotThere_IsRefused(string command, string option, string value)
    {
        Assert.SkipWhen(torch.cuda_is_available(), "There is a CUDA device here.");
        using TestDirectory directory = new();
        File.WriteAllText(directory.File("Program.cs"), "");
        StringWriter error = new();

        (await TrainerCommand.RunAsync(
            ["train", command, "--data", "synthetic", "--tokenizer", "/nowhere", option, Path.Combine(directory.Path, value), "--device", "cuda"], TextWriter.Null, error)).ShouldBe(1);

        error.ToString().Trim().Split('\n').ShouldHaveSingleItem().ShouldContain("--device cuda: libtorch finds no CUDA device here");
    }

    [Fact]
    public async Task Eval_DeviceForAnEdgeModel_IsRefused()
    {
        StringWriter error = new();

        (await TrainerCommand.RunAsync(["train", "eval", "--model", "/tmp", "--data", "synthetic", "--device", "cuda"], TextWriter.Null, error)).ShouldBe(2);

        error.ToString().ShouldContain("--device is for a foundation model's file: /tmp is none.");
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

    private static async Task<JsonElement> Train(TestDirectory directory, string name, string[] more)
    {
        using var process = Start(directory, name, more);
        return await Result(process);
    }

    private static async Task<JsonElement> Run(string[] args)
    {
        using var process = Start(args);
        return await Result(process);
    }

    private static async Task<JsonElement> Result(Process process)
    {
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        process.ExitCode.ShouldBe(0, await error);
        return JsonDocument.Parse(output.Trim().Split('\n')[^1]).RootElement;
    }

    /// <summary>The options above, but for those that <paramref name="more"/> has too.</summary>
    private static Process Start(TestDirectory directory, string name, string[] more)
    {
        var common = Options.Where((_, index) => !IsReplaced(index) && (index == 0 || !IsReplaced(index - 1)));
        return Start([.. common, .. more, "--tokenizer", directory.Path, "--out", directory.File(name)]);

        bool IsReplaced(int index) => Options[index].StartsWith('-') && more.Contains(Options[index]);
    }

    private static Process Start(string[] args)
    {
        ProcessStartInfo start = new(Path.Combine(AppContext.BaseDirectory, "IMDD.Learning.Trainer"), args)
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
