using System.Text.Json.Nodes;
using IMDD.Contracts.Events;
using IMDD.Contracts.Models;
using IMDD.Imaging;
using IMDD.Learning.Datasets.Readers;
using IMDD.Learning.Datasets.Splits;
using IMDD.Learning.Onnx.Graph;
using IMDD.Testing;

namespace IMDD.Cli.Tests;

public sealed class EvalCommandTests : IDisposable
{
    private const int Side = 64;
    private const int Pictures = 10;
    private const int Defect = 12;

    private readonly TestDirectory _directory = new();

    public EvalCommandTests()
    {
        foreach (var folder in (string[])["part/test/good", "part/test/dent", "part/ground_truth/dent"])
        {
            Directory.CreateDirectory(_directory.File(folder));
        }

        Random random = new(3);
        for (var i = 0; i < Pictures; i++)
        {
            // Every defect lies elsewhere, else the pictures would be taken for copies of each other.
            var mask = new byte[Side * Side];
            for (var y = 0; y < Defect; y++)
            {
                mask.AsSpan((y + 5 * (i % 5) + 10) * Side + 20 * (i / 5) + 14, Defect).Fill(255);
            }

            File.WriteAllBytes(_directory.File($"part/test/good/{i:D3}.png"), Picture(random, new byte[Side * Side]));
            File.WriteAllBytes(_directory.File($"part/test/dent/{i:D3}.png"), Picture(random, mask));
            File.WriteAllBytes(_directory.File($"part/ground_truth/dent/{i:D3}_mask.png"), ImageEncoder.EncodeGreyPng(mask, Side, Side));
        }
    }

    [Fact]
    public async Task Eval_Contrast_WritesEveryMetricOrItsReason()
    {
        var (exitCode, output, error) = await RunAsync("--bundle", Contrast(), "--html", _directory.File("report.html"), "--json");

        exitCode.ShouldBe(0, error);
        var result = JsonNode.Parse(output.Trim().Split('\n')[^1])!.AsObject();
        var undefined = result["undefined"]!.AsObject();
        foreach (var key in (string[])
            [
                "image_auroc", "image_ap", "image_f1_max", "image_f1_at_val", "image_precision_at_val", "image_recall_at_val", "image_accuracy", "image_kappa",
                "pixel_auroc", "pixel_ap", "pixel_f1_max", "pixel_f1_at_val", "aupro_30", "aupro_5", "pixel_accuracy", "pixel_precision", "pixel_recall",
                "iou_pooled", "iou_macro", "dice_pooled", "dice_macro", "miou", "miou_with_background", "miou_binary", "class_accuracy", "class_accuracy_likeliest", "class_kappa", "pixel_kappa",
                "ap50", "ap75", "ap", "mask_ap50", "mask_ap75", "mask_ap", "ap50_agnostic", "mask_ap50_agnostic", "mean_best_iou", "mask_mean_best_iou",
                "false_alarm_rate_at_full_recall",
            ])
        {
            result.ContainsKey(key).ShouldBeTrue(key);
            (result[key] is null).ShouldBe(undefined.ContainsKey(key), key);
        }

        ((double)result["image_auroc"]!).ShouldBe(1);
        result["intervals_95"]!["false_alarm_rate_at_full_recall"]!.AsArray().Count.ShouldBe(2);
        undefined["miou"]!.GetValue<string>().ShouldContain("none of the data set's classes");
        File.ReadAllText(_directory.File("report.html")).ShouldContain("data:image/jpeg");
    }

    [Fact]
    public async Task Eval_BundleOfAnotherSplit_IsRefusedUnlessAllowed()
    {
        var bundle = TrainedBy("sha256:" + new string('0', 64));

        var (refused, _, error) = await RunAsync("--bundle", bundle, "--json");
        var (allowed, output, _) = await RunAsync("--bundle", bundle, "--json", "--allow-other-split");

        refused.ShouldBe(1);
        error.ShouldContain("--allow-other-split");
        allowed.ShouldBe(0);
        output.ShouldContain("image_auroc");
    }

