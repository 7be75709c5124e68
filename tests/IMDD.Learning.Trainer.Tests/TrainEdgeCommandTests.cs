using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using IMDD.Contracts.Models;
using IMDD.Imaging;
using IMDD.Inference;
using IMDD.Inference.Bundles;
using IMDD.Learning.Training.Models;
using IMDD.Learning.Training.Runs;
using IMDD.Testing;

namespace IMDD.Learning.Trainer.Tests;

/// <summary>The command as a process, which can be killed.</summary>
public sealed class TrainEdgeCommandTests
{
    private static readonly string[] Options =
    [
        "train", "edge", "--data", "synthetic:seed=5,count=48,size=96,textures=cast", "--size", "nano", "--crop", "64", "--batch", "4", "--steps", "160", "--seed", "3", "--json",
    ];

    [Fact]
    public async Task Train_KilledTwice_SameDigestAsUninterrupted()
    {
        using TestDirectory directory = new();
        var whole = await Train(directory, "whole");
        Random random = new(7);
        for (var kill = 0; kill < 2; kill++)
        {
            using var process = Start(directory, "killed");
            await Eventually.HoldsAsync(() => process.HasExited || Checkpoint(directory.File("killed/run")) > 20 + 50 * kill, TimeSpan.FromMinutes(5));
            await Task.Delay(random.Next(300), TestContext.Current.CancellationToken);
            process.HasExited.ShouldBeFalse();
            process.Kill();
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        var killed = await Train(directory, "killed");

        killed.GetProperty("digest").GetString().ShouldBe(whole.GetProperty("digest").GetString());
        killed.GetProperty("step").GetInt64().ShouldBe(whole.GetProperty("step").GetInt64());
        whole.GetProperty("classes").GetArrayLength().ShouldBeGreaterThan(3);
        killed.GetProperty("bundle_digest").GetString().ShouldBe(whole.GetProperty("bundle_digest").GetString());
        Meets(ModelBundle.Open(directory.File("killed")), killed.GetProperty("bundle_digest").GetString());
        var curve = whole.GetProperty("curve");
        curve.GetArrayLength().ShouldBeGreaterThan(3);
        curve.EnumerateArray().Last().GetProperty("step").GetInt64().ShouldBe(whole.GetProperty("step").GetInt64());
        killed.GetProperty("curve").GetRawText().ShouldBe(curve.GetRawText(), "kills leave no gap in it");
        Directory.EnumerateFiles(directory.File("killed/run/tensorboard"), "*.pictures").ShouldNotBeEmpty();
    }

    /// <summary>What a person sees of a short run of few shots, and what the bundle says of it.</summary>
    [Fact]
    public async Task Train_Shots_FewerPicturesAProgressBarAndAManifestThatSaysWhatItWasMadeFrom()
    {
        using TestDirectory directory = new();
        const string data = "synthetic:seed=5,count=96,size=96,textures=cast";
        var all = TrainingDataReader.Read([data], shots: 1000, seed: 3, normalOnly: false).Train;
        var (one, oneError) = await Run("one", shots: 1);
        var (again, _) = await Run("again", shots: 1);
        var (more, _) = await Run("more", shots: 3);

        var (learned, defective, classes) = Learned(oneError);
        learned.ShouldBe(one.GetProperty("train_pictures").GetInt32());
        defective.ShouldBeInRange(1, classes, "one picture of each class at most");
        (learned - defective).ShouldBe(all.Count(p => !p.IsDefective), "normal pictures all stay");
        more.GetProperty("train_pictures").GetInt32().ShouldBeInRange(learned + 1, all.Count - 1);

        Regex.IsMatch(oneError, @"\[#{20}\.{4}\] +83 %  step 10 of 12  loss \d+\.\d{3}  \d+:\d\d left").ShouldBeTrue(oneError);
        Regex.IsMatch(oneError, @"validation: score \d\.\d{3}, pixel AP \d\.\d{3}, IoU").ShouldBeTrue(oneError);

        var manifest = Manifest("one");
        manifest.TrainedFrom!.CodeCommit.ShouldNotBeNull().ShouldMatch("^[0-9a-f]{40}$");
        manifest.TrainedFrom.DatasetDigest.ShouldBe(Manifest("again").TrainedFrom!.DatasetDigest);
        manifest.TrainedFrom.DatasetDigest.ShouldNotBe(Manifest("more").TrainedFrom!.DatasetDigest, "the same data set, other pictures of it");
        var validation = one.GetProperty("validation");
        manifest.Metrics.ShouldNotBeNull()["validation_pixel_ap"].ShouldBe(validation.GetProperty("pixel_ap").GetDouble(), 1e-9);
        manifest.Metrics["validation_image_auroc"].ShouldBe(validation.GetProperty("image_auroc").GetDouble(), 1e-9);
        var calibration = manifest.Calibration.ShouldNotBeNull();
        calibration.GetProperty("method").GetString().ShouldBe("platt");
        calibration.GetProperty("defectScale").GetDouble().ShouldNotBe(1);
        again.GetProperty("digest").GetString().ShouldBe(one.GetProperty("digest").GetString());

        async Task<(JsonElement Json, string Error)> Run(string name, int shots)
        {
            StringWriter output = new(), error = new();
            var exitCode = await TrainerCommand.RunAsync(
                [
                    "train", "edge", "--data", data, "--size", "nano", "--crop", "64", "--batch", "4", "--steps", "12", "--seed", "3", "--json",
                    "--shots", $"{shots}", "--out", directory.File(name),
                ],
                output, error);
            exitCode.ShouldBe(0, error.ToString());
            return (JsonDocument.Parse(output.ToString().Trim().Split('\n')[^1]).RootElement, error.ToString());
        }

        BundleManifest Manifest(string name) => ModelBundle.Open(directory.File(name)).Manifest;

        static (int Learned, int Defective, int Classes) Learned(string text)
        {
            var numbers = Regex.Match(text, @"(\d+) pictures to learn from, (\d+) with defects of (\d+) classes").Groups;
            return (int.Parse(numbers[1].Value), int.Parse(numbers[2].Value), int.Parse(numbers[3].Value));
        }
    }

    /// <summary>New networks have attention; those that are trained on keep what they are unless they are given it, and none can lose it.</summary>
    [Fact]
    public async Task Train_Attention_IsOfNewNetworksAndOfThoseThatAreGivenIt()
    {
        using TestDirectory directory = new();
        await Run("new");
        await Run("without", "--attention", "false");
        await Run("on", "--from", directory.File("without"));
        await Run("given", "--from", directory.File("on"), "--attention", "true", "--size", "nano");
        await Run("kept", "--from", directory.File("given"));
        StringWriter error = new();

        (await TrainerCommand.RunAsync([.. Short("lost"), "--from", directory.File("kept"), "--attention", "false"], TextWriter.Null, error)).ShouldBe(1);

        error.ToString().ShouldContain("Attention = True");
        Has("new").ShouldBeTrue();
        Has("without").ShouldBeFalse();
        Has("on").ShouldBeFalse();
        Has("given").ShouldBeTrue();
        Has("kept").ShouldBeTrue();

        async Task Run(string name, params string[] more)
        {
            StringWriter problems = new();
            (await TrainerCommand.RunAsync([.. Short(name), .. more], TextWriter.Null, problems)).ShouldBe(0, problems.ToString());
        }

        string[] Short(string name) =>
            ["train", "edge", "--data", "synthetic:seed=5,count=24,size=64,textures=cast", "--crop", "64", "--batch", "2", "--steps", "2", "--out", directory.File(name), .. name is "new" or "without" ? (string[])["--size", "nano"] : []];

        bool Has(string name)
        {
            using var model = EdgeModel.Load(directory.File(name));
            return model.Description.Network.Attention;
        }
    }

    /// <summary>A network that looks at twice the size is made anew or of any other's weights, stays one, and its bundle says its strides in pixels of the pictures.</summary>
    [Fact]
    public async Task Train_Doubled_IsOfThoseThatAreAskedForAndOfThoseThatGoOn()
    {
        const string Data = "synthetic:seed=5,count=24,size=64,textures=cast";
        using TestDirectory directory = new();
        await Run("plain", "--size", "nano");
        await Run("new", "--size", "nano", "--doubled", "true", "--reference", "false");
        await Run("made", "--from", directory.File("plain"), "--doubled", "true");
        await Run("kept", "--from", directory.File("made"), "--memory", "0.5", "--crop", "48");
        await Run("named", "--from", directory.File("kept"), "--size", "nano");
        await Run("fine", "--size", "nano", "--output-stride", "2");
        await Run("few", "--size", "nano", "--data", "synthetic:seed=5,count=24,size=64,textures=cast,kinds=stain");

        (await RefusedAsync("kept", "--doubled", "false")).ShouldContain("Doubled = True");
        (await RefusedAsync("fine", "--doubled", "true")).ShouldContain("output stride 2");
        (await RefusedAsync("plain", "--doubled", "true", "--keep-classes")).ShouldContain("--keep-classes holds alarms");
        (await RefusedAsync("few", "--doubled", "true", "--side-branch")).ShouldContain("--side-branch leaves the network");
        (await RefusedAsync("plain", "--crop", "48")).ShouldContain("Crops.Side is 48: expected a multiple of 32");
        var names = (string[])["plain", "new", "made", "kept", "named"];
        names.Select(name => Network(name)).ShouldBe([(false, 4), (true, 2), (true, 2), (true, 2), (true, 2)]);
        names.Select(name => ModelBundle.Open(directory.File(name)).Manifest).Select(manifest => (manifest.Stride, manifest.OutputStride))
            .ShouldBe([(32, 4), (32, 2), (32, 2), (32, 2), (32, 2)]);

        async Task<string> RefusedAsync(string from, params string[] more)
        {
            StringWriter error = new();
            (await TrainerCommand.RunAsync([.. Short("refused"), "--data", Data + ",kinds=stain+dent", "--from", directory.File(from), .. more], TextWriter.Null, error)).ShouldNotBe(0);
            return error.ToString();
        }

        async Task Run(string name, params string[] more)
        {
            StringWriter problems = new();
            string[] data = more.Contains("--data") ? [] : ["--data", Data];
            (await TrainerCommand.RunAsync([.. Short(name), .. data, .. more], TextWriter.Null, problems)).ShouldBe(0, problems.ToString());
        }

        string[] Short(string name) => ["train", "edge", "--batch", "2", "--steps", "2", "--out", directory.File(name)];

        (bool Doubled, int OutputStride) Network(string name)
        {
            using var model = EdgeModel.Load(directory.File(name));
            return (model.Description.Network.Doubled, model.Description.Network.OutputStride);
        }
    }

    /// <summary>A folder per class: crops as large as the pictures, unless something is said of crops.</summary>
    [Fact]
    public async Task Train_DefectsThatAreNotMarked_CropsShowThePicturesWhole()
    {
        using TestDirectory directory = new();
        foreach (var kind in (string[])["good", "dent", "odd thing"])
        {
            Directory.CreateDirectory(directory.File($"data/{kind}"));
            for (var i = 0; i < 12; i++)
            {
                using RgbImage image = new(200, 160);
                new Random(1000 * kind[0] + i).NextBytes(image.Pixels);
                await File.WriteAllBytesAsync(directory.File($"data/{kind}/{i:D2}.png"), ImageEncoder.EncodePng(image), TestContext.Current.CancellationToken);
            }
        }

        var (usual, manifest) = await Run("usual");
        var (asSaid, _) = await Run("said", "--crop", "64");
        var (few, _) = await Run("few", "--batch", "2");

        usual.ShouldContain("crops of about 192 pixels, 7 a step");
        asSaid.ShouldNotContain("crops of");
        few.ShouldNotContain("crops of");
        manifest.Rows.Select(row => row.ClassId).ShouldBe(["dent", "odd thing"]);
        manifest.Metrics!.Keys.ShouldContain("validation_naming");

        async Task<(string Progress, BundleManifest Manifest)> Run(string name, params string[] more)
        {
            StringWriter error = new();
            (await TrainerCommand.RunAsync(
                ["train", "edge", "--data", $"folders:{directory.File("data")}", "--size", "nano", "--steps", "2", "--out", directory.File(name), .. more], TextWriter.Null, error)).ShouldBe(0, error.ToString());
            return (error.ToString(), ModelBundle.Open(directory.File(name)).Manifest);
        }
    }

    [Fact]
    public async Task Train_DataSetThatIsNotThere_OneLineAndExitCode1()
    {
        StringWriter error = new();

        var exitCode = await TrainerCommand.RunAsync(["train", "edge", "--data", "mvtec:/nowhere", "--out", "/tmp/never"], TextWriter.Null, error);

        exitCode.ShouldBe(1);
        error.ToString().Trim().Split('\n').ShouldHaveSingleItem().ShouldContain("/nowhere");
    }

    [Fact]
    public async Task Train_OptionsOutOfRange_AreNamedAndExitCode2()
    {
        StringWriter error = new();

        var exitCode = await TrainerCommand.RunAsync(
            ["train", "edge", "--data", "synthetic", "--out", "/tmp/never", "--crop", "65", "--batch", "1"], TextWriter.Null, error);

        exitCode.ShouldBe(2);
        error.ToString().ShouldContain("Crops.Side is 65");
        error.ToString().ShouldContain("BatchSize is 1");
    }

    /// <summary>Each would train for its whole budget and then not be what was asked for.</summary>
    [Fact]
    public async Task Train_OptionsThatContradictEachOther_AreRefusedAndNamed()
    {
        using TestDirectory directory = new();
        string[] brief = ["train", "edge", "--data", "synthetic:seed=5,count=16,size=64,textures=cast", "--crop", "64", "--batch", "2", "--steps", "1"];
        (await TrainerCommand.RunAsync([.. brief, "--size", "nano", "--out", directory.File("start")], TextWriter.Null, TextWriter.Null)).ShouldBe(0);
        string[] from = ["--from", directory.File("start")];

        (await RefusedAsync([.. from, "--normal-only", "--keep-classes"])).ShouldSatisfyAllConditions(e => e.ShouldContain("--normal-only"), e => e.ShouldContain("--keep-classes"));
        (await RefusedAsync([.. from, "--normal-only", "--side-branch"])).ShouldSatisfyAllConditions(e => e.ShouldContain("--normal-only"), e => e.ShouldContain("--side-branch"));
        (await RefusedAsync("--size", "nano", "--memory", "1")).ShouldContain("--memory needs --from");
        (await RefusedAsync("--size", "nano", "--start-share", "0.4")).ShouldContain("--start-share needs --from");
        (await RefusedAsync("--size", "nano", "--reference", "true")).ShouldSatisfyAllConditions(e => e.ShouldContain("--reference"), e => e.ShouldContain("--data"));

        foreach (var option in (string[])["--whole", "--describe"])
        {
            (await RefusedAsync("--size", "nano", "--split-together", option, "synthetic:seed=6,count=16,size=64,textures=cast"))
                .ShouldSatisfyAllConditions(e => e.ShouldContain("--split-together"), e => e.ShouldContain(option));
        }

        async Task<string> RefusedAsync(params string[] more)
        {
            StringWriter error = new();
            (await TrainerCommand.RunAsync([.. brief, .. more, "--out", directory.File("refused")], TextWriter.Null, error)).ShouldBe(2, string.Join(' ', more));
            return error.ToString();
        }
    }

    /// <summary>Crops that are not turned or mirrored make another run; said as they are anyway they do not.</summary>
    [Fact]
    public async Task Train_TurnsAndMirrors_AreOfTheRun()
    {
        using TestDirectory directory = new();
        string[] command =
            ["train", "edge", "--data", "synthetic:seed=5,count=16,size=64,textures=cast", "--size", "nano", "--crop", "64", "--batch", "2", "--steps", "2", "--out", directory.File("out")];
        StringWriter error = new();

        (await TrainerCommand.RunAsync(command, TextWriter.Null, error)).ShouldBe(0, error.ToString());
        (await TrainerCommand.RunAsync([.. command, "--turn", "true", "--mirror", "true"], TextWriter.Null, error)).ShouldBe(0, error.ToString());
        error.ToString().ShouldContain("going on from step 2");

        foreach (var option in (string[])["--turn", "--mirror"])
        {
            StringWriter refusal = new();
            (await TrainerCommand.RunAsync([.. command, option, "false"], TextWriter.Null, refusal)).ShouldBe(1);
            refusal.ToString().ShouldContain("holds a run with other options");
        }
    }

    [Fact]
    public async Task Train_OntoTheModelItStartsFrom_IsRefused()
    {
        using TestDirectory directory = new();
        Directory.CreateDirectory(directory.File("model"));
        Directory.CreateSymbolicLink(directory.File("link"), directory.File("model"));
        foreach (var (from, to) in new[] { ("model", "model/"), ("link", "model"), ("model", "link") })
        {
            StringWriter error = new();

            (await TrainerCommand.RunAsync(["train", "edge", "--data", "synthetic", "--from", directory.File(from), "--out", directory.File(to)], TextWriter.Null, error)).ShouldBe(1);

            error.ToString().ShouldContain("the model's own folder", Case.Sensitive, $"{from}, {to}");
        }
    }

    /// <summary>Stands for a full disk: a file lies where the next checkpoint is to be made.</summary>
    [Fact]
    public async Task Train_CheckpointThatCannotBeWritten_IsNamedAndTheSameCommandGoesOn()
    {
        using TestDirectory directory = new();
        string[] command =
            ["train", "edge", "--data", "synthetic:seed=5,count=16,size=64,textures=cast", "--size", "nano", "--crop", "64", "--batch", "2", "--steps", "2", "--out", directory.File("out")];
        Directory.CreateDirectory(directory.File("out/run"));
        await File.WriteAllTextAsync(directory.File("out/run/partial"), "in the way", TestContext.Current.CancellationToken);
        StringWriter error = new();

        (await TrainerCommand.RunAsync(command, TextWriter.Null, error)).ShouldBe(1);

        error.ToString().Trim().Split('\n')[^1]
            .ShouldSatisfyAllConditions(e => e.ShouldContain("run/partial"), e => e.ShouldContain("give the same command again"));
        File.Delete(directory.File("out/run/partial"));
        (await TrainerCommand.RunAsync(command, TextWriter.Null, error)).ShouldBe(0, error.ToString());
    }

    /// <summary>The folder is a bundle that ONNX Runtime runs as recorded.</summary>
    private static void Meets(ModelBundle bundle, string? digest)
    {
        bundle.Digest.ShouldBe(digest);
        bundle.Manifest.Rows.Count.ShouldBe(bundle.Manifest.Classes.Count);
        bundle.Manifest.TrainedFrom!.SplitId.ShouldStartWith("sha256:");
        bundle.Manifest.Probes.ShouldNotBeNull();
        using var segmenter = SegmenterFactory.Create(bundle, new SegmenterOptions()); // runs the probes
        segmenter.Digest.ShouldBe(digest);
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
        ProcessStartInfo start = new(Path.Combine(AppContext.BaseDirectory, "IMDD.Learning.Trainer"), [.. Options, "--out", directory.File(name)])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["SOURCE_DATE_EPOCH"] = "1767225600";
        start.Environment["XDG_CACHE_HOME"] = directory.File("cache");
        return Process.Start(start)!;
    }

    private static int Checkpoint(string folder) => !Directory.Exists(folder)
        ? 0
        : Directory.EnumerateDirectories(folder, "checkpoint-*").Select(f => int.Parse(f[^9..])).DefaultIfEmpty(0).Max();
}
