using IMDD.Learning.Networks.Clip;
using IMDD.Learning.Networks.Masks;
using IMDD.Learning.Onnx.Graph;
using IMDD.Learning.Onnx.Parity;
using IMDD.Learning.Onnx.Precision;
using IMDD.Learning.Onnx.Running;
using IMDD.Learning.Onnx.Torch;
using IMDD.Learning.Weights.Configurations;
using static TorchSharp.torch;

namespace IMDD.Learning.Networks.Tests;

public sealed class FoundationSegmenterExportTests
{
    // Ties at a mask's edge fall one way here and the other there.
    private static readonly ParityTolerance Tolerance = new(Absolute: 1e-3, DifferingShare: 0.01);

    [Theory]
    [InlineData(null, false)]
    [InlineData(16, false)]
    [InlineData(null, true)]
    public void Export_TinyModel_AgreesAtAnySizeAndAnyNumberOfRows(int? pixelWidth, bool microsoftAttention)
    {
        using var scope = NewDisposeScope();
        var tiny = FoundationConfiguration.Of("tiny");
        using var segmenter = New(tiny with { Masks = tiny.Masks with { PixelWidth = pixelWidth ?? tiny.Masks.PixelWidth } });
        var exported = Export(segmenter, microsoftAttention);
        exported.CountOperators().ContainsKey("MultiHeadAttention").ShouldBe(microsoftAttention);

        OnnxParityGate.Require(exported, [Probe(segmenter, 1, 64, 64, 1), Probe(segmenter, 2, 96, 64, 3)], Tolerance);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Export_FineMasks_AgreesAtHalfTheStride(int layers)
    {
        using var scope = NewDisposeScope();
        var tiny = FoundationConfiguration.Of("tiny");
        using var segmenter = New(tiny with
        {
            FineMasks = true,
            Vae = tiny.Vae with { LayersPerBlock = layers },
            Masks = tiny.Masks with { InChannels = [16, .. tiny.Masks.InChannels] },
        });
        var exported = Export(segmenter);

        exported.Outputs[0].Shape.ToString().ShouldBe("[B, H/2, W/2]");
        OnnxParityGate.Require(exported, [Probe(segmenter, 1, 64, 64, 2), Probe(segmenter, 2, 96, 64, 3)], Tolerance);
    }

    /// <summary>Masks that are everywhere, somewhere and nowhere, in batches; shares from none to all.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Export_WithClip_NamesAsTheNetworkAndItsNamingDo(bool microsoftAttention)
    {
        using var scope = NewDisposeScope();
        using var segmenter = New(asksClip: true);
        var exported = Export(segmenter, microsoftAttention);

        exported.Inputs[1].Shape.ToString().ShouldBe("[K, 33]");
        OnnxProbe[] probes = [Probe(segmenter, 1, 64, 64, 1), Probe(segmenter, 2, 96, 64, 5)];
        OnnxParityGate.Require(exported, probes, Tolerance);

        // A row that says something else to CLIP alone is named otherwise: its part is in the graph.
        using OnnxRunner runner = new(exported);
        var inputs = probes[1].Inputs.ToDictionary(StringComparer.Ordinal);
        var changed = inputs["text"].ToTorch();
        changed.narrow(1, 16, 16).neg_();
        var other = runner.Run(new Dictionary<string, OnnxTensor>(inputs, StringComparer.Ordinal) { ["text"] = changed.ToOnnx() });
        other["class_score"].ToSingles().Zip(probes[1].Outputs["class_score"].ToSingles(), (one, two) => Math.Abs(one - two)).Max().ShouldBeGreaterThan(0.01f);
        other["defect"].ToSingles().Zip(probes[1].Outputs["defect"].ToSingles(), (one, two) => Math.Abs(one - two)).Max().ShouldBeLessThan(1e-3f);
    }

    /// <summary>A mask of the left, of the right, of a corner, of all and of nothing, on pictures whose halves differ: each token sees its own patches.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void ClipOfMasks_HalvesCornerAllAndNone_AreSeenAsTheNetworkSeesThem(bool microsoftAttention)
    {
        const int Side = 16;
        using var scope = NewDisposeScope();
        manual_seed(2);
        using ClipMaskModule module = new(new ClipModel(FoundationConfiguration.Of("tiny").Clip));
        module.eval();
        var batch = OnnxDimension.Symbolic("B");
        var side = OnnxDimension.Symbolic("H");
        var model = TorchOnnxExporter.Export(
            module,
            [OnnxInput.Floats("pixels", [batch, 3, 32, 32]), OnnxInput.Floats("masks", [batch, 5, side, side]), OnnxInput.Floats("texts", [OnnxDimension.Symbolic("K"), 16])],
            ["logits"],
            new TorchExportOptions { Opset = FoundationSegmenter.Opset, UseMicrosoftAttention = microsoftAttention });
        using Generator generator = new(5);
        var pixels = randn([2, 3, 32, 32], generator: generator);
        pixels.narrow(3, 0, 16).mul_(4).add_(3);
        var masks = full([2, 5, Side, Side], -2f);
        masks.select(1, 0).narrow(2, 0, Side / 2).fill_(2);
        masks.select(1, 1).narrow(2, Side / 2, Side / 2).fill_(2);
        masks.select(1, 2).narrow(1, 0, Side / 4).narrow(2, 0, Side / 4).fill_(2);
        masks.select(1, 3).fill_(2);
        var texts = nn.functional.normalize(randn([4, 16], generator: generator), dim: 1);

        var probe = TorchProbes.Record("masks", [("pixels", pixels), ("masks", masks), ("texts", texts)], ["logits"], inputs => [module.forward(inputs[0], inputs[1], inputs[2])]);

        var logits = probe.Outputs["logits"].ToTorch();
        (logits.select(1, 0) - logits.select(1, 1)).abs().max().item<float>().ShouldBeGreaterThan(0.1f);
        logits.select(1, 3).allclose(logits.select(1, 4), atol: 1e-4).ShouldBeTrue("what is nowhere sees everything");
        OnnxParityGate.Require(model, [probe], new ParityTolerance(Absolute: 1e-4));
    }

    /// <summary>What <c>train eval</c> measures is what the bundle does, where every class has one name.</summary>
    [Fact]
    public void Forward_WithClip_IsTheNamingWithItsShares()
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        manual_seed(6);
        using FoundationNetwork network = new(FoundationConfiguration.Of("tiny"));
        FoundationSegmenter segmenter = new(network, asksClip: true);
        segmenter.eval();
        using Generator generator = new(4);
        var image = randint(0, 256, [1, 64, 64, 3], ScalarType.Byte, generator: generator);
        var texts = randn([3, 16], generator: generator);
        using MaskNaming naming = new(network, texts, [0, 1, 2], new ClipEnsemble(0.3, 0.7), [true, false, true]);

        var rows = segmenter.Forward(image, FoundationSegmenter.Rows(network.Vocabulary.Rows(texts), texts, tensor(new[] { 0.3f, 0.7f, 0.3f })));

        var named = segmenter.Forward(image, naming);
        rows.ClassScore.allclose(named.ClassScore, atol: 1e-5).ShouldBeTrue();
        rows.Defect.allclose(named.Defect, atol: 1e-5).ShouldBeTrue();
    }

