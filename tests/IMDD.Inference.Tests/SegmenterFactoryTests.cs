using IMDD.Contracts.Events;
using IMDD.Contracts.Identity;
using IMDD.Imaging;
using IMDD.Inference.Bundles;
using IMDD.Learning.Onnx.Graph;

namespace IMDD.Inference.Tests;

public sealed class SegmenterFactoryTests : IDisposable
{
    private static readonly SegmenterOptions OneThread = new() { Threads = 1 };
    private readonly BundleFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(ExecutionProviders.Cuda)]
    [InlineData(ExecutionProviders.TensorRt)]
    public void Create_ProviderThatIsAbsent_IsAnErrorAndNoFallback(string provider)
    {
        var bundle = ModelBundle.Open(_folder.Path);

        var error = Should.Throw<SegmenterException>(() => SegmenterFactory.Create(bundle, OneThread with { ExecutionProvider = provider }));

        error.Message.ShouldContain($"'{provider}' was asked for");
    }

    [Fact]
    public void Create_UnknownProvider_NamesThoseThereAre()
    {
        var bundle = ModelBundle.Open(_folder.Path);

        Should.Throw<SegmenterException>(() => SegmenterFactory.Create(bundle, OneThread with { ExecutionProvider = "npu" }))
            .Message.ShouldContain("cpu, cuda, tensorrt");
    }

    [Fact]
    public void Create_ModelThatIsNoGraph_NamesTheFile()
    {
        _folder.Replace(ModelBundle.ModelFile, [1, 2, 3]);

        Should.Throw<SegmenterException>(() => SegmenterFactory.Create(ModelBundle.Open(_folder.Path), OneThread))
            .Message.ShouldContain(ModelBundle.ModelFile);
    }

    [Fact]
    public void Create_GraphOfAnotherContract_NamesEveryMismatch()
    {
        OnnxGraphBuilder graph = new("other");
        var image = graph.Input("image", OnnxElementType.Float, [OnnxDimension.Symbolic("B"), 3, OnnxDimension.Symbolic("H"), OnnxDimension.Symbolic("W")]);
        graph.Output("defect", graph.Sigmoid(image));
        graph.Output("extra", graph.Abs(image));
        _folder.Replace(ModelBundle.ModelFile, graph.Build("test", "1", ""));

        var message = Should.Throw<SegmenterException>(() => SegmenterFactory.Create(ModelBundle.Open(_folder.Path), OneThread)).Message;

        message.ShouldContain("input 'image' is Float [dynamic, 3, dynamic, dynamic]; expected UInt8 [dynamic, dynamic, dynamic, 3]");
        message.ShouldContain("input 'text' is missing");
        message.ShouldContain("output 'defect' is Float");
        message.ShouldContain("output 'embedding' is missing");
        message.ShouldContain("output 'extra' is not known here");
    }

    [Fact]
    public void Create_TextOfAnotherWidth_IsAnError()
    {
        _folder.Replace(ModelBundle.TextFile, SafetensorsFile.Write([new Float32Tensor("text", [1, 2], new[] { 1f, 0f })]));

        Should.Throw<SegmenterException>(() => SegmenterFactory.Create(ModelBundle.Open(_folder.Path), OneThread))
            .Message.ShouldContain("takes rows of 1, the bundle's have 2");
    }

    [Fact]
    public void Create_ProbeThatComesOutOtherwise_IsAnError()
    {
        var outputs = SafetensorsFile.Read(File.ReadAllBytes(_folder.FileOf("probes/scratch.safetensors")));
        _folder.Replace(
            "probes/scratch.safetensors",
            SafetensorsFile.Write([.. outputs.Values.Select(tensor => tensor.Name == "image_score" ? tensor with { Values = new[] { 0.5f } } : tensor)]));

        Should.Throw<SegmenterException>(() => SegmenterFactory.Create(ModelBundle.Open(_folder.Path), OneThread))
            .Message.ShouldContain("'image_score' of probe 'probes/scratch.bmp' is off by");
    }

    [Theory]
    [InlineData(98, 2, null)]
    [InlineData(97, 3, "3 of 100 cells otherwise that are surely named")]
    [InlineData(597, 6, null)]
    [InlineData(597, 7, "7 of 604 cells otherwise that are surely named")]
    public void Create_ProbeSomeOfWhoseCellsAreNamedOtherwise_IsAnErrorBeyondTwoAndAHundredth(int alike, int otherwise, string? message)
    {
        var cells = SafetensorsFile.Read(File.ReadAllBytes(_folder.FileOf("probes/scratch.safetensors")))["defect"].Values.Length;
        var names = Enumerable.Repeat(-1f, cells).ToArray();
        names.AsSpan(50, alike).Clear();
        names.AsSpan(50 + alike, otherwise).Fill(1);
        NameProbe(names, rows: 1);

        if (message is null)
        {
            SegmenterFactory.Create(ModelBundle.Open(_folder.Path), OneThread).Dispose();
        }
        else
        {
            Should.Throw<SegmenterException>(() => SegmenterFactory.Create(ModelBundle.Open(_folder.Path), OneThread)).Message.ShouldContain(message);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void Create_ProbeOfNoRowsOrOfMoreThanThereAre_IsAnError(int rows)
    {
        NameProbe([], rows);

        Should.Throw<ModelBundleException>(() => SegmenterFactory.Create(ModelBundle.Open(_folder.Path), OneThread)).Message.ShouldContain($"is of {rows} rows; expected 1 to 1");
    }

    [Fact]
    public void Create_ProbeThatShouldHaveNamesAndHasTooFew_IsAnError()
    {
        NameProbe([0], rows: 1);

        Should.Throw<ModelBundleException>(() => SegmenterFactory.Create(ModelBundle.Open(_folder.Path), OneThread)).Message.ShouldContain("no tensor 'sure_class'");
    }

    [Fact]
    public void Run_BatchOfImages_EqualsEachAlone()
    {
        using var segmenter = SegmenterFactory.Create(ModelBundle.Open(_folder.Path), OneThread);
        RgbImage[] images = [Surface(1, 96, 64), Surface(2, 96, 64), Surface(3, 96, 64)];
        var alone = images.Select(image => Copy(segmenter.Run([image]).Images[0])).ToList();

        var batch = segmenter.Run(images).Images;

        for (var index = 0; index < images.Length; index++)
        {
            var (defect, score, embedding) = Copy(batch[index]);
            Distance(defect, alone[index].Defect).ShouldBeLessThan(1e-5f);
            Distance(embedding, alone[index].Embedding).ShouldBeLessThan(1e-5f);
            score.ShouldBe(alone[index].Score, 1e-5f);
        }

        alone[0].Score.ShouldNotBe(alone[1].Score);
        Array.ForEach(images, image => image.Dispose());
    }

    [Fact]
    public void Run_SizeBetweenStrides_EqualsTheImagePaddedByHand()
    {
        using var segmenter = SegmenterFactory.Create(ModelBundle.Open(_folder.Path), OneThread);
        using var image = Surface(5, 75, 51);
        using RgbImage padded = new(96, 64);
        EdgePadding.Copy(image, padded.Pixels, 96, 64);
        var whole = segmenter.Run([padded]).Images[0].Defect.ToArray();

        var result = segmenter.Run([image]).Images[0];

        (result.Width, result.Height, result.RowStride, result.OutputStride).ShouldBe((38, 26, 48, 2));
        Distance(result.Defect.ToArray(), whole).ShouldBe(0);
    }

    [Fact]
    public void Create_WarmRunMissesTheDeadline_IsRefused()
    {
        var options = OneThread with { WarmUpSizes = [(64, 64)] };

        Should.Throw<SegmenterException>(() => SegmenterFactory.Create(ModelBundle.Open(_folder.Path), options with { Deadline = TimeSpan.FromTicks(1) }))
            .Message.ShouldContain("one frame of 64 x 64");
        using var inTime = SegmenterFactory.Create(ModelBundle.Open(_folder.Path), options with { Deadline = TimeSpan.FromMinutes(5) });
    }

    [Fact]
    public void Run_ManySizesInTurn_KeepsGivingTheSame()
    {
        using var segmenter = SegmenterFactory.Create(ModelBundle.Open(_folder.Path), OneThread with { WarmUpSizes = [(64, 64)] });
        using var first = Surface(1, 64, 64);
        var expected = segmenter.Run([first]).Images[0].ImageScore;
        for (var size = 32; size <= 320; size += 32)
        {
            using var other = Surface(2, size, 32);
            segmenter.Run([other]).Images.Count.ShouldBe(1);
        }

        segmenter.Run([first]).Images[0].ImageScore.ShouldBe(expected);
    }

    [Fact]
    public void Run_ImagesOfTwoSizes_IsAnError()
    {
        using var segmenter = SegmenterFactory.Create(ModelBundle.Open(_folder.Path), OneThread);
        using var first = Surface(1, 64, 64);
        using var second = Surface(1, 64, 32);

        Should.Throw<ArgumentException>(() => segmenter.Run([first, second])).Message.ShouldContain("64 x 32 in a batch of 64 x 64");
    }

    [Fact]
    public void Run_ModelThatGivesNoNumbers_IsAnErrorAndNotAPass()
    {
        _folder.Replace(ModelBundle.ModelFile, ModelOfNaN());
        _folder.WriteManifest(_folder.ReadManifest() with { Probes = null });
        using var segmenter = SegmenterFactory.Create(ModelBundle.Open(_folder.Path), OneThread);
        using var image = Surface(1, 64, 64);

        Should.Throw<SegmenterException>(() => segmenter.Run([image])).Message.ShouldContain("not finite");
    }

    [Fact]
    public void Run_Repeated_AllocatesNextToNothing()
    {
        using var segmenter = SegmenterFactory.Create(ModelBundle.Open(_folder.Path), OneThread);
        using var image = Surface(1, 256, 256);
        segmenter.Run([image]);
        var before = GC.GetAllocatedBytesForCurrentThread();

        for (var run = 0; run < 10; run++)
        {
            segmenter.Run([image]);
        }

        ((GC.GetAllocatedBytesForCurrentThread() - before) / 10).ShouldBeLessThan(4096);
    }

    private static byte[] ModelOfNaN()
    {
        OnnxGraphBuilder graph = new("broken");
        var image = graph.Input(
            "image", OnnxElementType.UInt8, [OnnxDimension.Symbolic("B"), OnnxDimension.Symbolic("H", 2), OnnxDimension.Symbolic("W", 2), 3]);
        var text = graph.Input("text", OnnxElementType.Float, [OnnxDimension.Symbolic("K"), 1]);
        var rows = graph.FlattenFrom(graph.Cast(image, OnnxElementType.Float), 2, image.Shape[2].Times(3));
        var grey = graph.AveragePool(graph.Conv(graph.Unsqueeze(rows, 1), graph.Constant("w", [1f, 1f, 1f], 1, 1, 1, 3), (1, 3)), 2);
        var plane = graph.Squeeze(graph.Div(graph.Sub(grey, grey), graph.Sub(grey, grey)), 1);
        graph.Output("defect", plane);
        graph.Output("class", graph.Cast(graph.Mul(plane, graph.Scalar(0)), OnnxElementType.Int32));
        graph.Output("class_score", graph.Mul(plane, graph.ReduceMax(text, 0, 1)));
        graph.Output("class_margin", plane);
        graph.Output("image_score", graph.Squeeze(graph.ReduceMax(grey, 1, 2, 3), 1, 2, 3));
        graph.Output("embedding", graph.Squeeze(graph.ReduceMean(grey, 2, 3), 2, 3));
        return graph.Build("test", "1", "");
    }

    private static RgbImage Surface(int seed, int width, int height)
    {
        Random random = new(seed);
        RgbImage image = new(width, height);
        for (var index = 0; index < image.Pixels.Length; index++)
        {
            image.Pixels[index] = (byte)(100 + random.Next(20 * seed));
        }

        image.Pixels.Slice(width * (height / 2) * 3, 30).Fill(255);
        return image;
    }

    private static (float[] Defect, float Score, float[] Embedding) Copy(SegmentationResult result)
        => (result.Defect.ToArray(), result.ImageScore, result.Embedding.ToArray());

    private static float Distance(float[] left, float[] right)
    {
        left.Length.ShouldBe(right.Length);
        return left.Zip(right, (a, b) => Math.Abs(a - b)).Max();
    }

    /// <summary>Gives a probe the names of its cells, as the model's maker would, when there were so many rows.</summary>
    private void NameProbe(float[] names, int rows)
    {
        const string Outputs = "probes/scratch.safetensors";
        var outputs = SafetensorsFile.Read(File.ReadAllBytes(_folder.FileOf(Outputs)));
        _folder.Replace(Outputs, SafetensorsFile.Write([.. outputs.Values, new Float32Tensor("sure_class", [names.Length], names)]));
        var index = ImddJson.Deserialize<BundleProbeIndex>(File.ReadAllBytes(_folder.FileOf(BundleProbeIndex.Path)));
        var renewed = ImddJson.Serialize(index with { Probes = [.. index.Probes.Select(probe => probe.Outputs == Outputs ? probe with { Rows = rows } : probe)] });
        _folder.Replace(BundleProbeIndex.Path, renewed);
        var manifest = _folder.ReadManifest();
        _folder.WriteManifest(manifest with { Probes = manifest.Probes! with { Digest = ContentDigest.Of(renewed) } });
    }
}
