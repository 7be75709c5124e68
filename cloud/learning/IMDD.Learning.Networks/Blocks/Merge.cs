using IMDD.Learning.Onnx.Graph;
using IMDD.Learning.Onnx.Torch;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace IMDD.Learning.Networks.Blocks;

/// <summary>One step of the decoder: coarse features brought to double size, fine ones added, both by 1×1 convolutions, then smoothed by a 3×3 one
/// (Lin et al. 2017, feature pyramid), which on the finest map is a separable one.</summary>
public sealed class Merge : Module<Tensor, Tensor, Tensor>, IOnnxMultiExportable
{
    private readonly TorchSharp.Modules.Conv2d _coarse;
    private readonly TorchSharp.Modules.Conv2d _fine;
    private readonly TorchSharp.Modules.Upsample _double = Upsample(scale_factor: [2, 2], mode: UpsampleMode.Nearest);
    private readonly Module<Tensor, Tensor> _smooth;

    /// <summary>Makes the step.</summary>
    /// <param name="coarse">Channels of the coarse features.</param>
    /// <param name="fine">Channels of the fine ones.</param>
    /// <param name="outputs">Channels that come out.</param>
    /// <param name="isFinest">True for the last step.</param>
    public Merge(int coarse, int fine, int outputs, bool isFinest)
        : base(nameof(Merge))
    {
        _coarse = Conv2d(coarse, outputs, kernel_size: 1, bias: false);
        _fine = Conv2d(fine, outputs, kernel_size: 1);
        _smooth = isFinest ? new SeparableNormAct(outputs) : new ConvNormAct(outputs, outputs);
        RegisterComponents();
    }

    /// <summary><c>[B, coarse, h, w]</c> and <c>[B, fine, 2h, 2w]</c> to <c>[B, outputs, 2h, 2w]</c>.</summary>
    public override Tensor forward(Tensor coarse, Tensor fine)
    {
        using var scope = NewDisposeScope();
        return _smooth.forward(_double.forward(_coarse.forward(coarse)).Plus(_fine.forward(fine))).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public IReadOnlyList<OnnxValue> ExportOnnx(OnnxModuleScope onnx, IReadOnlyList<OnnxValue> inputs)
    {
        var grown = onnx.Call(_double, onnx.Call(_coarse, inputs[0]));
        return [onnx.Call(_smooth, onnx.Graph.Add(grown, onnx.Call(_fine, inputs[1])))];
    }
}
