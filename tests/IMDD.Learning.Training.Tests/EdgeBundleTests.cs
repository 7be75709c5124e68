using System.Text.Json;
using IMDD.Contracts.Events;
using IMDD.Contracts.Models;
using IMDD.Imaging;
using IMDD.Inference;
using IMDD.Inference.Bundles;
using IMDD.Inference.Novelty;
using IMDD.Learning.Networks;
using IMDD.Learning.Onnx.Graph;
using IMDD.Learning.Onnx.Parity;
using IMDD.Learning.Onnx.Quantization;
using IMDD.Learning.Training.Models;
using IMDD.Learning.Training.Pictures;
using IMDD.Testing;

namespace IMDD.Learning.Training.Tests;

public sealed class EdgeBundleTests
{
    private const int Side = 136;
    private static readonly DateTimeOffset CreatedAt = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Write_ThenLoaded_SaysWhatTheNetworkSays(bool usesReference)
    {
        using TestDirectory directory = new();
        using var model = Model(usesReference);

        var digest = EdgeBundle.Write(model, [Picture(1), Picture(2)], directory.Path, CreatedAt);

        var bundle = ModelBundle.Open(directory.Path);
        bundle.Digest.ShouldBe(digest);
        bundle.Manifest.TakesReference().ShouldBe(usesReference);
        bundle.Manifest.Files.Count(f => f.Path.EndsWith(".reference.png", StringComparison.Ordinal)).ShouldBe(usesReference ? 2 : 0);
        ImddJson.Deserialize<BundleProbeIndex>(bundle.ReadFile(BundleProbeIndex.Path)).Probes.ShouldAllBe(probe => probe.Rows == bundle.Manifest.Rows.Count, "names are held, too");

        // Runs the probes, which the network itself recorded, and warms up.
        using var segmenter = SegmenterFactory.Create(bundle, new SegmenterOptions { Threads = 1, MaxBatch = 2, WarmUpSizes = [(64, 64)] });
        using TorchSegmenter network = new(model);
        network.Manifest.TakesReference().ShouldBe(usesReference);
        using var image = Noise(3);
        using var reference = Noise(4);
        IReadOnlyList<RgbImage>? references = usesReference ? [reference] : null;
        var expected = network.Run([image], references).Images[0];

        var result = segmenter.Run([image], references).Images[0];

        Largest(result.Defect, expected.Defect).ShouldBeLessThan(1e-4f);
        result.ImageScore.ShouldBe(expected.ImageScore, 1e-4f);
        if (usesReference)
        {
            Largest(segmenter.Run([image], [image]).Images[0].Defect, expected.Defect).ShouldBeGreaterThan(1e-3f, "the reference is looked at");
            Should.Throw<ArgumentException>(() => network.Run([image])).Message.ShouldContain("0 references");
        }
    }

    [Fact]
    public void AddProbe_CellsWhoseNameIsUnsure_HaveNone()
    {
        using TestDirectory directory = new();
        using RgbImage image = new(2, 2);
        BundleWriter writer = new();
        writer.AddText(new float[] { 1, 0, 1, 0 }, count: 2);
        Dictionary<string, OnnxTensor> outputs = new(StringComparer.Ordinal)
        {
            ["defect"] = OnnxTensor.Of<float>(new float[4], [1, 2, 2]),
            ["class"] = OnnxTensor.Of<int>(new[] { 0, 1, 1, 0 }, [1, 2, 2]),
            ["class_margin"] = OnnxTensor.Of<float>(new[] { 0.9f, 0.21f, 0.19f, 0f }, [1, 2, 2]),
            ["image_score"] = OnnxTensor.Of<float>(new float[1], [1]),
            ["embedding"] = OnnxTensor.Of<float>(new float[3], [1, 3]),
        };

        writer.AddProbe(new OnnxProbe("one", new Dictionary<string, OnnxTensor>(StringComparer.Ordinal), outputs), image, reference: null);
        writer.AddProbe(new OnnxProbe("two", new Dictionary<string, OnnxTensor>(StringComparer.Ordinal), outputs), image, reference: null, withNames: false);

        writer.Write(directory.Path, EmptyManifest);
        ImddJson.Deserialize<BundleProbeIndex>(File.ReadAllBytes(directory.File(BundleProbeIndex.Path))).Probes.Select(probe => probe.Rows).ShouldBe([2, null]);
        Inference.Bundles.SafetensorsFile.Read(File.ReadAllBytes(directory.File("probes/one.safetensors")))["sure_class"].Values.ToArray().ShouldBe([0, 1, -1, -1]);
        Inference.Bundles.SafetensorsFile.Read(File.ReadAllBytes(directory.File("probes/two.safetensors"))).ContainsKey("sure_class").ShouldBeFalse();
    }

