using System.Text.Json;
using IMDD.Contracts.Events;
using IMDD.Contracts.Models;
using IMDD.Contracts.Training;
using IMDD.Imaging;
using IMDD.Testing;

namespace IMDD.Learning.Trainer.Tests;

/// <summary>A bundle shown the frames of lines.</summary>
public sealed class TrainPredictCommandTests
{
    private static readonly string Bundle = Repository.PathOf("edge", "IMDD.Edge.Agent", "bundles", "contrast");

    [Fact]
    public async Task Predict_MarkedAndPlainFrames_SaysWhatTheBundleWillDo()
    {
        using TestDirectory directory = new();
        await File.WriteAllBytesAsync(directory.File("marked"), Frame(marked: true), TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(directory.File("plain"), Frame(marked: false), TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(directory.File("damaged"), "no picture", TestContext.Current.CancellationToken);
        ReplayLine line = new(
            "acme/ulm/paint/line2", 0.2, 0.3,
            [.. Enumerable.Repeat(new ReplayFrame("marked", true), 40), .. Enumerable.Repeat(new ReplayFrame("plain", false), 40), new ReplayFrame("damaged", true)]);
        await File.WriteAllBytesAsync(directory.File("plan.json"), ImddJson.Serialize(new ReplayPlan([line, line with { Line = "acme/ulm/paint/line3", Frames = [] }])), TestContext.Current.CancellationToken);

        var (code, output, _) = await RunAsync("--plan", directory.File("plan.json"));

        code.ShouldBe(0);
        var lines = JsonSerializer.Deserialize<JsonElement>(output.TrimEnd().Split('\n')[^1]).GetProperty("lines").Deserialize<Dictionary<string, LinePrediction>>(ImddJson.Options)!;
        var (name, predicted) = lines.ShouldHaveSingleItem();
        name.ShouldBe("acme/ulm/paint/line2");
        predicted.Frames.ShouldBe(80, "what is no picture is no frame");
        predicted.AnyFailRate![0].ShouldBeInRange(0.15, 0.2);
        predicted.AnyFailRate[1].ShouldBeInRange(0.3, 0.4);
        predicted.FailRate["anomaly"].ShouldBe(predicted.AnyFailRate);
    }

    [Fact]
    public async Task Predict_ByTheRecipeOfTheLine_SaysWhatTheBundleWillDoUnderIt()
    {
        using TestDirectory directory = new();
        await File.WriteAllBytesAsync(directory.File("marked"), Frame(marked: true), TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(directory.File("plain"), Frame(marked: false), TestContext.Current.CancellationToken);
        ReplayLine Line(string name, Recipe? recipe, string file = "marked") => new($"a/b/c/{name}", 1, 1, [.. Enumerable.Repeat(new ReplayFrame(file, true), 200)], recipe);
        Recipe recipe = new() { Id = "own@1" };
        Recipe large = recipe with { MinAreaPx = 400 }, tolerant = recipe with { Classes = new Dictionary<string, RecipeClassRule> { ["anomaly"] = new() { Tolerated = true } } };
        Recipe elsewhere = recipe with { IgnoreAreas = [[20, 20, 40, 20, 40, 40, 20, 40]] }, unsure = recipe with { ImageThreshold = 1, UndecidedMargin = 1 };
        await File.WriteAllBytesAsync(
            directory.File("plan.json"),
            ImddJson.Serialize(new ReplayPlan([Line("own", recipe), Line("large", large), Line("tolerant", tolerant), Line("elsewhere", elsewhere), Line("unsure", unsure, "plain"), Line("none", null)])),
            TestContext.Current.CancellationToken);

        var (code, output, _) = await RunAsync("--plan", directory.File("plan.json"));

        code.ShouldBe(0);
        var lines = JsonSerializer.Deserialize<JsonElement>(output.TrimEnd().Split('\n')[^1]).GetProperty("lines").Deserialize<Dictionary<string, LinePrediction>>(ImddJson.Options)!;
        lines.Where(l => l.Value.AnyFailRate![0] > 0.9).Select(l => l.Key).ShouldBe(["a/b/c/none", "a/b/c/own"], ignoreOrder: true);
        lines.Where(l => l.Value.UndecidedRate![0] > 0.9).Select(l => l.Key).ShouldBe(["a/b/c/unsure"]);
        lines["a/b/c/tolerant"].AnyFailRate![1].ShouldBeLessThan(0.05);
        lines["a/b/c/none"].RecipeDigest.ShouldBeNull();
        lines["a/b/c/large"].RecipeDigest.ShouldBe(RecipeDigest.Of(large));
    }

    [Fact]
    public async Task Predict_RecipeThatBreaksARule_IsNamed()
    {
        using TestDirectory directory = new();
        ReplayLine line = new("a/b/c/d", 0, 1, [], new Recipe { Id = "own@1", MinAreaPx = 0 });
        await File.WriteAllBytesAsync(directory.File("plan.json"), ImddJson.Serialize(new ReplayPlan([line])), TestContext.Current.CancellationToken);

        var (code, _, error) = await RunAsync("--plan", directory.File("plan.json"));

        code.ShouldNotBe(0);
        error.ShouldContain("MinAreaPx: must be at least 1");
    }

    [Fact]
    public async Task Predict_PlanThatIsNone_IsNamed()
    {
        using TestDirectory directory = new();
        await File.WriteAllTextAsync(directory.File("plan.json"), "{\"lines\":3}", TestContext.Current.CancellationToken);

        var (code, _, error) = await RunAsync("--plan", directory.File("plan.json"));

        code.ShouldNotBe(0);
        error.ShouldContain("plan.json is no plan");
    }

    private static async Task<(int Code, string Output, string Error)> RunAsync(params string[] arguments)
    {
        StringWriter output = new(), error = new();
        var code = await TrainerCommand.RunAsync(["train", "predict", "--bundle", Bundle, "--json", .. arguments], output, error);
        return (code, output.ToString(), error.ToString());
    }

    private static byte[] Frame(bool marked)
    {
        using RgbImage image = new(64, 64);
        image.Pixels.Fill(120);
        for (var y = 24; marked && y < 32; y++)
        {
            image.Pixels.Slice(3 * ((y * 64) + 24), 3 * 8).Fill(220);
        }

        return ImageEncoder.EncodePng(image);
    }
}
