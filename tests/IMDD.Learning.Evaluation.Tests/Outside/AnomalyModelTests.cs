using IMDD.Imaging;
using IMDD.Learning.Evaluation.Instances;
using IMDD.Learning.Evaluation.Outside;
using IMDD.Learning.Onnx.Graph;
using IMDD.Testing;

namespace IMDD.Learning.Evaluation.Tests.Outside;

/// <summary>The anomalib adapter on graphs with the signatures of both major versions; the anomaly map is the picture's brightness.</summary>
public sealed class AnomalyModelTests : IDisposable
{
    private const int Side = 32;

    private readonly TestDirectory _directory = new();

    [Theory]
    [InlineData(OutsideFormat.Auto)]
    [InlineData(OutsideFormat.PatchCore)]
    [InlineData(OutsideFormat.EfficientAd)]
    [InlineData(OutsideFormat.Padim)]
    public void Predict_Version2_TakesScoreAndMapAsTheyAre(OutsideFormat format)
    {
        using var model = OutsideModel.Open(Version2(), format);
        using var picture = Picture();

        var prediction = model.Predict(picture, model.PixelThreshold);

        (model.PixelThreshold, model.ImageThreshold).ShouldBe((0.5, 0.5));
        prediction.ImageScore.ShouldBe(0.75f);
        var scores = prediction.Scores.ShouldNotBeNull();
        scores[4 * Side + 4].ShouldBe(0.8f, 1e-3f);
        scores[20 * Side + 20].ShouldBe(0.2f, 1e-3f);
        var instance = prediction.Instances.ShouldHaveSingleItem();
        instance.Box.ShouldBe(new Box(2, 2, 10, 8));
        instance.Mask.ShouldNotBeNull().Area.ShouldBe(48);
        instance.Score.ShouldBe(0.8, 1e-3);
    }

    [Fact]
    public void Predict_Version2WithoutThresholds_LeavesThemToTheValidationSide()
    {
        using var model = OutsideModel.Open(Version2(thresholded: false), OutsideFormat.Auto);

        (model.PixelThreshold, model.ImageThreshold).ShouldBe((null, null));
    }

    [Fact]
    public void Predict_Version1_IsNormalisedByTheFileBesideIt()
    {
        var path = Version1("output", extraMaps: 0, score: true);
        File.WriteAllText(_directory.File("metadata.json"), """
            {"task": "segmentation", "image_threshold": 60.0, "pixel_threshold": 0.6, "anomaly_maps.min": 0.0, "anomaly_maps.max": 0.8,
             "pred_scores.min": 10.0, "pred_scores.max": 110.0}
            """);
        using var model = OutsideModel.Open(path, OutsideFormat.PatchCore);
        using var picture = Picture();

        var prediction = model.Predict(picture, 0.5);

        // (75 − 60) / 100 + 0.5; (0.8 − 0.6) / 0.8 + 0.5; (0.2 − 0.6) / 0.8 + 0.5.
        prediction.ImageScore.ShouldBe(0.65f, 1e-6f);
        prediction.Scores.ShouldNotBeNull()[4 * Side + 4].ShouldBe(0.75f, 1e-5f);
        prediction.Scores[20 * Side + 20].ShouldBe(0f, 1e-5f);
        model.PixelThreshold.ShouldBe(0.5);
    }

    [Fact]
    public void Predict_Version1WithoutMetadata_GivesRawScoresAndTheMapsMaximum()
    {
        using var model = OutsideModel.Open(Version1("output", extraMaps: 0, score: false), OutsideFormat.Padim);
        using var picture = Picture();

        model.PixelThreshold.ShouldBeNull();
        model.Predict(picture, null).ImageScore.ShouldBe(0.8f, 1e-5f);
    }

    [Fact]
    public void Predict_PictureOfAnotherSize_IsResizedAndTheMapBack()
    {
        using var model = OutsideModel.Open(Version2(), OutsideFormat.Auto);
        using var picture = Picture(scale: 2);

        var prediction = model.Predict(picture, 0.5);

        prediction.Scores.ShouldNotBeNull().Length.ShouldBe(4 * Side * Side);
        prediction.Scores[8 * 2 * Side + 8].ShouldBe(0.8f, 1e-3f);
    }