    [Fact]
    public void Write_WithADriftReference_SaysWhatNormalPicturesLookLike()
    {
        using TestDirectory directory = new();
        using var model = Model(usesReference: false);
        List<TrainingPicture> pictures = [.. Enumerable.Range(1, 24).Select(Picture)];
        pictures.AddRange(Enumerable.Range(30, 6).Select(n => Picture(n) with { ClassIndices = [0], WholeLabel = true }));

        EdgeBundle.Write(model, pictures, directory.File("with"), CreatedAt, changed: ["dent"], driftSeed: 3);
        EdgeBundle.Write(model, pictures, directory.File("without"), CreatedAt);

        var manifest = ModelBundle.Open(directory.File("with")).Manifest;
        var statistics = manifest.Reference!.Value.Deserialize<BundleReference>(ImddJson.Options)!.Statistics.ShouldNotBeNull();
        CameraStatisticsEvent.Fault(statistics).ShouldBeNull("an agent takes it");
        statistics.Frames.ShouldBe(24, "defective ones are not what a line looks like");
        statistics.Histograms[StatisticName.Brightness].Sum().ShouldBe(24);
        statistics.Embeddings.Count.ShouldBe(24);
        (statistics.Verdicts.Count, statistics.Classes.Count).ShouldBe((0, 0), "how many are defective says nothing of a line");
        manifest.ChangedClasses.ShouldBe(["dent"]);
        var without = ModelBundle.Open(directory.File("without")).Manifest;
        without.Reference!.Value.Deserialize<BundleReference>(ImddJson.Options)!.Statistics.ShouldBeNull();
        without.ChangedClasses.ShouldBeNull();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void WriteInt8_ThenLoaded_SaysNearlyWhatTheNetworkSays(bool usesReference)
    {
        using TestDirectory directory = new();
        using var model = Model(usesReference);
        EdgeBundle.Write(model, [Picture(1)], directory.File("full"), CreatedAt);

        EdgeBundle.WriteInt8(model, [Picture(1), Picture(2), Picture(3)], new Int8Options(), [Picture(1)], directory.File("bytes"), CreatedAt);

        new FileInfo(directory.File("bytes/model.onnx")).Length.ShouldBeLessThan(new FileInfo(directory.File("full/model.onnx")).Length / 2);
        using var segmenter = SegmenterFactory.Create(ModelBundle.Open(directory.File("bytes")), new SegmenterOptions { Threads = 1, MaxBatch = 1 });
        using TorchSegmenter network = new(model);
        using var image = Noise(3);
        IReadOnlyList<RgbImage>? references = usesReference ? [Noise(4)] : null;
        var (result, expected) = (segmenter.Run([image], references).Images[0], network.Run([image], references).Images[0]);
        var differences = result.Defect.ToArray().Zip(expected.Defect.ToArray(), (a, b) => Math.Abs(a - b));
        differences.Average().ShouldBeInRange(1e-7f, 0.02f);
    }

    /// <summary>An agent decides on no frame without its known-good view: such pictures do not say what the network will see.</summary>
    [Fact]
    public void Write_SomePicturesWithoutAReference_IsAsWithoutThem()
    {
        using TestDirectory directory = new();
        using var model = Model(usesReference: true);
        List<TrainingPicture> usual = [.. Enumerable.Range(1, 10).Select(Picture)], lacking = [.. Enumerable.Range(11, 6).Select(n => Picture(n) with { Reference = null })];

        var expected = EdgeBundle.Write(model, usual, directory.File("usual"), CreatedAt);

        EdgeBundle.Write(model, [.. lacking, .. usual], directory.File("both"), CreatedAt).ShouldBe(expected);
        ModelBundle.Open(directory.File("both")).Manifest.Reference.ShouldNotBeNull();
    }

    [Fact]
    public void WriteInt8_CalibrationPicturesWithoutAReference_IsAsWithoutThem()
    {
        using TestDirectory directory = new();
        using var model = Model(usesReference: true);

        var expected = EdgeBundle.WriteInt8(model, [Picture(1), Picture(2)], new Int8Options(), [Picture(1)], directory.File("with"), CreatedAt);

        EdgeBundle.WriteInt8(model, [Picture(1), Picture(2), Picture(3) with { Reference = null }], new Int8Options(), [Picture(1)], directory.File("both"), CreatedAt)
            .ShouldBe(expected);
    }

    /// <summary>As training and validation have it; a picture beside itself would be one without a defect.</summary>
    [Fact]
    public void Write_NoPictureWithAReference_ProbesAreComparedWithBlack()
    {
        using TestDirectory directory = new();
        using var model = Model(usesReference: true);

        EdgeBundle.Write(model, [Picture(1) with { Reference = null }], directory.Path, CreatedAt);

        var bundle = ModelBundle.Open(directory.Path);
        var probe = ImddJson.Deserialize<BundleProbeIndex>(bundle.ReadFile(BundleProbeIndex.Path)).Probes.ShouldHaveSingleItem();
        using var reference = new OpenCvImageDecoder().Decode(bundle.ReadFile(probe.Reference!), new DecodeLimits());
        reference.Pixels.ToArray().ShouldAllBe(value => value == 0);
    }

    [Fact]
    public void Write_OverABundleOfAnotherKind_LeavesNothingOfIt()
    {
        using TestDirectory directory = new();
        using (var comparing = Model(usesReference: true))
        {
            EdgeBundle.Write(comparing, [Picture(1)], directory.Path, CreatedAt);
        }

        using var plain = Model(usesReference: false);
        EdgeBundle.Write(plain, [Picture(1)], directory.Path, CreatedAt);

        SegmenterFactory.Create(ModelBundle.Open(directory.Path), new SegmenterOptions { Threads = 1 }).Dispose();
    }

    [Theory]
    [InlineData(EdgeModel.WeightsFile)]
    [InlineData(EdgeModel.DescriptionFile)]
    public void LoadFrom_AFileChangedSinceTheBundleWasOpened_IsRefusedByName(string file)
    {
        using TestDirectory directory = new();
        using var model = Model(usesReference: false);
        EdgeBundle.Write(model, [Picture(1)], directory.Path, CreatedAt);
        var bundle = ModelBundle.Open(directory.Path);
        using (var loaded = EdgeModel.LoadFrom(bundle))
        {
            loaded.Digest().ShouldBe(model.Digest());
        }

        // Another model's, and whole: only the digest tells.
        using var other = Model(usesReference: false);
        other.Description = other.Description with { Calibration = new EdgeCalibration { PixelThreshold = 0.7, RowThresholds = [0.2, 0.2] } };
        other.Save(directory.File("other"));
        File.Copy(Path.Combine(directory.File("other"), file), directory.File(file), overwrite: true);

        Should.Throw<TrainingException>(() => EdgeModel.LoadFrom(bundle)).Message.ShouldContain($"'{file}' has ");
    }

    [Fact]
    public void Write_PicturesEnough_SaysWhereUsualEmbeddingsLieAndWhatIsUnlikeThem()
    {
        using TestDirectory directory = new();
        using var model = Model(usesReference: false);

        EdgeBundle.Write(model, [.. Enumerable.Range(1, 10).Select(Picture)], directory.Path, CreatedAt);

        var bundle = ModelBundle.Open(directory.Path);
        var scale = NoveltyScale.Of(bundle.Manifest).ShouldNotBeNull();
        using var segmenter = SegmenterFactory.Create(bundle, new SegmenterOptions { Threads = 1 });
        using var usual = Noise(50);
        using RgbImage black = new(Side, Side);
        black.Pixels.Clear();
        var near = scale.Distance(segmenter.Run([usual]).Images[0].Embedding.Span);
        var far = scale.Distance(segmenter.Run([black]).Images[0].Embedding.Span);
        far.ShouldBeGreaterThan(near);
        scale.Share(far).ShouldBeGreaterThan(10 / 11.0);

        EdgeBundle.Write(model, [Picture(1)], directory.Path, CreatedAt, bundle.Manifest.Reference);
        NoveltyScale.Of(ModelBundle.Open(directory.Path).Manifest)!.Share(far).ShouldBe(scale.Share(far), "the statistics of an older bundle are taken over");
    }

    private static float Largest(ReadOnlyMemory<float> left, ReadOnlyMemory<float> right)
        => left.ToArray().Zip(right.ToArray(), (a, b) => Math.Abs(a - b)).Max();

    private static TrainingPicture Picture(int seed)
    {
        using var image = Noise(seed);
        using var reference = Noise(seed + 100);
        return new TrainingPicture
        {
            Id = $"{seed}",
            Dataset = 0,
            Width = Side,
            Height = Side,
            Rgb = image.Pixels.ToArray(),
            Reference = reference.Pixels.ToArray(),
            ClassIndices = [],
        };
    }

    private static RgbImage Noise(int seed)
    {
        RgbImage image = new(Side, Side);
        new Random(seed).NextBytes(image.Pixels);
        return image;
    }

    private static EdgeModel Model(bool usesReference) => new(new EdgeModelDescription(
        new EdgeNetworkOptions { Size = NetworkSize.Nano, UsesReference = usesReference },
        [new TrainedClass("crack", "crack", ["fissure"], "critical"), new TrainedClass("stain", "stain", [], "minor")],
        new EdgeCalibration { PixelThreshold = 0.3, RowThresholds = [0.2, 0.2] },
        new EdgeModelLineage(["made"], ["sha256:0"], 1, 5, null)));

    private static BundleManifest EmptyManifest(BundleContents contents) => new()
    {
        SchemaVersion = BundleManifest.CurrentSchemaVersion,
        ContractVersion = BundleManifest.CurrentContractVersion,
        Name = "made",
        Version = "1",
        ReleaseCounter = 1,
        CreatedAt = CreatedAt,
        Files = contents.Files,
        Inputs = [],
        Outputs = [],
        Stride = 1,
        Opset = 17,
        Rows = [],
        Classes = [],
        PixelThreshold = 0.5,
    };
}