    [Fact]
    public void Export_OtherTimeEmbedding_Agrees()
    {
        using var scope = NewDisposeScope();
        var tiny = FoundationConfiguration.Of("tiny");
        using var segmenter = New(tiny with { Unet = tiny.Unet with { TimeProjection = 12, TimeHidden = 20 } });

        OnnxParityGate.Require(Export(segmenter), [Probe(segmenter, 1, 64, 64, 2)], Tolerance);
    }

    [Fact]
    public void Export_TinyModel_MeetsTheContractsShapes()
    {
        using var scope = NewDisposeScope();
        using var segmenter = New();
        var exported = Export(segmenter);

        exported.Inputs.Select(input => $"{input.Name} {input.Type} {input.Shape}").ShouldBe(["image UInt8 [B, H, W, 3]", "text Float [K, 16]"]);
        exported.Outputs.Select(output => $"{output.Name} {output.Type} {output.Shape}").ShouldBe(
        [
            "defect Float [B, H/4, W/4]", "class Int32 [B, H/4, W/4]", "class_score Float [B, H/4, W/4]", "class_margin Float [B, H/4, W/4]",
            "image_score Float [B]", "embedding Float [B, 16]",
        ]);
    }

    [Fact]
    public void Export_In16Bits_StaysCloseInEveryOutput()
    {
        using var scope = NewDisposeScope();
        using var segmenter = New();

        var (half, report) = Float16Conversion.Convert(Export(segmenter));

        report.ConvertedNodes.ShouldBeGreaterThan(100);
        half.WeightBytes.ShouldBeLessThan(Export(segmenter).WeightBytes * 2 / 3);
        List<OnnxProbe> probes = [.. Enumerable.Range(2, 6).Select(rows => Probe(segmenter, 1, 64, 64, rows)), Probe(segmenter, 2, 96, 64, 9)];
        probes.SelectMany(probe => probe.Outputs["class"].ToSingles()).Distinct().Count().ShouldBeGreaterThan(1);
        using OnnxRunner runner = new(half);
        foreach (var probe in probes)
        {
            var outputs = runner.Run(probe.Inputs);
            Share("defect", 0.01f).ShouldBe(0);
            Share("image_score", 0.01f).ShouldBe(0);
            Share("embedding", 0.01f).ShouldBe(0);

            // Where two masks are there nearly alike, a pixel goes to the other one, which may bear another name.
            Share("class", 0).ShouldBeLessThanOrEqualTo(0.02);
            Share("class_score", 0.01f).ShouldBeLessThanOrEqualTo(0.02);
            Share("class_margin", 0.01f).ShouldBeLessThanOrEqualTo(0.02);

            // Of elements that are not within the tolerance; a NaN is within none.
            double Share(string output, float tolerance)
            {
                var (ours, expected) = (outputs[output].ToSingles(), probe.Outputs[output].ToSingles());
                ours.Length.ShouldBe(expected.Length);
                return ours.Zip(expected, (one, other) => Math.Abs(one - other) <= tolerance ? 0.0 : 1).Average();
            }
        }
    }

