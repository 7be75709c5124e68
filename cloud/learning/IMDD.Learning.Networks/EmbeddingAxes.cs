using IMDD.Learning.Onnx.Graph;
using IMDD.Learning.Onnx.Torch;
using static TorchSharp.torch;

namespace IMDD.Learning.Networks;

/// <summary>
/// A head that makes an embedding of D numbers from C features, fewer than D - 1, reaches C + 1 dimensions only, and what lies along the last of them is the same for
/// every pixel. In axes of that space (QR decomposition of its weights and bias) lengths and products with rows of text are what they were, and an exported
/// graph moves C numbers per pixel instead of D.
/// </summary>
internal sealed class EmbeddingAxes
{
    private readonly OnnxModuleScope _onnx;
    private readonly Tensor _weight;
    private readonly Tensor _bias;
    private readonly Tensor _rowAxes;
    private readonly Tensor _lastAxis;

    private EmbeddingAxes(OnnxModuleScope onnx, Tensor weight, Tensor bias, Tensor rowAxes, Tensor lastAxis, float last)
    {
        _onnx = onnx;
        (_weight, _bias, _rowAxes, _lastAxis) = (weight, bias, rowAxes, lastAxis);
        FixedSquare = last * last;
    }

    /// <summary>Square of the part of each pixel's length that <see cref="Pixels"/> leaves out.</summary>
    public float FixedSquare { get; }

    /// <summary>The axes of a head's embeddings, in tensors of the current scope; null where they would save nothing.</summary>
    public static EmbeddingAxes? Of(OnnxModuleScope onnx, TorchSharp.Modules.Conv2d head)
    {
        var weight = head.weight.detach().flatten(1).to_type(ScalarType.Float64);
        var (length, features) = (weight.shape[0], weight.shape[1]);
        if (features + 1 >= length)
        {
            return null;
        }

        var (axes, factor) = linalg.qr(cat([weight, head.bias!.detach().to_type(ScalarType.Float64).unsqueeze(1)], 1));
        var last = factor[features, features];
        return new EmbeddingAxes(
            onnx,
            Single(factor.slice(0, 0, features, 1).slice(1, 0, features, 1)).reshape(features, features, 1, 1),
            Single(factor.slice(0, 0, features, 1).select(1, features)),
            Single(axes.slice(1, 0, features, 1)),
            Single(axes.slice(1, features, features + 1, 1) * last),
            (float)last.item<double>());

        static Tensor Single(Tensor tensor) => tensor.to_type(ScalarType.Float32).contiguous();
    }

    /// <summary>The embeddings in these axes, without the last: <c>[B, C, h, w]</c>.</summary>
    public OnnxValue Pixels(OnnxValue features)
        => _onnx.Graph.Conv(features, _onnx.Parameter("weight", _weight), _onnx.Parameter("bias", _bias), OnnxWindow.Square(1));

    /// <summary>Products of rows of text <c>[K, D]</c> with pixels <c>[B, C, cells]</c>: <c>[B, K, cells]</c>.</summary>
    public OnnxValue Products(OnnxValue rows, OnnxValue pixels)
    {
        var graph = _onnx.Graph;
        return graph.Add(
            graph.MatMul(graph.MatMul(rows, _onnx.Parameter("axes", _rowAxes)), pixels),
            graph.MatMul(rows, _onnx.Parameter("last_axis", _lastAxis)));
    }
}
