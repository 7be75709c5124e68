using System.Text.Json;
using IMDD.Contracts.Identity;
using IMDD.Imaging;
using IMDD.Learning.Datasets.Readers;
using IMDD.Learning.Datasets.Splits;
using IMDD.Testing;

namespace IMDD.Learning.Trainer.Tests;

/// <summary>Fine-tuning beside a gate set, and the gate itself, over real bundles.</summary>
public sealed class TrainGateCommandTests
{
    private const string Data = "synthetic:seed=41,count=24,size=96,textures=cast,kinds=scratch+dent";
    private const string Other = "synthetic:seed=91,count=16,size=96,textures=cast,kinds=crack";
    private static readonly string[] Brief = ["--crop", "64", "--batch", "2", "--steps", "4", "--json"];

    [Fact]
    public async Task Gate_TunedModels_AgainstItselfPassesAndClassesAreKept()
    {
        using TestDirectory directory = new();
        await RunAsync(0, ["train", "edge", "--data", Data, "--size", "nano", "--out", directory.File("champion"), .. Brief]);
        var tuned = await RunAsync(
            0, ["train", "edge", "--whole", Other, "--from", directory.File("champion"), "--keep-classes", "--out", directory.File("challenger"), .. Brief]);

        var itself = await RunAsync(0, Gate(directory, "champion", "champion", "--whole", Other, "--seed", "5"));
        var both = await RunAsync(0, Gate(directory, "champion", "challenger", "--whole", Other));

        tuned.GetProperty("size").GetString().ShouldBe("nano", "the network is that of the start");
        tuned.GetProperty("classes").EnumerateArray().Select(c => c.GetString()).ShouldBe(["crack", "dent", "scratch"], ignoreOrder: true);
        tuned.GetProperty("train_pictures").GetInt32().ShouldBeGreaterThan(10, "there is no test side");
        itself.GetProperty("passed").GetBoolean().ShouldBeTrue();
        itself.GetProperty("seed").GetInt32().ShouldBe(5);
        itself.GetProperty("gates").EnumerateArray().ShouldAllBe(g => g.GetProperty("detail").GetString()!.Contains("difference 0.0 points", StringComparison.Ordinal));
        itself.GetProperty("pictures").GetInt32().ShouldBe(TestSide(Data) + 16, "one side of the one, all of the other");
        both.GetProperty("new_classes").EnumerateArray().ShouldHaveSingleItem().GetProperty("class").GetString().ShouldBe("crack");
    }

    [Fact]
    public async Task Train_SideBranch_IsAddedForANewClassOnly()
    {
        using TestDirectory directory = new();
        await RunAsync(0, ["train", "edge", "--data", Data, "--size", "nano", "--out", directory.File("champion"), .. Brief]);
        string[] beside = ["train", "edge", "--from", directory.File("champion"), "--side-branch", .. Brief];
        StringWriter error = new();

        await RunAsync(0, [.. beside, "--data", Data, "--whole", Other, "--out", directory.File("new")]);
        var shown = await RunAsync(0, [.. beside, "--whole", Other, "--out", directory.File("shown")]);
        var none = await TrainerCommand.RunAsync([.. beside, "--data", Data, "--out", directory.File("none")], TextWriter.Null, error);
        var alone = await TrainerCommand.RunAsync(["train", "edge", "--data", Data, "--side-branch", "--out", directory.File("alone"), .. Brief], TextWriter.Null, error);

        Branches("new").ShouldBe(1);
        Branches("shown").ShouldBe(1);
        shown.GetProperty("classes").EnumerateArray().Select(c => c.GetString()).ShouldBe(["crack", "dent", "scratch"], "the data show the new one alone");
        (none, Branches("none")).ShouldBe((0, 0));
        error.ToString().ShouldContain("not beside the network: the data show no class that it cannot name");
        alone.ShouldNotBe(0);
        error.ToString().ShouldContain("--side-branch needs --from");

        int Branches(string model)
        {
            using var description = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(directory.File(model), "model.json")));
            return description.RootElement.GetProperty("network").TryGetProperty("sideBranches", out var count) ? count.GetInt32() : 0;
        }
    }

    [Fact]
    public async Task Train_PictureOfTheGateSet_IsRefused()
    {
        using TestDirectory directory = new();
        var digests = DatasetReaders.Read(Data).Samples.Select(s => ContentDigest.Of(File.ReadAllBytes(s.ImagePath))).ToList();
        File.WriteAllLines(directory.File("gate"), [digests[7]]);
        File.WriteAllLines(directory.File("none"), [ContentDigest.Of("other"u8), ""]);
        File.WriteAllLines(directory.File("broken"), ["sha256:7"]);
        StringWriter error = new();

        var refused = await TrainerCommand.RunAsync(
            ["train", "edge", "--whole", Data, "--exclude", directory.File("gate"), "--out", directory.File("a"), .. Brief], TextWriter.Null, error);
        var broken = await TrainerCommand.RunAsync(
            ["train", "edge", "--whole", Data, "--exclude", directory.File("broken"), "--out", directory.File("b"), .. Brief], TextWriter.Null, error);

        refused.ShouldBe(1);
        broken.ShouldBe(1);
        error.ToString().ShouldContain(digests[7]);
        error.ToString().ShouldContain("line 1");
        Directory.Exists(directory.File("a")).ShouldBeFalse();
        await RunAsync(0, ["train", "edge", "--whole", Data, "--exclude", directory.File("none"), "--size", "nano", "--out", directory.File("c"), .. Brief]);
    }

    private static int TestSide(string data)
    {
        var (dataset, split) = new DatasetDivider(new OpenCvImageDecoder()).Read([data], DivisionRule.Default)[0];
        return split.Take(dataset.Samples, SplitName.Test).Count;
    }

    private static string[] Gate(TestDirectory directory, string champion, string challenger, params string[] more)
        => ["train", "gate", "--champion", directory.File(champion), "--challenger", directory.File(challenger), "--data", Data, "--resamples", "200", "--json", .. more];

    private static async Task<JsonElement> RunAsync(int expected, string[] arguments)
    {
        StringWriter output = new();
        StringWriter error = new();
        (await TrainerCommand.RunAsync(arguments, output, error)).ShouldBe(expected, error.ToString());
        return JsonDocument.Parse(output.ToString().Trim().Split('\n')[^1]).RootElement;
    }
}
