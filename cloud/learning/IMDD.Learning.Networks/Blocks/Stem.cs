using IMDD.Learning.Onnx.Graph;
using IMDD.Learning.Onnx.Torch;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace IMDD.Learning.Networks.Blocks;

/// <summary>
/// From the picture to the first features at stride 2: a convolution over its colours plus one over its local contrast; with a reference, also
/// over the difference from it and over the reference's local contrast.
/// </summary>
public sealed class Stem : Module<Tensor, Tensor?, Tensor>, IOnnxMultiExportable
{
    private const float White = LocalContrast.White;

    // Kept for good: TorchSharp does not keep a number alive while libtorch reads it.
    private static readonly Scalar Centre = 0.5f;
    private static readonly Scalar Spread = 4f;
    private static readonly Scalar ToLayer = 4f / White;

    private readonly LocalContrast _contrast = new();
    private readonly TorchSharp.Modules.Conv2d _colours;
    private readonly TorchSharp.Modules.Conv2d _contrasts;
    private readonly TorchSharp.Modules.Conv2d? _differences;
    private readonly TorchSharp.Modules.BatchNorm2d _norm;

    /// <summary>Makes the stem.</summary>
    public Stem(int outputs, bool usesReference)
        : base(nameof(Stem))
    {
        _colours = Conv2d(3, outputs, kernel_size: 3, stride: 2, padding: 1, bias: false);
        _contrasts = Conv2d(usesReference ? 2 * LocalContrast.Channels : LocalContrast.Channels, outputs, kernel_size: 3, padding: 1, bias: false);
        _differences = usesReference ? Conv2d(3, outputs, kernel_size: 3, stride: 2, padding: 1, bias: false) : null;
        _norm = BatchNorm2d(outputs);
        RegisterComponents();
    }

    /// <summary>Pictures <c>[B, 3, H, W]</c>, 0 to 1, to <c>[B, outputs, H / 2, W / 2]</c>.</summary>
    public override Tensor forward(Tensor image, Tensor? reference)
    {
        using var scope = NewDisposeScope();
        var contrast = _contrast.forward(image);
        var sum = _colours.forward((image - Centre) * Spread);
        if (_differences is not null && reference is not null)
        {
            contrast = cat([contrast, _contrast.forward(reference)], 1);
            sum = sum.Plus(_differences.forward((image - reference) * Spread));
        }

        sum = sum.Plus(_contrasts.forward(contrast));
        return functional.relu(_norm.forward(sum)).MoveToOuterDisposeScope();
    }

    /// <summary>Writes the stem, for pictures in grey levels of 0 to 255: a factor costs nothing in the weights, and time on every pixel.</summary>
    public IReadOnlyList<OnnxValue> ExportOnnx(OnnxModuleScope onnx, IReadOnlyList<OnnxValue> inputs)
    {
        using var scope = NewDisposeScope();
        var graph = onnx.Graph;
        var contrast = onnx.Call(_contrast, inputs[0]);
        var sum = OfLevels(_colours, graph.Sub(inputs[0], graph.Scalar(0.5f * White)));
        if (_differences is not null)
        {
            contrast = graph.Concat(1, contrast, onnx.Call(_contrast, inputs[1]));
            sum = graph.Add(sum, OfLevels(_differences, graph.Sub(inputs[0], inputs[1])));
        }

        return [graph.Relu(onnx.Call(_norm, graph.Add(sum, onnx.Call(_contrasts, contrast))))];

        OnnxValue OfLevels(TorchSharp.Modules.Conv2d layer, OnnxValue levels)
            => graph.Conv(levels, onnx.Parameter("weight", layer.weight.detach() * ToLayer), null, OnnxWindow.Square(3, stride: 2, padding: 1));
    }
}
