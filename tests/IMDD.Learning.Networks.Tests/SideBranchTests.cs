using IMDD.Learning.Onnx.Parity;
using IMDD.Learning.Onnx.Torch;
using TorchSharp;

namespace IMDD.Learning.Networks.Tests;

/// <summary>Branches of classes that were learned later: they add to a network, and change nothing where they claim nothing.</summary>
public sealed class SideBranchTests
{
    private static readonly EdgeNetworkOptions Plain = new() { Size = NetworkSize.Nano };

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    public void Forward_BranchesThatClaimNothing_ChangeNothing(int outputStride)
    {
        using var scope = torch.NewDisposeScope();
        using var without = Network(Plain with { OutputStride = outputStride });
        using var with = Network(Plain with { OutputStride = outputStride, SideBranches = 2 });
        foreach (var branch in with.Branches)
        {
            branch.MoveThreshold(0, -1000);
        }

        var image = torch.rand(2, 3, 64, 96);
        var (plain, more) = (without.forward(image, null), with.forward(image, null));

        more.Defect.eq(plain.Defect).all().item<bool>().ShouldBeTrue();
        more.Frame.eq(plain.Frame).all().item<bool>().ShouldBeTrue();
        more.Embedding.sub(plain.Embedding).abs().max().item<float>().ShouldBeLessThan(1e-6f);
        with.ForwardBranches(image, null, 1).shape.ShouldBe([2, 1, 64 / outputStride, 96 / outputStride]);
    }

    [Fact]
    public void Forward_BranchThatClaimsEverything_NamesItByItsRow()
    {
        using var scope = torch.NewDisposeScope();
        using var network = Network(Plain with { SideBranches = 1 });
        var row = torch.nn.functional.normalize(torch.randn(1, Plain.EmbeddingLength), 2, 1).squeeze(0);
        network.Branches[0].Name(row);
        network.Branches[0].MoveThreshold(-1000, 0);

        var features = network.forward(torch.rand(1, 3, 64, 64), null);

        features.Defect.min().item<float>().ShouldBeGreaterThan(900);
        features.Embedding.mul(row.reshape(1, -1, 1, 1)).sum(1).min().item<float>().ShouldBeGreaterThan(0.9999f);
    }

    /// <summary>Where the rest sees a defect, its name stands until the branch exceeds its threshold by the margin.</summary>
    [Theory]
    [InlineData(0, 50, true)]
    [InlineData(200, 50, false)]
    [InlineData(200, -50, true)]
    public void Forward_PixelThatHasANameAlready_IsRenamedByTheMargin(double margin, double rest, bool isClaimed)
    {
        using var scope = torch.NewDisposeScope();
        using var network = Network(Plain with { SideBranches = 1 });
        using (torch.no_grad())
        {
            network.DefectHead.bias!.add_(torch.tensor((float)rest));
        }

        var row = torch.nn.functional.normalize(torch.randn(1, Plain.EmbeddingLength), 2, 1).squeeze(0);
        network.Branches[0].Name(row);
        network.Branches[0].MoveThreshold(-20, 0, margin);

        var cosine = network.forward(torch.rand(1, 3, 64, 64), null).Embedding.mul(row.reshape(1, -1, 1, 1)).sum(1);

        (isClaimed ? cosine.min().item<float>() > 0.999f : cosine.max().item<float>() < 0.9f).ShouldBeTrue();
    }

    [Theory]
    [InlineData(NetworkSize.Nano, 4, false, 5)]
    [InlineData(NetworkSize.Nano, 4, false, 1)]
    [InlineData(NetworkSize.Small, 2, true, 5)]
    public void Export_WithBranches_AgreesWithItsForward(NetworkSize size, int outputStride, bool usesReference, int texts)
    {
        using var scope = torch.NewDisposeScope();
        var network = Network(new EdgeNetworkOptions { Size = size, OutputStride = outputStride, UsesReference = usesReference, SideBranches = 2, Attention = true });
        network.DrawAttention();
        var rows = torch.nn.functional.normalize(torch.randn(5, 64), 2, 1);
        foreach (var (branch, index) in network.Branches.Select((branch, index) => (branch, index)))
        {
            branch.Name(rows[index]);
            branch.MoveThreshold(-3.1 + index * 0.1, -2.9, index * 0.2);
        }

        EdgeSegmenter segmenter = new(network, new OutputCalibration(1.3, -0.4, 0.8, 0.2));
        segmenter.eval();
        var model = TorchOnnxExporter.Export(segmenter, segmenter.OnnxInputs(), EdgeSegmenter.OutputNames);
        List<(string, torch.Tensor)> inputs = [("image", Picture()), ("text", rows[..texts])];
        if (usesReference)
        {
            inputs.Add(("reference", Picture()));
        }

        var probe = TorchProbes.Record("two", inputs, EdgeSegmenter.OutputNames, tensors =>
        {
            var (defect, named, score, margin, imageScore, embedding) = segmenter.forward(tensors[0], tensors[1], tensors.ElementAtOrDefault(2));
            return [defect, named, score, margin, imageScore, embedding];
        });

        var report = OnnxParityGate.Check(model, [probe], new ParityTolerance(DifferingShare: 0.002));

        report.Passed.ShouldBeTrue(report.ToString());
        segmenter.Dispose();

        static torch.Tensor Picture() => torch.randint(0, 256, [2, 64, 96, 3]).to_type(torch.ScalarType.Byte);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(EdgeNetworkOptions.MaxSideBranches + 1)]
    public void Constructor_BranchesBeyondTheBounds_AreRefused(int branches)
        => Should.Throw<ArgumentException>(() => new EdgeNetwork(Plain with { SideBranches = branches })).Message.ShouldContain($"SideBranches is {branches}");

    /// <summary>Of one seed: networks that differ in their branches alone have the same weights otherwise.</summary>
    private static EdgeNetwork Network(EdgeNetworkOptions options)
    {
        torch.manual_seed(23);
        EdgeNetwork network = new(options);
        network.eval();
        return network;
    }
}
