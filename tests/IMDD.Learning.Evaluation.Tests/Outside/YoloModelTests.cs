using CsCheck;
using IMDD.Imaging;
using IMDD.Learning.Evaluation.Instances;
using IMDD.Learning.Evaluation.Models;
using IMDD.Learning.Evaluation.Outside;
using IMDD.Learning.Onnx.Graph;
using IMDD.Testing;
using OpenCvSharp;

namespace IMDD.Learning.Evaluation.Tests.Outside;

/// <summary>The YOLOv8 adapter on graphs with the documented signature whose outputs are known.</summary>
public sealed class YoloModelTests : IDisposable
{
    private const int Side = 64;
    private const int PrototypeSide = Side / 4;
    private const string Names = "{0: 'scratch', 1: \"baker's dent\"}";

    private readonly TestDirectory _directory = new();
    private int _models;

    [Fact]
    public void Predict_WidePicture_UndoesTheLetterbox()
    {
        using var model = Detector([(32, 32, 32, 16, 0.9f, 0.1f)], Names);
        using var picture = Grey(96, 48, 0);

        var instance = model.Predict(picture, 0.25).Instances.ShouldHaveSingleItem();

        // 96×48 becomes 64×32 with bars of 16 above and below: 16…48 × 24…40 of the input is 24…72 × 12…36 of the picture.
        instance.Box.ShouldBe(new Box(24, 12, 72, 36));
        instance.Class.ShouldBe("scratch");
        instance.Score.ShouldBe(0.9f);
        instance.Mask.ShouldBeNull();
    }

    [Fact]
    public void Predict_OddBars_PutsTheSmallerHalfFirst()
    {
        // 64×33 needs 31 rows of bars: 15 above, 16 below.
        using var model = Detector([(32, 15 + 16.5f, 10, 3, 0.9f, 0.1f)], Names);
        using var picture = Grey(64, 33, 0);

        model.Predict(picture, 0.25).Instances.ShouldHaveSingleItem().Box.ShouldBe(new Box(27, 15, 37, 18));
    }

    [Fact]
    public void Predict_BoxOverTheEdge_IsCut()
    {
        using var model = Detector([(2, 17, 20, 10, 0.9f, 0.1f)], Names);
        using var picture = Grey(96, 48, 0);

        model.Predict(picture, 0.25).Instances.ShouldHaveSingleItem().Box.ShouldBe(new Box(0, 0, 18, 9));
    }

    [Theory]
    [InlineData(0, 114)]
    [InlineData(15, 114)]
    [InlineData(16, 200)]
    [InlineData(47, 200)]
    [InlineData(48, 114)]
    public void Predict_Input_IsThePictureBetweenGreyBarsFromZeroToOne(int row, byte expected)
    {
        // The first class' probability is the red value at this row of the input.
        OnnxGraphBuilder graph = new("probe");
        var input = ExportedGraph.Picture(graph, "images", Side, Side);
        var pixel = graph.Gather(graph.Gather(graph.Gather(input, graph.Vector(0), 1), graph.Vector(row), 2), graph.Vector(20), 3);
        graph.Output("output0", graph.Concat(1, graph.Constant("box", [32f, 32, 8, 8], 1, 4, 1), graph.Squeeze(pixel, 3)));
        using var model = OutsideModel.Open(ExportedGraph.Write(graph, _directory.File("probe.onnx"), ("names", "{0: 'a'}")), OutsideFormat.YoloDetection);
        using var picture = Grey(96, 48, 0);
        for (var i = 0; i < 96 * 48; i++)
        {
            picture.Pixels[3 * i] = 200;
        }

        model.Predict(picture, 0.25).ImageScore.ShouldBe(expected / 255f, 1e-6f);
    }

    [Fact]
    public void Predict_OverlappingBoxes_KeepsTheSurestOfEachClass()
        => Gen.Select(Gen.Float[8, 56], Gen.Float[8, 56], Gen.Float[4, 30], Gen.Float[4, 30], Gen.Float[0.01f, 1], Gen.Float[0.01f, 1]).Array[1, 40].Sample(
            anchors =>
            {
                using var model = Detector([.. anchors], Names);
                using var picture = Grey(Side, Side, 0);

                var kept = model.Predict(picture, 0.25).Instances;

                var all = anchors.Select(a => (
                    Class: a.Item5 >= a.Item6 ? "scratch" : "baker's dent",
                    Score: (double)Math.Max(a.Item5, a.Item6),
                    Box: new Box(a.Item1 - a.Item3 / 2, a.Item2 - a.Item4 / 2, a.Item1 + a.Item3 / 2, a.Item2 + a.Item4 / 2))).ToList();
                kept.Select(k => k.Score).ShouldBe(kept.Select(k => k.Score).OrderDescending());
                kept.Count.ShouldBe(KeptByDefinition(all));
            },
            iter: 60);

