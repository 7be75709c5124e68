using IMDD.Learning.Networks.Training;
using IMDD.Learning.Onnx.Graph;
using IMDD.Learning.Onnx.Torch;
using IMDD.Learning.Weights.Configurations;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace IMDD.Learning.Networks.Diffusion;

/// <summary>The coarsest point: a residual block, a transformer, a residual block.</summary>
internal sealed class UnetMiddle : NamedModule
{
    private readonly ModuleList<ResidualBlock> _resnets;
    private readonly ModuleList<SpatialTransformer> _attentions;

    public UnetMiddle(UnetConfiguration configuration, long width, long heads, Placement placement)
        : base(nameof(UnetMiddle))
    {
        register_module("resnets", _resnets = nn.ModuleList(Resnet(), Resnet()));
        register_module("attentions", _attentions = nn.ModuleList(
            new SpatialTransformer(width, configuration.CrossAttentionWidth, heads, configuration.NormGroups, placement)));
        UnetInitialisation.Zero(_resnets, _attentions);

        ResidualBlock Resnet() => new(width, width, configuration.TimeWidth, configuration.NormGroups, configuration.NormEpsilon, placement);
    }

    public Tensor Forward(Tensor hidden, Tensor activatedTime, Tensor context, ActivationCheckpoint? checkpoint)
        => checkpoint is null ? Forward([hidden, activatedTime, context]) : checkpoint.Run(Forward, hidden, activatedTime, context);

    /// <summary>Adds to the graph what the forward pass computes.</summary>
    public OnnxValue Export(OnnxModuleScope onnx, OnnxValue hidden, Tensor activatedTime, OnnxValue context)
        => _resnets[1].Export(onnx, _attentions[0].Export(onnx, _resnets[0].Export(onnx, hidden, activatedTime), context), activatedTime);

    private Tensor Forward(IReadOnlyList<Tensor> inputs)
    {
        using var scope = NewDisposeScope();
        var attended = _attentions[0].Forward(_resnets[0].Forward(inputs[0], inputs[1]), inputs[2]);
        return _resnets[1].Forward(attended, inputs[1]).MoveToOuterDisposeScope();
    }
}
