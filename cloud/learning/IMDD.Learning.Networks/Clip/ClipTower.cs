using IMDD.Learning.Weights.Configurations;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace IMDD.Learning.Networks.Clip;

/// <summary>The layers of a tower.</summary>
internal sealed class ClipTower : NamedModule
{
    private readonly bool _causal;
    private readonly ModuleList<ClipLayer> _layers;

    public ClipTower(ClipTowerConfiguration tower, bool causal, Placement placement)
        : base(nameof(ClipTower))
    {
        _causal = causal;
        register_module("layers", _layers = nn.ModuleList(Enumerable.Range(0, tower.Layers).Select(_ => new ClipLayer(tower, placement)).ToArray()));
    }

    public Tensor Forward(Tensor tokens)
    {
        using var scope = NewDisposeScope();
        foreach (var layer in _layers)
        {
            tokens = layer.Forward(tokens, _causal);
        }

        return tokens.MoveToOuterDisposeScope();
    }
}