    [Fact]
    public void Predict_Masks_AreThePrototypesEnlargedAndCut()
    {
        const int count = 3;
        Random random = new(7);
        var prototypes = Enumerable.Range(0, count * PrototypeSide * PrototypeSide).Select(_ => random.NextSingle() - 0.5f).ToArray();
        float[] coefficients = [1.5f, -0.7f, 0.4f];
        OnnxGraphBuilder graph = new("seg");
        ExportedGraph.Picture(graph, "images", Side, Side);
        graph.Output("output0", graph.Constant("boxes", [30f, 33, 40, 20, 0.8f, .. coefficients], 1, 4 + 1 + count, 1));
        graph.Output("output1", graph.Constant("prototypes", prototypes, 1, count, PrototypeSide, PrototypeSide));
        using var model = OutsideModel.Open(ExportedGraph.Write(graph, _directory.File("seg.onnx"), ("names", "{0: 'a'}"), ("task", "segment")), OutsideFormat.YoloSegmentation);
        using var picture = Grey(128, 64, 0);

        var prediction = model.Predict(picture, 0.25);

        // 128×64 is 16×8 of the prototypes, four rows from the top; the box 10…50 × 23…43 is 20…100 × 14…54 of the picture.
        var instance = prediction.Instances.ShouldHaveSingleItem();
        instance.Box.ShouldBe(new Box(20, 14, 100, 54));
        using var sum = new Mat(8, PrototypeSide, MatType.CV_32FC1);
        for (var i = 0; i < 8 * PrototypeSide; i++)
        {
            sum.Set(i / PrototypeSide, i % PrototypeSide, Enumerable.Range(0, count).Sum(p => coefficients[p] * prototypes[p * PrototypeSide * PrototypeSide + 4 * PrototypeSide + i]));
        }

        using Mat large = new();
        Cv2.Resize(sum, large, new OpenCvSharp.Size(128, 64), interpolation: InterpolationFlags.Linear);
        var wrong = 0;
        for (var y = 0; y < 64; y++)
        {
            for (var x = 0; x < 128; x++)
            {
                var value = large.At<float>(y, x);
                var inside = x is >= 20 and < 100 && y is >= 14 and < 54;
                var expected = inside && value > 0 ? 0.8f : 0f;

                // Only where the sum is zero but for rounding may two orders of the same additions disagree.
                wrong += prediction.Scores.ShouldNotBeNull()[y * 128 + x] != expected && Math.Abs(value) > 1e-5 ? 1 : 0;
            }
        }

        wrong.ShouldBe(0);
        instance.Mask.ShouldNotBeNull().Area.ShouldBeInRange(1, 80 * 40);
    }

    [Fact]
    public void Predict_BelowTheThreshold_IsRankedAndDoesNotDecide()
    {
        using var model = Detector([(20, 20, 8, 8, 0.1f, 0f), (50, 50, 8, 8, 0.6f, 0f)], Names);
        using var picture = Grey(Side, Side, 0);

        var instances = model.Predict(picture, 0.25).Instances;

        instances.Select(i => i.IsDecisive).ShouldBe([true, false]);
        model.Classes.ShouldBe(["scratch", "baker's dent"]);
    }

    [Theory]
    [InlineData("detect", 6, "yolov8", "task is 'segment'", "segment")]
    [InlineData("names", 9, "yolov8", "names 2 classes", null)]
    public void Open_Contradiction_SaysWhatWasFound(string name, int channels, string expected, string message, string? task)
    {
        OnnxGraphBuilder graph = new(name);
        ExportedGraph.Picture(graph, "images", Side, Side);
        graph.Output("output0", graph.Constant("boxes", new float[channels * 5], 1, channels, 5));
        var path = ExportedGraph.Write(graph, _directory.File("x.onnx"), task is null ? [("names", Names)] : [("names", Names), ("task", task)]);

        var error = Should.Throw<OutsideModelException>(() => OutsideModel.Open(path, OutsideFormat.YoloDetection)).Message;

        error.ShouldContain(message);
        error.ShouldContain(expected, Case.Insensitive);
        error.ShouldContain($"'output0' Float [1, {channels}, 5]");
    }

    [Theory]
    [InlineData("{0: 'a', 2: 'b'}")]
    [InlineData("{0: 'a'")]
    [InlineData("{0: a}")]
    [InlineData("[\"a\"]")]
    [InlineData("{0: 'a', 0: 'b'}")]
    [InlineData("{99999999999999999999: 'a'}")]
    [InlineData("")]
    public void Open_MalformedNames_AreRefused(string names)
        => Should.Throw<OutsideModelException>(() => Detector([(32, 32, 8, 8, 1, 0)], names));

    public void Dispose() => _directory.Dispose();

    private static RgbImage Grey(int width, int height, byte value)
    {
        RgbImage image = new(width, height);
        image.Pixels.Fill(value);
        return image;
    }

    /// <summary>Greedy suppression by its definition, over all pairs.</summary>
    private static int KeptByDefinition(List<(string Class, double Score, Box Box)> boxes)
    {
        List<(string Class, double Score, Box Box)> kept = [];
        foreach (var box in boxes.OrderByDescending(b => b.Score))
        {
            if (!kept.Exists(k => k.Class == box.Class && k.Box.Iou(box.Box) > 0.7))
            {
                kept.Add(box);
            }
        }

        return kept.Count;
    }

    private IMeasuredModel Detector((float X, float Y, float Width, float Height, float First, float Second)[] anchors, string names)
    {
        OnnxGraphBuilder graph = new("det");
        ExportedGraph.Picture(graph, "images", Side, Side);
        float[] rows =
        [
            .. anchors.Select(a => a.X), .. anchors.Select(a => a.Y), .. anchors.Select(a => a.Width), .. anchors.Select(a => a.Height),
            .. anchors.Select(a => a.First), .. anchors.Select(a => a.Second),
        ];
        graph.Output("output0", graph.Constant("boxes", rows, 1, 6, anchors.Length));
        var path = ExportedGraph.Write(graph, _directory.File($"det-{Interlocked.Increment(ref _models)}.onnx"), ("names", names), ("task", "detect"), ("imgsz", $"[{Side}, {Side}]"));
        return OutsideModel.Open(path, OutsideFormat.Auto, threads: 1);
    }
}
