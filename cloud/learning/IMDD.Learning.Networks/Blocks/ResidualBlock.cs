using IMDD.Learning.Onnx.Graph;
using IMDD.Learning.Onnx.Torch;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace IMDD.Learning.Networks.Blocks;

/// <summary>
/// Two dense 3×3 convolutions around which the input is added (He et al. 2016, basic block). Dense rather than depth-wise: on a CPU, depth-wise
/// convolutions cost twenty times as much per multiply-accumulate in training.
/// </summary>
public sealed class ResidualBlock : Module<Tensor, Tensor>, IOnnxExportable
{
    private readonly ConvNormAct _first;
    private readonly ConvNormAct _second;

    /// <summary>Makes the block.</summary>
    public ResidualBlock(int channels)
        : base(nameof(ResidualBlock))
    {
        _first = new ConvNormAct(channels, channels);
        _second = new ConvNormAct(channels, channels, activates: false);
        RegisterComponents();

        // Starts as the identity, which lets a deep stack train from the first step (Goyal et al. 2017, section 5.1).
        init.zeros_(_second.Norm.weight);
    }

    /// <summary><c>[B, C, H, W]</c> to the same.</summary>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        return functional.relu(_second.forward(_first.forward(input)).Plus(input)).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public OnnxValue ExportOnnx(OnnxModuleScope onnx, OnnxValue input)
        => onnx.Graph.Relu(onnx.Graph.Add(onnx.Call(_second, onnx.Call(_first, input)), input));
}
