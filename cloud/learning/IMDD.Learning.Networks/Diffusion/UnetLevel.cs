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
    public Tensor Down(Tensor hidden, Tensor activatedTime, Tensor context, Stack<Tensor> skips)
    {
        for (var layer = 0; layer < _resnets.Count; layer++)
        {
            hidden = Layer(layer, hidden, activatedTime, context);
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
    public Tensor Up(Tensor hidden, Tensor activatedTime, Tensor context, Stack<Tensor> skips)
    {
        using var scope = NewDisposeScope();
        for (var layer = 0; layer < _resnets.Count; layer++)
        {
            hidden = Layer(layer, cat([hidden, skips.Pop()], 1), activatedTime, context);
        }

        return hidden.MoveToOuterDisposeScope();
    }

    /// <summary>The change of size, where there is one.</summary>
    public Tensor Resize(Tensor hidden, (long Height, long Width)? like) => _resamplers is null ? hidden : _resamplers[0].Forward(hidden, like);

    private Tensor Layer(int layer, Tensor hidden, Tensor activatedTime, Tensor context)
    {
        using var scope = NewDisposeScope();
        var result = _resnets[layer].Forward(hidden, activatedTime);
        return (_attentions is null ? result : _attentions[layer].Forward(result, context)).MoveToOuterDisposeScope();
    }
}
