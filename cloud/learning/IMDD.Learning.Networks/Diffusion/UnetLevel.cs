using IMDD.Learning.Networks.Training;
using IMDD.Learning.Onnx.Graph;
using IMDD.Learning.Onnx.Torch;
using IMDD.Learning.Weights.Configurations;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace IMDD.Learning.Networks.Diffusion;

/// <summary>A level on the way down or up: residual blocks, a transformer after each where the level attends, and a change of size.</summary>
internal sealed class UnetLevel : NamedModule
{
    private readonly ModuleList<ResidualBlock> _resnets;
    private readonly ModuleList<SpatialTransformer>? _attentions;
    private readonly ModuleList<Resampler>? _resamplers;

    public UnetLevel(
        UnetConfiguration configuration, IReadOnlyList<long> inputs, long width, long heads, bool attends, Resampling? resampling, Placement placement)
        : base(nameof(UnetLevel))
    {
        register_module("resnets", _resnets = nn.ModuleList(inputs.Select(
            from => new ResidualBlock(from, width, configuration.TimeWidth, configuration.NormGroups, configuration.NormEpsilon, placement)).ToArray()));
        if (attends)
        {
            register_module("attentions", _attentions = nn.ModuleList(inputs.Select(
                _ => new SpatialTransformer(width, configuration.CrossAttentionWidth, heads, configuration.NormGroups, placement)).ToArray()));
        }

        if (resampling is { } kind)
        {
            register_module(kind == Resampling.Up ? "upsamplers" : "downsamplers", _resamplers = nn.ModuleList(new Resampler(kind, width, placement)));
        }

        UnetInitialisation.Zero(_resnets, _attentions ?? []);
    }

    /// <summary>The way down: every result is also put on the stack of skips.</summary>
    public Tensor Down(Tensor hidden, Tensor activatedTime, Tensor context, Stack<Tensor> skips, ActivationCheckpoint? checkpoint)
    {
        for (var layer = 0; layer < _resnets.Count; layer++)
        {
            hidden = Layer(layer, [hidden], activatedTime, context, checkpoint);
            skips.Push(hidden);
        }

        if (_resamplers is not null)
        {
            hidden = _resamplers[0].Forward(hidden);
            skips.Push(hidden);
        }

        return hidden;
    }

    /// <summary>The way up, without the change of size: every layer takes a skip beside its input, input first.</summary>
    public Tensor Up(Tensor hidden, Tensor activatedTime, Tensor context, Stack<Tensor> skips, ActivationCheckpoint? checkpoint)
    {
        using var scope = NewDisposeScope();
        for (var layer = 0; layer < _resnets.Count; layer++)
        {
            hidden = Layer(layer, [hidden, skips.Pop()], activatedTime, context, checkpoint);
        }

        return hidden.MoveToOuterDisposeScope();
    }

    /// <summary>The change of size, where there is one.</summary>
    public Tensor Resize(Tensor hidden, (long Height, long Width)? like) => _resamplers is null ? hidden : _resamplers[0].Forward(hidden, like);

    /// <summary>Adds to the graph what <see cref="Down"/> computes.</summary>
    public OnnxValue ExportDown(OnnxModuleScope onnx, OnnxValue hidden, Tensor activatedTime, OnnxValue context, Stack<OnnxValue> skips)
    {
        for (var layer = 0; layer < _resnets.Count; layer++)
        {
            hidden = ExportLayer(onnx, layer, hidden, activatedTime, context);
            skips.Push(hidden);
        }

        if (_resamplers is not null)
        {
            hidden = _resamplers[0].Export(onnx, hidden);
            skips.Push(hidden);
        }

        return hidden;
    }

    /// <summary>Adds to the graph what <see cref="Up"/> computes.</summary>
    public OnnxValue ExportUp(OnnxModuleScope onnx, OnnxValue hidden, Tensor activatedTime, OnnxValue context, Stack<OnnxValue> skips)
    {
        for (var layer = 0; layer < _resnets.Count; layer++)
        {
            hidden = ExportLayer(onnx, layer, onnx.Graph.Concat(1, hidden, skips.Pop()), activatedTime, context);
        }

        return hidden;
    }

    /// <summary>Adds to the graph what <see cref="Resize"/> computes, where sides halve evenly.</summary>
    public OnnxValue ExportResize(OnnxModuleScope onnx, OnnxValue hidden) => _resamplers is null ? hidden : _resamplers[0].Export(onnx, hidden);

    private OnnxValue ExportLayer(OnnxModuleScope onnx, int layer, OnnxValue hidden, Tensor activatedTime, OnnxValue context)
    {
        var result = _resnets[layer].Export(onnx, hidden, activatedTime);
        return _attentions is null ? result : _attentions[layer].Export(onnx, result, context);
    }

    /// <summary>A residual block and its transformer, each a part of its own: the larger of the two decides what a checkpointed pass needs at once.</summary>
    private Tensor Layer(int layer, IReadOnlyList<Tensor> joined, Tensor activatedTime, Tensor context, ActivationCheckpoint? checkpoint)
    {
        using var scope = NewDisposeScope();
        var result = Run(checkpoint, inputs => Residual(layer, inputs), [.. joined, activatedTime]);
        return (_attentions is null ? result : Run(checkpoint, inputs => _attentions[layer].Forward(inputs[0], inputs[1]), [result, context])).MoveToOuterDisposeScope();
    }

    private static Tensor Run(ActivationCheckpoint? checkpoint, Func<IReadOnlyList<Tensor>, Tensor> part, IReadOnlyList<Tensor> inputs)
        => checkpoint is null ? part(inputs) : checkpoint.Run(part, inputs);

    /// <summary>A residual block.</summary>
    /// <param name="layer">Which.</param>
    /// <param name="inputs">One or two feature maps that are joined, the activated time embedding.</param>
    private Tensor Residual(int layer, IReadOnlyList<Tensor> inputs)
    {
        using var scope = NewDisposeScope();
        var hidden = inputs.Count > 2 ? cat([inputs[0], inputs[1]], 1) : inputs[0];
        return _resnets[layer].Forward(hidden, inputs[^1]).MoveToOuterDisposeScope();
    }
}
