using IMDD.Contracts.Models;
using IMDD.Imaging;
using IMDD.Inference.Bundles;
using IMDD.Learning.Onnx.Graph;

namespace IMDD.Inference.Tests;

/// <summary>Bundles of two rows whose graph can be worked out by hand: brightness, or its distance from the reference's, in blocks of 2 × 2 pixels.</summary>
internal static class TestModel
{
    public const int Stride = 4;
    public const int OutputStride = 2;

    /// <summary>Puts it into the folder, without probes.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="takesReference">Compares with a reference.</param>
    /// <param name="blur">Side of the square of output pixels that is averaged, odd; 1: every output pixel depends on its own block alone.</param>
    public static void Write(BundleFolder folder, bool takesReference = false, int blur = 1)
    {
        folder.Replace(ModelBundle.ModelFile, Graph(takesReference, blur));
        folder.Replace(ModelBundle.TextFile, SafetensorsFile.Write([new Float32Tensor("text", [2, 1], new[] { 1f, -1f })]));
        var manifest = folder.ReadManifest();
        folder.WriteManifest(manifest with
        {
            Stride = Stride,
            OutputStride = OutputStride,
            Rows = [manifest.Rows[0], manifest.Rows[0]],
            Inputs = [.. manifest.Inputs, .. takesReference ? [new BundleTensor("reference", "uint8", ["B", "H", "W", "3"])] : Array.Empty<BundleTensor>()],
            Probes = null,
        });
    }

    /// <summary>What the model that compares gives for a block of the padded picture.</summary>
    public static float Expected(RgbImage image, RgbImage reference, int column, int row)
    {
        var sum = 0f;
        for (var pixel = 0; pixel < OutputStride * OutputStride; pixel++)
        {
            var x = Math.Min((OutputStride * column) + (pixel % OutputStride), image.Width - 1);
            var y = Math.Min((OutputStride * row) + (pixel / OutputStride), image.Height - 1);
            for (var channel = 0; channel < 3; channel++)
            {
                var at = (3 * ((y * image.Width) + x)) + channel;
                sum += Math.Abs(image.Pixels[at] - reference.Pixels[at]) / (255f * 12);
            }
        }

        return sum;
    }

    public static byte[] Graph(bool takesReference, int blur = 1) => Builder(takesReference, blur).Build("test", "1", "");

    /// <summary>The graph, before it is written.</summary>
    /// <param name="takesReference">Compares with a reference.</param>
    /// <param name="blur">As of the bundle.</param>
    /// <param name="factors">So many weights of one, whose largest the picture is multiplied by, are read as well.</param>
    public static OnnxGraphBuilder Builder(bool takesReference = false, int blur = 1, int factors = 0)
    {
        OnnxGraphBuilder graph = new("test");
        var image = Picture(graph, "image");
        var text = graph.Input("text", OnnxElementType.Float, [OnnxDimension.Symbolic("K"), 1]);
        var seen = graph.Cast(image, OnnxElementType.Float);
        if (takesReference)
        {
            seen = graph.Abs(graph.Sub(seen, graph.Cast(Picture(graph, "reference"), OnnxElementType.Float)));
        }

        if (factors > 0)
        {
            seen = graph.Mul(seen, graph.ReduceMax(graph.Constant("factors", [.. Enumerable.Repeat(1f, factors)], factors), 0));
        }

        var rows = graph.FlattenFrom(graph.Div(seen, graph.Scalar(255)), 2, image.Shape[2].Times(3));
        var grey = graph.Conv(graph.Unsqueeze(rows, 1), graph.Constant("w", [1 / 3f, 1 / 3f, 1 / 3f], 1, 1, 1, 3), (1, 3));
        var plane = graph.AveragePool(grey, OutputStride);
        if (blur > 1)
        {
            plane = graph.BoxBlur(plane, blur);
        }

        var defect = graph.Squeeze(plane, 1);
        graph.Output("defect", defect);
        graph.Output("class", graph.Cast(graph.Mul(graph.Clip(defect, 0, 1), graph.Scalar(1.9f)), OnnxElementType.Int32));
        graph.Output("class_score", graph.Mul(defect, graph.ReduceMax(text, 0, 1)));
        graph.Output("class_margin", graph.Sub(graph.Scalar(1), defect));
        graph.Output("image_score", graph.Squeeze(graph.ReduceMax(plane, 1, 2, 3), 1, 2, 3));
        graph.Output("embedding", graph.Squeeze(graph.ReduceMean(plane, 2, 3), 2, 3));
        return graph;
    }

    private static OnnxValue Picture(OnnxGraphBuilder graph, string name) => graph.Input(
        name, OnnxElementType.UInt8, [OnnxDimension.Symbolic("B"), OnnxDimension.Symbolic("H", Stride), OnnxDimension.Symbolic("W", Stride), 3]);
}