    /// <summary>Where nothing was held out no side tells how well the model does on what it has not seen, also not the test side.</summary>
    [Theory]
    [InlineData("test")]
    [InlineData("train")]
    [InlineData("all")]
    public async Task Eval_BundleThatLearnedTheDataAsAWhole_IsRefusedUnlessAllowed(string side)
    {
        var bundle = TrainedBy($"sha256:{new string('0', 64)} {LearnedSplits.Whole(SplitId())}");

        var (refused, _, error) = await RunAsync("--bundle", bundle, "--json", "--split", side);
        var (allowed, output, note) = await RunAsync("--bundle", bundle, "--json", "--split", side, "--allow-other-split");

        refused.ShouldBe(1);
        error.ShouldContain("as a whole");
        error.ShouldContain("--allow-other-split");
        allowed.ShouldBe(0, note);
        note.ShouldContain("trained on all of this data set");
        output.ShouldContain("image_auroc");
    }

    [Fact]
    public async Task Eval_BundleOfThisSplit_IsMeasuredAndItsTrainingSideIsNoted()
    {
        var bundle = TrainedBy(SplitId());

        var (test, _, testError) = await RunAsync("--bundle", bundle, "--json");
        var (train, _, trainError) = await RunAsync("--bundle", bundle, "--json", "--split", "train");

        (test, train).ShouldBe((0, 0), testError + trainError);
        testError.ShouldNotContain("was trained on");
        trainError.ShouldContain("was trained on");
    }

    [Fact]
    public async Task Eval_InTiles_MeasuresWhatTheAgentWouldSee()
    {
        var (exitCode, output, error) = await RunAsync("--bundle", Contrast(), "--tile", "32x32", "--tile-overlap", "0", "--no-validation", "--json");

        exitCode.ShouldBe(0, error);
        var result = JsonNode.Parse(output.Trim().Split('\n')[^1])!;
        ((int)result["images"]!).ShouldBeGreaterThan(0);
        ((int)result["files_not_measured"]!).ShouldBe(0);
        ((double)result["image_auroc"]!).ShouldBeGreaterThan(0.9);
    }

    [Theory]
    [InlineData("--tile", "32", "--tile is '32'")]
    [InlineData("--tile", "0x32", "--tile is '0x32'")]
    [InlineData("--tile-overlap", "17", "expected 0 to 16")]
    [InlineData("--tile-overlap", "-1", "expected 0 to 16")]
    public async Task Eval_TilesThatCannotBe_AreNamed(string option, string value, string expected)
    {
        string[] size = option == "--tile" ? [] : ["--tile", "32x40"];

        var (exitCode, _, error) = await RunAsync(["--bundle", Contrast(), .. size, option, value]);

        exitCode.ShouldBe(2);
        error.ShouldContain(expected);
    }

    [Fact]
    public async Task Eval_OutsideExport_IsMeasuredLikeABundle()
    {
        // An anomalib export's signature; the anomaly map is the picture's brightness, as bright as the defects are.
        OnnxGraphBuilder graph = new("anomalib");
        var map = graph.ReduceMean(graph.Input("input", OnnxElementType.Float, [1, 3, Side, Side]), 1);
        graph.Output("pred_score", graph.Squeeze(graph.ReduceMax(map, 1, 2, 3), 1, 2, 3));
        graph.Output("anomaly_map", map);
        graph.Output("pred_mask", graph.Node("Greater", [map, graph.Scalar(0.5f)], OnnxElementType.Bool, map.Shape));
        File.WriteAllBytes(_directory.File("model.onnx"), graph.Build("tests", "1", ""));

        var (exitCode, output, error) = await RunAsync("--model", _directory.File("model.onnx"), "--format", "efficientad", "--html", _directory.File("r.html"), "--json");

        exitCode.ShouldBe(0, error);
        var result = JsonNode.Parse(output.Trim().Split('\n')[^1])!;
        ((string)result["model"]!).ShouldContain("anomalib 2");
        ((double)result["image_auroc"]!).ShouldBe(1);
        ((double)result["iou_pooled"]!).ShouldBe(1);
        ((double)result["mask_ap_agnostic"]!).ShouldBe(1, 1e-9);
        ((double)result["image_f1"]!).ShouldBe(1);
    }

