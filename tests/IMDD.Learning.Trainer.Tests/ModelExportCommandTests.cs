using System.Text.Json;
using IMDD.Cli;
using IMDD.Imaging;
using IMDD.Inference;
using IMDD.Inference.Bundles;
using IMDD.Learning.Networks;
using IMDD.Learning.Networks.Clip;
using IMDD.Learning.Networks.Weights;
using IMDD.Learning.Weights.Configurations;
using IMDD.Learning.Weights.Files;
using IMDD.Testing;
using static TorchSharp.torch;

namespace IMDD.Learning.Trainer.Tests;

public sealed class ModelExportCommandTests : IDisposable
{
    private readonly TestDirectory _directory = new();
    private readonly FoundationNetwork _network;

    public ModelExportCommandTests()
    {
        ClipTokens.Write(_directory.Path);
        manual_seed(6);
        var tiny = FoundationConfiguration.Of("tiny");
        _network = new FoundationNetwork(tiny);
        ModuleWeights.Save(
            _network, _directory.File("tiny.safetensors"), new Dictionary<string, string>(StringComparer.Ordinal) { [StoredConfiguration.Key] = tiny.ToJson() });
    }

    public void Dispose()
    {
        _network.Dispose();
        _directory.Dispose();
    }

    [Theory]
    [InlineData]
    [InlineData("--compare")]
    [InlineData("--compare", "--fp16")]
    public async Task Export_Checkpoint_IsABundleThatTheAgentLoadsAndInspectKnows(params string[] more)
    {
        var (code, output, error) = await Run([.. more, "--json"]);

        code.ShouldBe(0, error);
        error.ShouldBeEmpty();
        var result = JsonDocument.Parse(output).RootElement;
        result.GetProperty("classes").EnumerateArray().Select(name => name.GetString()).ShouldBe(["scratch", "violet veil"]);
        result.GetProperty("parity_error").GetDouble().ShouldBeLessThan(more.Contains("--fp16") ? 0.01 : 1e-3, "16 bits keep three digits, which the layers lose more of");
        result.GetProperty("compared").GetBoolean().ShouldBe(more.Contains("--compare"));
        var bundle = ModelBundle.Open(_directory.File("bundle"));
        bundle.Digest.ShouldBe(result.GetProperty("bundle_digest").GetString());
        bundle.Manifest.Name.ShouldBe(more.Contains("--fp16") ? "foundation-tiny-fp16" : "foundation-tiny");
        bundle.Manifest.Classes.Select(named => named.Id).ShouldBe(["scratch", "violet veil"]);

        using var segmenter = SegmenterFactory.Create(bundle, new SegmenterOptions { Threads = 1 }); // runs the probe
        using RgbImage image = new(70, 50);
        new Random(1).NextBytes(image.Pixels);
        segmenter.Run([image]).Images[0].ImageScore.ShouldBeInRange(0, 1);

        StringWriter inspected = new();
        (await ImddCommand.RunAsync(["model", "inspect", _directory.File("bundle")], inspected, TextWriter.Null)).ShouldBe(0);
        inspected.ToString().ShouldContain($"bundle {bundle.Manifest.Name} 1.0.0");
    }