    [Theory]
    [InlineData(OutsideFormat.Padim, "output", 2, false)]
    [InlineData(OutsideFormat.PatchCore, "output", 0, false)]
    [InlineData(OutsideFormat.EfficientAd, "output", 0, true)]
    [InlineData(OutsideFormat.Auto, "logits", 0, false)]
    public void Open_OtherOutputs_SaysWhatWasFoundAndWhatWasExpected(OutsideFormat format, string name, int extraMaps, bool score)
    {
        var path = Version1(name, extraMaps, score);

        var error = Should.Throw<OutsideModelException>(() => OutsideModel.Open(path, format)).Message;

        error.ShouldContain("xpected");
        error.ShouldContain("'anomaly_map' float32 [1, 1, height, width]");
        error.ShouldContain($"'{name}' Float [1, 1, {Side}, {Side}]");
    }

    [Fact]
    public void Open_NoPictureInput_SaysWhatWasFound()
    {
        OnnxGraphBuilder graph = new("text");
        graph.Output("output", graph.Sqrt(graph.Input("tokens", OnnxElementType.Float, [1, 77])));
        var path = ExportedGraph.Write(graph, _directory.File("text.onnx"));

        var error = Should.Throw<OutsideModelException>(() => OutsideModel.Open(path, OutsideFormat.Auto)).Message;

        error.ShouldContain("[1, 3, height, width]");
        error.ShouldContain("'tokens' Float [1, 77]");
    }

    [Theory]
    [InlineData("")]
    [InlineData("not a model")]
    public void Open_NoModel_IsRefused(string content)
    {
        File.WriteAllText(_directory.File("m.onnx"), content);

        Should.Throw<OutsideModelException>(() => OutsideModel.Open(_directory.File("m.onnx"), OutsideFormat.Auto)).Message.ShouldContain("m.onnx");
        Should.Throw<OutsideModelException>(() => OutsideModel.Open(_directory.File("absent.onnx"), OutsideFormat.Auto));
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{")]
    public void Open_MalformedMetadata_IsRefused(string json)
    {
        var path = Version1("output", extraMaps: 0, score: true);
        File.WriteAllText(_directory.File("metadata.json"), json);

        Should.Throw<OutsideModelException>(() => OutsideModel.Open(path, OutsideFormat.PatchCore)).Message.ShouldContain("metadata.json");
    }

    public void Dispose() => _directory.Dispose();

    /// <summary>Grey 0.2 with a rectangle of 0.8 at 2…10 × 2…8.</summary>
    private static RgbImage Picture(int scale = 1)
    {
        RgbImage image = new(scale * Side, scale * Side);
        image.Pixels.Fill(51);
        for (var y = 2 * scale; y < 8 * scale; y++)
        {
            image.Pixels.Slice(3 * (y * scale * Side + 2 * scale), 3 * 8 * scale).Fill(204);
        }

        return image;
    }

    private static OnnxValue Brightness(OnnxGraphBuilder graph) => graph.ReduceMean(ExportedGraph.Picture(graph, "input", Side, Side), 1);

    private string Version2(bool thresholded = true)
    {
        OnnxGraphBuilder graph = new("anomalib2");
        var map = Brightness(graph);
        graph.Output("pred_score", graph.Constant("score", [0.75f], 1));
        graph.Output("anomaly_map", map);
        if (thresholded)
        {
            graph.Output("pred_mask", graph.Node("Greater", [map, graph.Scalar(0.5f)], OnnxElementType.Bool, map.Shape));
        }

        return ExportedGraph.Write(graph, _directory.File("v2.onnx"));
    }

    private string Version1(string name, int extraMaps, bool score)
    {
        OnnxGraphBuilder graph = new("anomalib1");
        var map = Brightness(graph);
        graph.Output(name, map);
        for (var i = 0; i < extraMaps; i++)
        {
            graph.Output($"{1000 + i}", graph.Sqrt(map));
        }

        if (score)
        {
            graph.Output("2000", graph.Constant("score", [75f], 1));
        }

        return ExportedGraph.Write(graph, _directory.File("v1.onnx"));
    }
}
