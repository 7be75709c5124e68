using IMDD.Imaging;
using IMDD.Inference;
using IMDD.Inference.Bundles;
using IMDD.Learning.Networks;
using IMDD.Learning.Networks.Weights;
using IMDD.Learning.Onnx.Graph;
using IMDD.Learning.Training.Models;
using IMDD.Learning.Weights;
using IMDD.Learning.Weights.Configurations;
using IMDD.Learning.Weights.Files;
using IMDD.Testing;
using static TorchSharp.torch;

namespace IMDD.Learning.Training.Tests;

public sealed class FoundationBundleTests
{
    private const int FewBytes = 1 << 16;

    private static readonly FoundationConfiguration Tiny = FoundationConfiguration.Of("tiny");
    private static readonly TrainedClass[] Classes = [new("scratch", "scratch", [], "major"), new("dent", "dent", [], "minor")];
    private static readonly DateTimeOffset CreatedAt = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Write_TinyModel_IsABundleThatTheAgentRuns(bool half)
    {
        using var scope = NewDisposeScope();
        using TestDirectory directory = new();
        using var network = New();

        var (digest, parity) = FoundationBundle.Write(network, Classes, Texts(), directory.File("bundle"), half, CreatedAt);

        var bundle = ModelBundle.Open(directory.File("bundle"));
        bundle.Digest.ShouldBe(digest);
        parity.LargestError.ShouldBeLessThan(1e-3);
        bundle.Manifest.Files.ShouldNotContain(file => ModelBundle.IsModelData(file.Path));
        Run(bundle);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void WriteFrom_Checkpoint_IsTheBundleOfTheBuiltNetwork(bool half)
    {
        using var scope = NewDisposeScope();
        using TestDirectory directory = new();
        using (var network = New())
        {
            ModuleWeights.Save(network, directory.File("tiny.safetensors"));
            FoundationBundle.Write(network, Classes, Texts(), directory.File("built"), half, CreatedAt, FewBytes);
        }

        using var files = WeightFiles.OpenFile(directory.File("tiny.safetensors"));
        var (_, parity) = FoundationBundle.WriteFrom(Tiny, files, Classes, Texts(), directory.File("streamed"), half, CreatedAt, isCompared: true, maxGraphBytes: FewBytes);

        parity.LargestError.ShouldBeLessThan(1e-3);
        var bundle = ModelBundle.Open(directory.File("streamed"));
        var (streamed, built) = (bundle.Manifest.Files, ModelBundle.Open(directory.File("built")).Manifest.Files);
        streamed.Select(file => file.Path).ShouldContain(ModelBundle.ModelDataFile);

        // Constants that are computed while exporting may differ in their last bit by the order of their sums; weights may not.
        streamed.Single(file => file.Path == ModelBundle.ModelDataFile).ShouldBe(built.Single(file => file.Path == ModelBundle.ModelDataFile));
        Run(bundle);
    }

    [Fact]
    public void WriteFrom_NotCompared_HoldsTheGraphToWhatItGivesAsWritten()
    {
        using var scope = NewDisposeScope();
        using TestDirectory directory = new();
        using (var network = New())
        {
            ModuleWeights.Save(network, directory.File("tiny.safetensors"));
        }

        using var files = WeightFiles.OpenFile(directory.File("tiny.safetensors"));
        FoundationBundle.WriteFrom(Tiny, files, Classes, Texts(), directory.File("bundle"), half: false, CreatedAt, isCompared: false, maxGraphBytes: FewBytes);

        var bundle = ModelBundle.Open(directory.File("bundle"));
        bundle.Manifest.Probes.ShouldNotBeNull();
        Run(bundle);
    }

    [Fact]
    public void WriteFrom_OtherModelsCheckpoint_NamesWhatIsMissing()
    {
        using var scope = NewDisposeScope();
        using TestDirectory directory = new();
        using (var network = New())
        {
            ModuleWeights.Save(network.Unet, directory.File("unet.safetensors"));
        }

        using var files = WeightFiles.OpenFile(directory.File("unet.safetensors"));
        Should.Throw<WeightsException>(() => FoundationBundle.WriteFrom(
                Tiny, files, Classes, Texts(), directory.File("bundle"), half: false, CreatedAt, isCompared: false))
            .Message.ShouldContain("vae.encoder.conv_in.weight");
        Directory.Exists(directory.File("bundle")).ShouldBeFalse();
    }

    /// <summary>As the public pipelines have it; what is read from its file are the types of the weights.</summary>
    [Fact]
    public void Write_In16Bits_AutoencoderStaysIn32()
    {
        using var scope = NewDisposeScope();
        using TestDirectory directory = new();
        using var network = New();
        var inEncoder = network.Vae.named_parameters().Where(p => p.name.StartsWith("encoder.", StringComparison.Ordinal) && p.parameter.Dimensions == 4).Sum(p => p.parameter.numel());

        FoundationBundle.Write(network, Classes, Texts(), directory.File("bundle"), half: true, CreatedAt);

        var constants = OnnxConstants.Read(Path.Combine(directory.File("bundle"), ModelBundle.ModelFile));
        var convolutions = constants.Where(c => c.Name.StartsWith("network/vae/encoder/", StringComparison.Ordinal) && c.Name.EndsWith("/weight", StringComparison.Ordinal) && c.Shape.Count == 4).ToList();
        convolutions.Where(c => c.Type != "F32").Select(c => c.Name).ShouldBeEmpty();
        convolutions.Sum(c => c.Elements).ShouldBeGreaterThan(inEncoder * 4 / 5, "all but the last, which is folded with what follows");
        constants.Count(c => c.Type == "F16").ShouldBeGreaterThan(50);
    }

    [Fact]
    public void WriteFrom_CheckpointOfAnotherConfiguration_NamesTheFields()
    {
        using var scope = NewDisposeScope();
        using TestDirectory directory = new();
        using (var network = New())
        {
            ModuleWeights.Save(
                network,
                directory.File("tiny.safetensors"),
                new Dictionary<string, string>(StringComparer.Ordinal) { [StoredConfiguration.Key] = (Tiny with { FeatureSeed = 7 }).ToJson() });
        }

        using var files = WeightFiles.OpenFile(directory.File("tiny.safetensors"));
        Should.Throw<WeightsException>(() => FoundationBundle.WriteFrom(
                Tiny, files, Classes, Texts(), directory.File("bundle"), half: false, CreatedAt, isCompared: false))
            .Message.ShouldEndWith("feature_seed is 7, expected 42.");
        Directory.Exists(directory.File("bundle")).ShouldBeFalse();
    }

    [Theory]
    [InlineData(ModelBundle.ModelFile)]
    [InlineData(ModelBundle.ModelDataFile)]
    public void Create_FileOfTheModelChangedAfterItWasOpened_IsRefused(string path)
    {
        using var scope = NewDisposeScope();
        using TestDirectory directory = new();
        using (var network = New())
        {
            FoundationBundle.Write(network, Classes, Texts(), directory.File("bundle"), half: false, CreatedAt, FewBytes);
        }

        var bundle = ModelBundle.Open(directory.File("bundle"));
        using (var file = File.OpenWrite(bundle.PathOf(path)))
        {
            file.Position = file.Length - 5;
            file.WriteByte(0x11);
        }

        var fault = Should.Throw<Exception>(() => SegmenterFactory.Create(bundle, new SegmenterOptions { Threads = 1 }));

        // A graph that is damaged may also be one that does not load; weights that are others load, and are found out by their digest alone.
        (fault is ModelBundleException { Fault: BundleFault.Digest } || (path == ModelBundle.ModelFile && fault is SegmenterException)).ShouldBeTrue(fault.Message);
    }

    private static FoundationNetwork New()
    {
        manual_seed(6);
        return new FoundationNetwork(Tiny);
    }

    private static Tensor Texts()
    {
        using Generator generator = new(3);
        return randn([2, 16], generator: generator);
    }

    private static void Run(ModelBundle bundle)
    {
        // Its probes are checked here too: this machine sees what the network saw.
        using var segmenter = SegmenterFactory.Create(bundle, new SegmenterOptions { Threads = 1 });
        using RgbImage image = new(70, 50);
        var result = segmenter.Run([image]).Images[0];
        (result.OutputStride, result.Embedding.Length).ShouldBe((4, 16));
        result.ImageScore.ShouldBeInRange(0, 1);
    }
}
