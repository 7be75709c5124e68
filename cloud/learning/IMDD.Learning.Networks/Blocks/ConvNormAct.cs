using IMDD.Learning.Onnx.Graph;
using IMDD.Learning.Onnx.Torch;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace IMDD.Learning.Networks.Blocks;

/// <summary>Dense 3×3 convolution, batch normalisation, and ReLU where asked for. At inference the normalisation folds into the convolution.</summary>
public sealed class ConvNormAct : Module<Tensor, Tensor>, IOnnxExportable
{
    private readonly TorchSharp.Modules.Conv2d _conv;
    private readonly TorchSharp.Modules.BatchNorm2d _norm;
    private readonly bool _activates;

    /// <summary>Makes the block.</summary>
    public ConvNormAct(int inputs, int outputs, int stride = 1, bool activates = true)
        : base(nameof(ConvNormAct))
    {
        _conv = Conv2d(inputs, outputs, kernel_size: 3, stride: stride, padding: 1, bias: false);
        _norm = BatchNorm2d(outputs);
        _activates = activates;
        RegisterComponents();
    }

    /// <summary>The normalisation.</summary>
    public TorchSharp.Modules.BatchNorm2d Norm => _norm;

    /// <summary><c>[B, inputs, H, W]</c> to <c>[B, outputs, H / stride, W / stride]</c>.</summary>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var normalised = _norm.forward(_conv.forward(input));
        return (_activates ? functional.relu(normalised) : normalised).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public OnnxValue ExportOnnx(OnnxModuleScope onnx, OnnxValue input)
    {
        var normalised = onnx.Call(_norm, onnx.Call(_conv, input));
        return _activates ? onnx.Graph.Relu(normalised) : normalised;
    }
}
