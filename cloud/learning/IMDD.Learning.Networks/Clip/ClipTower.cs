using IMDD.Learning.Onnx.Graph;
using IMDD.Learning.Onnx.Torch;
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

    /// <param name="tokens">[B, N, width].</param>
    /// <param name="attend">Which tokens a token sees, boolean, [B, 1, N, N]; null for all, or for those before it in a causal tower.</param>
    /// <returns>[B, N, width].</returns>
    public Tensor Forward(Tensor tokens, Tensor? attend = null)
    {
        using var scope = NewDisposeScope();
        foreach (var layer in _layers)
        {
            tokens = layer.Forward(tokens, _causal, attend);
        }

        return tokens.MoveToOuterDisposeScope();
    }

    /// <summary>Adds to the graph what the forward pass computes where a token sees those after it too.</summary>
    /// <param name="onnx">The graph.</param>
    /// <param name="tokens">[B, N, width].</param>
    /// <param name="bias">Added to the scores of the attention, [1 or B, 1, N, N]; null for none.</param>
    public OnnxValue Export(OnnxModuleScope onnx, OnnxValue tokens, OnnxValue? bias = null)
        => _layers.Aggregate(tokens, (value, layer) => layer.Export(onnx, value, bias));
}
