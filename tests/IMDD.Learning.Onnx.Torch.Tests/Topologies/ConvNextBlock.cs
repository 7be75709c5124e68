using IMDD.Learning.Onnx.Graph;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace IMDD.Learning.Onnx.Torch.Tests.Topologies;

/// <summary>A ConvNeXt block with layer scale (Liu et al. 2022, figure 4 and appendix A).</summary>
internal sealed class ConvNextBlock : nn.Module<Tensor, Tensor>, IOnnxExportable
{
    private readonly Conv2d _depthwise;
    private readonly Sequential _mix;
    private readonly Parameter _scale;

    public ConvNextBlock(long channels)
        : base(nameof(ConvNextBlock))
    {
        _depthwise = nn.Conv2d(channels, channels, 7, padding: 3, groups: channels);
        _mix = nn.Sequential(nn.LayerNorm(channels, 1e-6), nn.Linear(channels, channels * 4), nn.GELU(), nn.Linear(channels * 4, channels));
        _scale = nn.Parameter(full(channels, 1e-2f));
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)
        => input + (_mix.call(_depthwise.call(input).permute(0, 2, 3, 1)) * _scale).permute(0, 3, 1, 2);

    public OnnxValue ExportOnnx(OnnxModuleScope onnx, OnnxValue input)
    {
        var mixed = onnx.Call(_mix, onnx.Graph.Transpose(onnx.Call(_depthwise, input), 0, 2, 3, 1));
        return onnx.Graph.Add(input, onnx.Graph.Transpose(onnx.Graph.Mul(mixed, onnx.Parameter("scale", _scale)), 0, 3, 1, 2));
    }
}
