using IMDD.Learning.Weights.Configurations;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace IMDD.Learning.Networks.Clip;

/// <summary>The text tower under the names of Hugging Face's <c>text_model</c>.</summary>
internal sealed class ClipTextModel : NamedModule
{
    private readonly Embedding _tokens;
    private readonly Embedding _positions;
    private readonly ClipTower _tower;
    private readonly LayerNorm _norm;

    public ClipTextModel(ClipTextConfiguration configuration, Placement placement)
        : base(nameof(ClipTextModel))
    {
        Parts embeddings = new();
        embeddings.register_module("token_embedding", _tokens = placement.Embedding(configuration.Vocabulary, configuration.Tower.Width));
        embeddings.register_module("position_embedding", _positions = placement.Embedding(configuration.Context, configuration.Tower.Width));
        register_module("embeddings", embeddings);
        register_module("encoder", _tower = new ClipTower(configuration.Tower, causal: true, placement));
        register_module("final_layer_norm", _norm = placement.LayerNorm(configuration.Tower.Width, configuration.Tower.NormEpsilon));
    }

    /// <param name="ids">Token ids, [B, N], on any device: a tokenizer's are the CPU's.</param>
    /// <returns>States after the last norm, [B, N, width].</returns>
    public Tensor Forward(Tensor ids)
    {
        using var scope = NewDisposeScope();
        var embedded = _tokens.call(ids.to(_tokens.weight!.device)) + _positions.weight!.narrow(0, 0, ids.shape[1]);
        return _norm.call(_tower.Forward(embedded)).MoveToOuterDisposeScope();
    }

    private sealed class Parts() : NamedModule(nameof(Parts));
}