    [Fact]
    public async Task Eval_UnknownExport_SaysWhatWasExpected()
    {
        var (exitCode, _, error) = await RunAsync("--model", Path.Combine(Contrast(), "model.onnx"), "--format", "auto");

        exitCode.ShouldBe(1);
        error.ShouldContain("expected");
        error.ShouldContain("'image'");
    }

    [Fact]
    public async Task Eval_NeitherBundleNorModel_SaysWhatIsNeeded()
    {
        var (exitCode, _, error) = await RunAsync();

        exitCode.ShouldBe(2);
        error.ShouldContain("--model");
    }

    [Fact]
    public async Task EvalFeatures_MissingHalf_NamesIt()
    {
        var (exitCode, _, error) = await ImddAsync("eval", "features", "--real", "r.npy");

        exitCode.ShouldBe(1);
        error.ShouldContain("--generated");
    }

    [Fact]
    public async Task BenchMetrics_SmallMaps_WritesItsFigures()
    {
        var (exitCode, output, error) = await ImddAsync("bench", "metrics", "--maps", "4", "--side", "64", "--json");

        exitCode.ShouldBe(0, error);
        var result = JsonNode.Parse(output)!;
        ((double)result["pixel_auroc"]!).ShouldBeInRange(0.5, 1);
        ((double)result["aupro_30"]!).ShouldBeInRange(0, 1);
        result["missed"]!.AsArray().ShouldBeEmpty();
    }

    [Fact]
    public async Task BenchData_SmallPictures_SaysWhatLimits()
    {
        var (exitCode, output, error) = await ImddAsync("bench", "data", "--data", "mvtec:" + _directory.Path, "--rounds", "1", "--json");

        exitCode.ShouldBe(0, error);
        var result = JsonNode.Parse(output)!;
        ((int)result["pictures"]!).ShouldBe(2 * Pictures);
        ((double)result["read_over_library"]!).ShouldBeGreaterThan(0);
        ((string)result["read_limit"]!).ShouldBeOneOf("disk", "decoder");
    }

    public void Dispose() => _directory.Dispose();

    private static string Contrast() => Repository.PathOf("edge", "IMDD.Edge.Agent", "bundles", "contrast");

    private static byte[] Picture(Random random, byte[] mask)
    {
        using RgbImage image = new(Side, Side);
        for (var i = 0; i < Side * Side; i++)
        {
            image.Pixels.Slice(3 * i, 3).Fill((byte)(100 + random.Next(12) + (mask[i] > 0 ? 110 : 0)));
        }

        return ImageEncoder.EncodePng(image);
    }

    private static async Task<(int ExitCode, string Output, string Error)> ImddAsync(params string[] args)
    {
        await using StringWriter output = new();
        await using StringWriter error = new();
        var exitCode = await ImddCommand.RunAsync(args, output, error);
        return (exitCode, output.ToString(), error.ToString());
    }

    private string SplitId()
        => DatasetSplit.Of(new DuplicateGroups(new OpenCvImageDecoder()).Join(DatasetReaders.Read("mvtec:" + _directory.Path).Samples).Samples).Id;

    /// <summary>The contrast bundle with another origin written into its manifest.</summary>
    private string TrainedBy(string splitId)
    {
        var folder = _directory.File("bundle");
        foreach (var file in Directory.GetFiles(Contrast(), "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(folder, Path.GetRelativePath(Contrast(), file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }

        var path = Path.Combine(folder, "manifest.json");
        var manifest = ImddJson.Deserialize<BundleManifest>(File.ReadAllBytes(path));
        File.WriteAllBytes(path, ImddJson.Serialize(manifest with { TrainedFrom = new BundleLineage(SplitId: splitId) }));
        return folder;
    }

    private Task<(int ExitCode, string Output, string Error)> RunAsync(params string[] args)
        => ImddAsync(["eval", "--data", "mvtec:" + _directory.Path, .. args]);
}