    /// <summary>A mask of all cells, of most and of none. That no sum leaves the range of 16 bits is not seen here: a CPU computes in 32.</summary>
    [Fact]
    public void NamingHead_MasksOfManyCellsAndOfNone_AreNamedAsTheNetworkDoes()
    {
        const int Side = 128;
        using var scope = NewDisposeScope();
        manual_seed(2);
        using OpenVocabularyModule head = new(new OpenVocabularyHead(new OpenVocabularyOptions(8, 6, 5, 4)));
        head.eval();
        var side = OnnxDimension.Symbolic("H");
        var model = TorchOnnxExporter.Export(
            head,
            [
                OnnxInput.Floats("queries", [1, 3, 8]), OnnxInput.Floats("masks", [1, 3, side, side]), OnnxInput.Floats("features", [1, 6, side, side]),
                OnnxInput.Floats("rows", [OnnxDimension.Symbolic("K"), 4]),
            ],
            ["logits", "none"]);
        using Generator generator = new(5);
        var masks = cat([randn([1, 2, Side, Side], generator: generator) + 2, full([1, 1, Side, Side], -1)], 1);
        var features = 100 * (rand([1, 6, Side, Side], generator: generator) + arange(6).view(1, 6, 1, 1));
        var rows = nn.functional.normalize(randn([7, 4], generator: generator), dim: 1);
        var probe = TorchProbes.Record(
            "large", [("queries", randn([1, 3, 8], generator: generator)), ("masks", masks), ("features", features), ("rows", rows)], ["logits", "none"], inputs =>
            {
                var logits = head.forward(inputs[0], inputs[1], inputs[2], inputs[3]);
                return [logits.narrow(2, 0, 7), logits.narrow(2, 7, 1)];
            });

        OnnxParityGate.Require(model, [probe]);
    }

    [Fact]
    public void ClipView_AnySize_IsSmoothedTheSame()
    {
        using var scope = NewDisposeScope();
        OnnxGraphBuilder graph = new("view", FoundationSegmenter.Opset);
        var input = graph.Input("x", OnnxElementType.Float, [1, 3, OnnxDimension.Symbolic("H"), OnnxDimension.Symbolic("W")]);
        graph.Output("y", ClipPreprocessing.Export(graph, input, 32));
        var model = graph.ToModel(new OnnxModelInfo("test", "1", ""));
        using Generator generator = new(2);
        List<OnnxProbe> probes = [];
        foreach (var (height, width) in new[] { (64, 64), (100, 47), (20, 32) })
        {
            probes.Add(TorchProbes.Record($"{height}", [("x", rand([1, 3, height, width], generator: generator))], ["y"], tensors => [ClipPreprocessing.ApplyWhole(tensors[0], 32)]));
        }

        OnnxParityGate.Require(model, probes, new ParityTolerance(Absolute: 1e-4));
    }

    private static FoundationSegmenter New(FoundationConfiguration? configuration = null, bool asksClip = false)
    {
        manual_seed(6);
        FoundationNetwork network = new(configuration ?? FoundationConfiguration.Of("tiny"));
        using (no_grad())
        {
            // What starts at zero would hide what lies behind it.
            foreach (var (_, parameter) in network.named_parameters().Where(pair => pair.parameter.Dimensions > 0 && pair.parameter.abs().max().item<float>() == 0))
            {
                nn.init.normal_(parameter, 0, 0.1);
            }
        }

        FoundationSegmenter segmenter = new(network, asksClip);
        segmenter.eval();
        return segmenter;
    }

    private static OnnxModel Export(FoundationSegmenter segmenter, bool microsoftAttention = false) => TorchOnnxExporter.Export(
        segmenter,
        segmenter.OnnxInputs(),
        EdgeSegmenter.OutputNames,
        new TorchExportOptions { Name = "foundation", Opset = FoundationSegmenter.Opset, UseMicrosoftAttention = microsoftAttention });

    private static OnnxProbe Probe(FoundationSegmenter segmenter, int batch, int height, int width, int rows)
    {
        using Generator generator = new((ulong)(height + rows));
        var image = randint(0, 256, [batch, height, width, 3], ScalarType.Byte, generator: generator);
        var text = nn.functional.normalize(randn([rows, 16], generator: generator), dim: 1);
        if (segmenter.RowWidth > 16)
        {
            text = FoundationSegmenter.Rows(text, randn([rows, 16], generator: generator), linspace(0, 1, rows));
        }

        return TorchProbes.Record($"{batch}x{height}x{width}", [("image", image), ("text", text)], EdgeSegmenter.OutputNames, tensors =>
        {
            var outputs = segmenter.Forward(tensors[0], tensors[1]);
            return [outputs.Defect, outputs.Class, outputs.ClassScore, outputs.ClassMargin, outputs.ImageScore, outputs.Embedding];
        });
    }
}
