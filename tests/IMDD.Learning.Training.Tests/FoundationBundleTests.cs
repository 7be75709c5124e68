using IMDD.Imaging;
using IMDD.Inference;
using IMDD.Inference.Bundles;
using IMDD.Learning.Networks;
using IMDD.Learning.Training.Models;
using IMDD.Learning.Weights.Configurations;
using IMDD.Testing;
using static TorchSharp.torch;

namespace IMDD.Learning.Training.Tests;

public sealed class FoundationBundleTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Write_TinyModel_IsABundleThatTheAgentRuns(bool half)
    {
        using var scope = NewDisposeScope();
        using TestDirectory directory = new();
        manual_seed(6);
        using FoundationNetwork network = new(FoundationConfiguration.Of("tiny"));
        TrainedClass[] classes = [new("scratch", "scratch", [], "major"), new("dent", "dent", [], "minor")];
        using Generator generator = new(3);

        var (digest, _) = FoundationBundle.Write(network, classes, randn([2, 16], generator: generator), directory.File("bundle"), half, new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));

        var bundle = ModelBundle.Open(directory.File("bundle"));
        bundle.Digest.ShouldBe(digest);

        // Its probes are checked here too: this machine sees what the network saw.
        using var segmenter = SegmenterFactory.Create(bundle, new SegmenterOptions { Threads = 1 });
        using RgbImage image = new(70, 50);
        var result = segmenter.Run([image]).Images[0];
        (result.OutputStride, result.Embedding.Length).ShouldBe((4, 16));
        result.ImageScore.ShouldBeInRange(0, 1);
    }
}
