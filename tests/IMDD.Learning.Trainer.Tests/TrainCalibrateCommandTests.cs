using System.Text.Json;
using IMDD.Inference;
using IMDD.Inference.Bundles;
using IMDD.Testing;

namespace IMDD.Learning.Trainer.Tests;

public sealed class TrainCalibrateCommandTests
{
    private const string Data = "synthetic:seed=41,count=160,size=96,textures=cast,kinds=dent+blowhole";
    private const string Others = "synthetic:seed=77,count=160,size=96,textures=cast,kinds=dent+blowhole";

    [Fact]
    public async Task Calibrate_OwnDataAndOthers_SameDecisionsThenOthersAlwaysTheSameWeights()
    {
        using TestDirectory directory = new();
        using var trained = await RunAsync(
            ["train", "edge", "--data", Data, "--size", "nano", "--crop", "64", "--batch", "4", "--steps", "80", "--out", directory.File("model"), "--json"]);

        using var same = await RunAsync(["train", "calibrate", "--model", directory.File("model"), "--data", Data, "--out", directory.File("same"), "--json"]);
        using var other = await RunAsync(["train", "calibrate", "--model", directory.File("model"), "--data", Others, "--out", directory.File("other"), "--json"]);

        foreach (var result in (JsonDocument[])[same, other])
        {
            result.RootElement.GetProperty("digest").GetString().ShouldBe(trained.RootElement.GetProperty("digest").GetString());
        }

        var (before, after, moved) = (ModelBundle.Open(directory.File("model")).Manifest, ModelBundle.Open(directory.File("same")).Manifest, ModelBundle.Open(directory.File("other")).Manifest);
        after.PixelThreshold.ShouldBe(before.PixelThreshold);
        after.ImageThreshold!.Value.ShouldBe(before.ImageThreshold!.Value, 1e-4);
        after.RegionConfidence.ShouldBe(before.RegionConfidence);
        after.Reference!.Value.GetRawText().ShouldBe(before.Reference!.Value.GetRawText());
        after.Metrics!["validation_pixel_ap"].ShouldBe(before.Metrics!["validation_pixel_ap"], 1e-6);
        moved.Metrics!["validation_pixel_ap"].ShouldNotBe(before.Metrics["validation_pixel_ap"], "others are others");
        other.RootElement.GetProperty("image_threshold").GetProperty("before").GetDouble().ShouldBe(before.ImageThreshold.Value);
        other.RootElement.GetProperty("image_threshold").GetProperty("after").GetDouble().ShouldBe(moved.ImageThreshold!.Value);
        using var segmenter = SegmenterFactory.Create(ModelBundle.Open(directory.File("other")), new SegmenterOptions { Threads = 1, MaxBatch = 1 });
        segmenter.Digest.ShouldBe(other.RootElement.GetProperty("bundle_digest").GetString());
    }

    [Fact]
    public async Task Calibrate_OntoTheModelItself_IsRefused()
    {
        using TestDirectory directory = new();
        StringWriter error = new();

        (await TrainerCommand.RunAsync(["train", "calibrate", "--model", directory.Path, "--data", Data, "--out", directory.Path], TextWriter.Null, error)).ShouldBe(1);

        error.ToString().ShouldContain("the model's own folder");
    }

    [Fact]
    public async Task Calibrate_OnKindsThatItCannotName_SaysWhich()
    {
        using TestDirectory directory = new();
        StringWriter error = new();
        var shipped = Repository.PathOf("edge", "IMDD.Edge.Agent", "bundles", "surfaces");

        (await TrainerCommand.RunAsync(
            ["train", "calibrate", "--model", shipped, "--data", "synthetic:seed=3,count=40,size=96,kinds=peeling", "--out", directory.File("new")], TextWriter.Null, error)).ShouldBe(1);

        error.ToString().ShouldContain("peeling");
        Directory.Exists(directory.File("new")).ShouldBeFalse();
    }

    private static async Task<JsonDocument> RunAsync(string[] arguments)
    {
        StringWriter output = new(), error = new();
        (await TrainerCommand.RunAsync(arguments, output, error)).ShouldBe(0, error.ToString());
        return JsonDocument.Parse(output.ToString());
    }
}