    /// <summary>The rows have what CLIP needs behind the naming head's, and the vision tower's weights are in the bundle once.</summary>
    [Theory]
    [InlineData]
    [InlineData("--compare")]
    [InlineData("--compare", "--fp16")]
    public async Task Export_WithClip_IsABundleThatNamesWithIt(params string[] more)
    {
        (await Run([.. more, "--out", _directory.File("alone")])).Code.ShouldBe(0);

        var (code, output, error) = await Run([.. more, "--clip-ensemble", "--clip-novel", "0.4", "--json"]);

        code.ShouldBe(0, error);
        var result = JsonDocument.Parse(output).RootElement;
        result.GetProperty("parity_error").GetDouble().ShouldBeLessThan(more.Contains("--fp16") ? 0.1 : 1e-3);
        (result.GetProperty("clip_seen").GetDouble(), result.GetProperty("clip_novel").GetDouble()).ShouldBe((0.3, 0.4));
        var (bundle, alone) = (ModelBundle.Open(_directory.File("bundle")), ModelBundle.Open(_directory.File("alone")));
        bundle.Text.Shape.ShouldBe([5, 33]);
        bundle.Manifest.Inputs.Single(input => input.Name == "text").Shape.ShouldBe(["K", "33"]);
        bundle.Text.Values.ToArray().Where((_, index) => index % 33 == 32).ShouldAllBe(share => Math.Abs(share - (0.4 / Math.Sqrt(2 + (0.4 * 0.4)))) < 1e-5);
        var (graph, without) = (SizeOf(bundle), SizeOf(alone));
        graph.ShouldBeLessThan(without + 30_000, "a second vision tower has 96,000 bytes, in 16 bits half of that");

        using var scores = SegmenterFactory.Create(bundle, new SegmenterOptions { Threads = 1 }); // runs the probe
        using var plain = SegmenterFactory.Create(alone, new SegmenterOptions { Threads = 1 });
        using RgbImage image = new(70, 50);
        new Random(1).NextBytes(image.Pixels);
        var (named, other) = (scores.Run([image]).Images[0], plain.Run([image]).Images[0]);
        named.ClassScore.ToArray().Zip(other.ClassScore.ToArray(), (one, two) => Math.Abs(one - two)).Max().ShouldBeGreaterThan(0.01f);
        named.ImageScore.ShouldBe(other.ImageScore, more.Contains("--fp16") ? 0.05f : 1e-3f);

        static long SizeOf(ModelBundle bundle) => bundle.Manifest.Files.Single(file => file.Path == ModelBundle.ModelFile).SizeBytes;
    }

    [Fact]
    public async Task Export_ClassOfTheVocabulary_HasARowOfEachName()
    {
        (await Run([])).Code.ShouldBe(0);

        var bundle = ModelBundle.Open(_directory.File("bundle"));
        var names = bundle.Manifest.Rows.Select(row => row.Text).ToList();
        names.ShouldBe(["scratch", "score mark", "scored line", "scratch mark", "violet veil"]);
        bundle.Manifest.Rows.Take(4).ShouldAllBe(row => row.ClassId == "scratch");

        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        var tokenizer = ClipTokenizer.Open(_directory.Path);
        var ids = tensor(names.SelectMany(name => tokenizer.Encode($"a photo of a {name}.", 77)).ToArray(), [names.Count, 77]);
        var expected = _network.Vocabulary.Rows(_network.Clip.EmbedText(ids));
        var written = tensor(bundle.Text.Values.ToArray(), expected.shape);
        (written - expected).abs().max().item<float>().ShouldBeLessThan(1e-5f);
    }

    [Fact]
    public async Task Export_WhatCannotBe_IsSaidInOneLineAndNothingIsWritten()
    {
        await Refused("normal' is no defect", "--class", "normal");
        await Refused("' ' is no defect", "--class", " ");
        await Refused("tiny.safetensors: its weights belong to another configuration, 'tiny', than 'base'", "--config", "base");
        await Refused("vocab.json", "--tokenizer", "/nowhere");
        (await Run(["--clip-ensemble", "--clip-seen", "-0.1"])).ShouldSatisfyAllConditions(
            refused => refused.Code.ShouldBe(2), refused => refused.Error.ShouldContain("--clip-seen is -0.1: expected 0 to 1."));
        await Refused("gone.safetensors: no such file", "--model", _directory.File("gone.safetensors"));
        await Refused("where something is already: expected a new or empty folder", "--out", _directory.Path);
        Directory.Exists(_directory.File("bundle")).ShouldBeFalse();
    }

    private async Task Refused(string expected, params string[] options)
    {
        var (code, _, error) = await Run(options);
        code.ShouldBe(1, error);
        error.Trim().Split('\n').ShouldHaveSingleItem().ShouldContain(expected);
    }

    /// <summary>Two classes, one of them said twice, unless <paramref name="more"/> says otherwise.</summary>
    private async Task<(int Code, string Output, string Error)> Run(string[] more)
    {
        List<string> arguments = ["model", "export", "--threads", "1", .. more];
        foreach (string[] option in new string[][]
        {
            ["--model", _directory.File("tiny.safetensors")], ["--config", "tiny"], ["--tokenizer", _directory.Path], ["--out", _directory.File("bundle")],
            ["--class", "scratch", "Scratch", "violet veil"],
        })
        {
            arguments.AddRange(more.Contains(option[0]) ? [] : option);
        }

        using StringWriter output = new();
        using StringWriter error = new();
        return (await TrainerCommand.RunAsync([.. arguments], output, error), output.ToString(), error.ToString());
    }
}
