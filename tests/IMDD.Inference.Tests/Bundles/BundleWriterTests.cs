using IMDD.Contracts.Identity;
using IMDD.Contracts.Models;
using IMDD.Imaging;
using IMDD.Inference.Bundles;
using IMDD.Testing;

namespace IMDD.Inference.Tests.Bundles;

public sealed class BundleWriterTests
{
    [Fact]
    public void Write_OverAnOlderBundle_IsListedWholeAndOnlyItself()
    {
        using TestDirectory directory = new();
        Directory.CreateDirectory(directory.File("probes"));
        File.WriteAllText(directory.File("probes/old.png"), "");
        using RgbImage image = new(8, 4);
        BundleWriter writer = new();
        writer.AddModel([1, 2, 3]);
        writer.AddText(new float[] { 1, 0, 0, 0, 1, 0 }, count: 2);
        writer.AddProbe("one", image, image, new ProbeOutputs(2, new float[8], new float[1], new float[5]) { SureClass = new float[8] });
        writer.Add("model.json", [4], "application/json");

        var digest = writer.Write(directory.Path, contents => Manifest(contents));

        var bundle = ModelBundle.Open(directory.Path);
        bundle.Digest.ShouldBe(digest);
        bundle.Text.Shape.ShouldBe([2, 3]);
        bundle.Manifest.Files.Select(file => file.Path).ShouldBe(
            ["model.json", "model.onnx", "probes/index.json", "probes/one.png", "probes/one.reference.png", "probes/one.safetensors", "text.safetensors"]);
        bundle.Manifest.Probes!.Digest.ShouldBe(ContentDigest.Of(bundle.ReadFile(BundleProbeIndex.Path)));
        Inference.Bundles.SafetensorsFile.Read(bundle.ReadFile("probes/one.safetensors")).Select(t => (t.Key, string.Join('x', t.Value.Shape))).ShouldBe(
            [("defect", "2x4"), ("image_score", "1"), ("embedding", "5"), ("sure_class", "2x4")], ignoreOrder: true);
        writer.Write(directory.File("again"), contents => Manifest(contents)).ShouldBe(digest);
    }

    [Fact]
    public void Write_OverASignedBundle_TakesTheEnvelopeAway()
    {
        using TestDirectory directory = new();
        File.WriteAllText(directory.File(ModelBundle.EnvelopeFile), "of another manifest");
        using RgbImage image = new(8, 4);
        BundleWriter writer = new();
        writer.AddModel([1, 2, 3]);
        writer.AddText(new float[] { 1, 0, 0, 0, 1, 0 }, count: 2);
        writer.AddProbe("one", image, image, new ProbeOutputs(2, new float[8], new float[1], new float[5]));

        writer.Write(directory.Path, contents => Manifest(contents));

        File.Exists(directory.File(ModelBundle.EnvelopeFile)).ShouldBeFalse();
        ModelBundle.Open(directory.Path).SignedBy.ShouldBeNull();
    }

    [Fact]
    public void Add_PathThatIsThere_IsAnError()
    {
        BundleWriter writer = new();
        writer.AddModel([1]);

        Should.Throw<ArgumentException>(() => writer.AddModel([2]));
    }

    private static BundleManifest Manifest(BundleContents contents) => new()
    {
        SchemaVersion = 1,
        ContractVersion = 1,
        Name = "made",
        Version = "1",
        ReleaseCounter = 1,
        CreatedAt = DateTimeOffset.UnixEpoch,
        Files = contents.Files,
        Inputs = [],
        Outputs = [],
        Stride = 1,
        Opset = 17,
        Rows = [new BundleRow("a", "a", "text", 0), new BundleRow("a", "b", "text", 0)],
        Classes = [new BundleClass("a", new Dictionary<string, string>(), Contracts.Events.Severity.Major)],
        PixelThreshold = 0.5,
        Probes = new BundleProbes(contents.ProbesDigest!, 0.01),
    };
}
