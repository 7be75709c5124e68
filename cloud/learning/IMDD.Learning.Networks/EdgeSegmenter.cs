using IMDD.Learning.Networks.Blocks;
using IMDD.Learning.Onnx.Graph;
using IMDD.Learning.Onnx.Torch;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace IMDD.Learning.Networks;

/// <summary>A network behind the segmenter contract: bytes in, calibrated scores out, words as rows of text.</summary>
public sealed class EdgeSegmenter : Module<Tensor, Tensor, Tensor?, SegmenterTensors>, IOnnxMultiExportable
{
    // Kept for good: TorchSharp does not keep a number alive while libtorch reads it.
    private static readonly Scalar One = 1f;
    private static readonly Scalar White = LocalContrast.White;

    private readonly EdgeNetwork _network;
    private readonly OutputCalibration _calibration;
    private readonly Scalar _defectScale;
    private readonly Scalar _defectOffset;
    private readonly Scalar _imageScale;
    private readonly Scalar _imageOffset;

    /// <summary>Wraps a network, which becomes a child of this module.</summary>
    public EdgeSegmenter(EdgeNetwork network, OutputCalibration calibration)
        : base(nameof(EdgeSegmenter))
    {
        _network = network;
        _calibration = calibration;
        (_defectScale, _defectOffset) = ((float)calibration.DefectScale, (float)calibration.DefectOffset);
        (_imageScale, _imageOffset) = ((float)calibration.ImageScale, (float)calibration.ImageOffset);
        RegisterComponents();
    }

    /// <summary>Beginning of the names of the network's nodes in an export.</summary>
    public const string NetworkPath = $"{nameof(_network)}/";

    /// <summary>Names of the exported outputs, in their order.</summary>
    public static IReadOnlyList<string> OutputNames { get; } = ["defect", "class", "class_score", "class_margin", "image_score", "embedding"];

    /// <summary>Inputs of the exported model: <c>image</c>, <c>text</c>, and <c>reference</c> where the network takes one.</summary>
    public IReadOnlyList<OnnxInput> OnnxInputs()
    {
        OnnxShape picture =
        [
            OnnxDimension.Symbolic("B"), OnnxDimension.Symbolic("H", EdgeNetworkOptions.Stride), OnnxDimension.Symbolic("W", EdgeNetworkOptions.Stride), 3,
        ];
        List<OnnxInput> inputs =
        [
            new OnnxInput("image", OnnxElementType.UInt8, picture),
            OnnxInput.Floats("text", [OnnxDimension.Symbolic("K"), _network.Options.EmbeddingLength]),
        ];
        if (_network.Options.UsesReference)
        {
            inputs.Add(new OnnxInput("reference", OnnxElementType.UInt8, picture));
        }

        return inputs;
    }

    /// <summary>Segments.</summary>
    /// <param name="image">Bytes <c>[B, H, W, 3]</c>, H and W multiples of <see cref="EdgeNetworkOptions.Stride"/>.</param>
    /// <param name="text">Unit rows <c>[K, D]</c>, K at least 1.</param>
    /// <param name="reference">The same as the image, of a known-good view; null exactly when the network takes none.</param>
    public override SegmenterTensors forward(Tensor image, Tensor text, Tensor? reference)
    {
        using var scope = NewDisposeScope();
        var features = _network.forward(Unit(image), reference is null ? null : Unit(reference));
        long[] plane = [.. features.Defect.shape];
        var cells = features.Embedding.flatten(2).transpose(1, 2);
        var logits = _network.Naming.forward(cells, text);
        var (two, _) = logits.topk(Math.Min(2, (int)text.shape[0]), 2);
        two = two.sigmoid();

        // One more, below every score: the second best where there is one row.
        two = text.shape[0] == 1 ? cat([two, two - One], 2) : two;
        return new SegmenterTensors(
            (features.Defect * _defectScale).Plus(_defectOffset).sigmoid().MoveToOuterDisposeScope(),
            logits.argmax(2).to_type(ScalarType.Int32).reshape(plane).MoveToOuterDisposeScope(),
            two.select(2, 0).reshape(plane).MoveToOuterDisposeScope(),
            (two.select(2, 0) - two.select(2, 1)).reshape(plane).MoveToOuterDisposeScope(),
            (PeakMean.Of(features.Defect) * _imageScale).Plus(_imageOffset).sigmoid().MoveToOuterDisposeScope(),
            features.Frame.MoveToOuterDisposeScope());
    }

    /// <inheritdoc/>
    public IReadOnlyList<OnnxValue> ExportOnnx(OnnxModuleScope onnx, IReadOnlyList<OnnxValue> inputs)
    {
        var graph = onnx.Graph;
        List<OnnxValue> seen = [Levels(graph, inputs[0])];
        if (_network.Options.UsesReference)
        {
            seen.Add(Levels(graph, inputs[2]));
        }

        var features = onnx.CallMany(_network, [.. seen, inputs[1]]);
        var (defect, scores) = (features[0], graph.Sigmoid(features[1]));
        var (best, last) = (graph.ReshapeLike(graph.Slice(scores, 1, 0, 1), defect), graph.ReshapeLike(graph.Slice(scores, 1, -1, long.MaxValue), defect));

        // Where there is one row, the last is the best, and nothing comes close to it.
        var alone = graph.Cast(graph.Equal(EdgeNetwork.ExportCount(graph, inputs[1]), graph.Vector(1)), OnnxElementType.Float);
        return
        [
            Probability(graph, defect, _calibration.DefectScale, _calibration.DefectOffset),
            graph.ReshapeLike(graph.Cast(graph.Slice(features[2], 1, 0, 1), OnnxElementType.Int32), defect),
            best,
            graph.Add(graph.Sub(best, last), alone),
            Probability(graph, PeakMean.Export(graph, defect), _calibration.ImageScale, _calibration.ImageOffset),
            features[3],
        ];
    }

    private static OnnxValue Probability(OnnxGraphBuilder graph, OnnxValue logit, double scale, double offset)
        => graph.Sigmoid(graph.Add(graph.Mul(logit, graph.Scalar((float)scale)), graph.Scalar((float)offset)));

    private static Tensor Unit(Tensor bytes) => (bytes.to_type(ScalarType.Float32) / White).permute(0, 3, 1, 2).contiguous();

    private static OnnxValue Levels(OnnxGraphBuilder graph, OnnxValue bytes) => graph.Transpose(graph.Cast(bytes, OnnxElementType.Float), 0, 3, 1, 2);
}
