using IMDD.Learning.Onnx.Graph;
using IMDD.Learning.Onnx.Parity;
using IMDD.Learning.Onnx.Quantization;
using IMDD.Learning.Onnx.Running;
using IMDD.Learning.Onnx.Torch;
using TorchSharp;

namespace IMDD.Learning.Networks.Tests;

/// <summary>The exported model in ONNX Runtime says what the network says, for any number of pictures, rows, and any size.</summary>
public sealed class EdgeSegmenterExportTests
{
    [Theory]
    [InlineData(NetworkSize.Nano, 4, false, false)]
    [InlineData(NetworkSize.Nano, 4, false, true)]
    [InlineData(NetworkSize.Nano, 4, true, true)]
    [InlineData(NetworkSize.Small, 4, false, false)]
    [InlineData(NetworkSize.Small, 2, false, true)]
    [InlineData(NetworkSize.Base, 4, false, true)]
    public void Export_AnyNetwork_AgreesWithItsForward(NetworkSize size, int outputStride, bool usesReference, bool attention)
    {
        using var scope = torch.NewDisposeScope();
        using var segmenter = Segmenter(new EdgeNetworkOptions { Size = size, OutputStride = outputStride, UsesReference = usesReference, Attention = attention });
        var inputs = segmenter.OnnxInputs();
        var model = TorchOnnxExporter.Export(segmenter, inputs, EdgeSegmenter.OutputNames);
        List<OnnxProbe> probes =
        [
            Probe(segmenter, "one", 1, 64, 96, 5, usesReference),
            Probe(segmenter, "two", 2, 128, 64, 2, usesReference),
            Probe(segmenter, "row", 1, 96, 96, 1, usesReference),
        ];
        if (attention)
        {
            // More cells at stride 32 than any gathers from.
            probes.Add(Probe(segmenter, "large", 1, 544, 1088, 3, usesReference));
        }

        // Which of two nearly equal rows wins is a matter of the last bit.
        var report = OnnxParityGate.Check(model, probes, new ParityTolerance(DifferingShare: 0.002));

        report.Passed.ShouldBeTrue(report.ToString());
        model.Opset.ShouldBe(17);
        model.Inputs.Select(i => i.Name).ShouldBe(usesReference ? ["image", "text", "reference"] : ["image", "text"]);
        model.CountOperators().Keys.ShouldNotContain("BatchNormalization");
        probes[2].Outputs["class_margin"].ToSingles().ShouldAllBe(m => Math.Abs(m - 1) < 1e-6f);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Export_NetworkThatLooksAtTwiceTheSize_AgreesWithItsForward(bool usesReference)
    {
        using var scope = torch.NewDisposeScope();
        using var segmenter = Segmenter(new EdgeNetworkOptions { Size = NetworkSize.Nano, OutputStride = 2, Doubled = true, UsesReference = usesReference, Attention = true });
        var model = TorchOnnxExporter.Export(segmenter, segmenter.OnnxInputs(), EdgeSegmenter.OutputNames);
        OnnxProbe[] probes = [Probe(segmenter, "one", 1, 32, 96, 5, usesReference), Probe(segmenter, "two", 2, 64, 32, 2, usesReference)];

        var report = OnnxParityGate.Check(model, probes, new ParityTolerance(DifferingShare: 0.002));

        report.Passed.ShouldBeTrue(report.ToString());
        probes[0].Outputs["defect"].ToSingles().Length.ShouldBe(16 * 48);
    }

    /// <summary>Of 32 features, 34 numbers are the least that are compared in the features' axes; fewer are compared as they are.</summary>
    [Theory]
    [InlineData(8, Head.AsDrawn)]
    [InlineData(33, Head.AsDrawn)]
    [InlineData(34, Head.AsDrawn)]
    [InlineData(64, Head.SameForTwoFeatures)]
    [InlineData(64, Head.NoBias)]
    [InlineData(64, Head.MostlyBias)]
    public void Export_AnyEmbedding_AgreesWithItsForward(int length, Head head)
    {
        using var scope = torch.NewDisposeScope();
        EdgeNetworkOptions options = new() { Size = NetworkSize.Nano, EmbeddingLength = length };
        using var segmenter = Segmenter(options, network =>
        {
            var embedding = (TorchSharp.Modules.Conv2d)network.named_modules().Single(m => m.name == "_embedding").module;
            _ = head switch
            {
                Head.SameForTwoFeatures => embedding.weight.select(1, 0).copy_(embedding.weight.select(1, 1)),
                Head.NoBias => embedding.bias!.zero_(),
                Head.MostlyBias => embedding.bias!.mul_(100),
                _ => embedding.weight,
            };
        });
        var model = TorchOnnxExporter.Export(segmenter, segmenter.OnnxInputs(), EdgeSegmenter.OutputNames);

        var report = OnnxParityGate.Check(model, [Probe(segmenter, "one", 2, 64, 96, 5, usesReference: false, length)], new ParityTolerance(DifferingShare: 0.002));

        report.Passed.ShouldBeTrue(report.ToString());
    }

    [Fact]
    public void Export_RowsAdded_OtherScoresStay()
    {
        using var scope = torch.NewDisposeScope();
        using var segmenter = Segmenter(new EdgeNetworkOptions { Size = NetworkSize.Nano });
        var model = TorchOnnxExporter.Export(segmenter, segmenter.OnnxInputs(), EdgeSegmenter.OutputNames);
        using OnnxRunner runner = new(model);
        var image = torch.randint(0, 256, [1, 128, 128, 3]).to_type(torch.ScalarType.Byte);
        const int known = 40, added = 300;
        var rows = torch.nn.functional.normalize(torch.randn(known + added, 64), 2, 1);

        var alone = Run(rows[..known]);
        var among = Run(rows);

        // Where a known row still fits best, it fitted best before, and scores what it scored then.
        var (before, after) = (alone["class"].ToSingles(), among["class"].ToSingles());
        var kept = Enumerable.Range(0, after.Length).Where(i => after[i] < known).ToList();
        kept.Count.ShouldBeInRange(1, after.Length - 1, "some rows stay, some give way");
        kept.ShouldAllBe(i => before[i] == after[i]);
        var (scoreBefore, scoreAfter) = (alone["class_score"].ToSingles(), among["class_score"].ToSingles());
        kept.ShouldAllBe(i => Math.Abs(scoreBefore[i] - scoreAfter[i]) < 1e-6f);
        among["defect"].ToSingles().ShouldBe(alone["defect"].ToSingles());

        IReadOnlyDictionary<string, OnnxTensor> Run(torch.Tensor text) => runner.Run(new Dictionary<string, OnnxTensor>(StringComparer.Ordinal)
        {
            ["image"] = OnnxTensor.FromBytes(OnnxElementType.UInt8, image.shape, image.bytes.ToArray()),
            ["text"] = OnnxTensor.FromBytes(OnnxElementType.Float, text.shape, text.contiguous().bytes.ToArray()),
        });
    }

    /// <summary>What two rows fit alike is as doubtful as can be, in the network and in the graph.</summary>
    [Theory]
    [InlineData(2)]
    [InlineData(6)]
    public void Export_RowsThatSayTheSame_HaveNoMarginAndTheFirstIsTaken(int count)
    {
        using var scope = torch.NewDisposeScope();
        using var segmenter = Segmenter(new EdgeNetworkOptions { Size = NetworkSize.Nano });
        var model = TorchOnnxExporter.Export(segmenter, segmenter.OnnxInputs(), EdgeSegmenter.OutputNames);
        var row = torch.nn.functional.normalize(torch.randn(1, 64), 2, 1);
        var image = torch.randint(0, 256, [1, 64, 64, 3]).to_type(torch.ScalarType.Byte);

        var rows = row.expand(count, 64).contiguous();
        var (_, named, _, margins, _, _) = segmenter.forward(image, rows, null);
        using OnnxRunner runner = new(model);
        var exported = runner.Run(new Dictionary<string, OnnxTensor>(StringComparer.Ordinal)
        {
            ["image"] = OnnxTensor.FromBytes(OnnxElementType.UInt8, image.shape, image.bytes.ToArray()),
            ["text"] = OnnxTensor.FromBytes(OnnxElementType.Float, [count, 64], rows.bytes.ToArray()),
        });

        margins.abs().max().item<float>().ShouldBeLessThan(1e-5f);
        exported["class_margin"].ToSingles().ShouldAllBe(margin => Math.Abs(margin) < 1e-5f);
        exported["class"].ToSingles().ShouldAllBe(index => index == 0);
        named.max().item<int>().ShouldBe(0);
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void Quantize_TheExport_KeepsWhatSeesThePictureAndWhatDecides(bool attention, bool startsAsTheIdentity)
    {
        using var scope = torch.NewDisposeScope();
        using var segmenter = Segmenter(new EdgeNetworkOptions { Size = NetworkSize.Nano, Attention = attention }, network =>
        {
            foreach (var (_, parameter) in network.named_parameters().Where(p => startsAsTheIdentity && p.name.EndsWith("_joined.weight", StringComparison.Ordinal)))
            {
                parameter.zero_();
            }
        });
        var model = TorchOnnxExporter.Export(segmenter, segmenter.OnnxInputs(), EdgeSegmenter.OutputNames);
        var probe = Probe(segmenter, "one", 1, 128, 96, 5, usesReference: false);

        var (bytes, report) = Int8Quantization.Quantize(model, () => [probe.Inputs]);

        // The embedding is compared with rows in the axes of its features: a convolution, and two products for the rows.
        report.KeptNodes.Select(name => name.Split('/')[1]).ShouldBe(["_stem", "_stem", "_defect", "_embedding", "_embedding", "_embedding"], ignoreOrder: true);
        report.QuantizedNodes.Keys.ShouldBe(["Conv", "Relu", "Add"], ignoreOrder: true);
        using OnnxRunner runner = new(bytes);
        var outputs = runner.Run(probe.Inputs);
        outputs["class"].Type.ShouldBe(OnnxElementType.Int32);
        outputs["defect"].ToSingles().Zip(probe.Outputs["defect"].ToSingles(), (a, b) => Math.Abs(a - b)).Average().ShouldBeInRange(1e-6f, 0.02f);
    }

    /// <summary>What the head of the embedding is made to be.</summary>
    public enum Head
    {
        AsDrawn,
        SameForTwoFeatures,
        NoBias,
        MostlyBias,
    }

    private static OnnxProbe Probe(EdgeSegmenter segmenter, string name, long batch, long height, long width, long rows, bool usesReference, int length = 64)
    {
        var image = torch.randint(0, 256, [batch, height, width, 3]).to_type(torch.ScalarType.Byte);
        List<(string, torch.Tensor)> inputs = [("image", image), ("text", torch.nn.functional.normalize(torch.randn(rows, length), 2, 1))];
        if (usesReference)
        {
            inputs.Add(("reference", torch.randint(0, 256, [batch, height, width, 3]).to_type(torch.ScalarType.Byte)));
        }

        return TorchProbes.Record(name, inputs, EdgeSegmenter.OutputNames, tensors =>
        {
            var (defect, named, score, margin, imageScore, embedding) = segmenter.forward(tensors[0], tensors[1], tensors.ElementAtOrDefault(2));
            return [defect, named, score, margin, imageScore, embedding];
        });
    }

    /// <summary>With statistics of normalisation that folding must get right, not those of a fresh network.</summary>
    private static EdgeSegmenter Segmenter(EdgeNetworkOptions options, Action<EdgeNetwork>? change = null)
    {
        torch.manual_seed(17);
        EdgeNetwork network = new(options);
        using var scope = torch.NewDisposeScope();
        using var noGradient = torch.no_grad();
        network.train();
        for (var i = 0; i < 20; i++)
        {
            var image = torch.rand(2, 3, 64, 64);
            network.forward(image, options.UsesReference ? image.flip(3) : null);
        }

        foreach (var (name, parameter) in network.named_parameters().Where(p => p.name.EndsWith("_norm.weight", StringComparison.Ordinal)))
        {
            parameter.uniform_(0.5, 1.2);
        }

        network.DrawAttention();
        change?.Invoke(network);
        EdgeSegmenter segmenter = new(network, new OutputCalibration(1.3, -0.4, 0.8, 0.2));
        segmenter.eval();
        return segmenter;
    }
}
