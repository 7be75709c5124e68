using IMDD.Learning.Weights.Configurations;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace IMDD.Learning.Networks.Clip;

/// <summary>The vision transformer under the names of Hugging Face's <c>vision_model</c> (<c>pre_layrnorm</c> is spelt so there).</summary>
internal sealed class ClipVisionModel : NamedModule
{
    private readonly Parameter _class;
    private readonly Conv2d _patches;
    private readonly Embedding _positions;
    private readonly LayerNorm _before;
    private readonly ClipTower _tower;
    private readonly LayerNorm _after;

    public ClipVisionModel(ClipVisionConfiguration configuration, Placement placement)
        : base(nameof(ClipVisionModel))
    {
        var width = configuration.Tower.Width;
        Parts embeddings = new();
        using (var drawn = randn(width, placement.Type, placement.Device))
        {
            _class = nn.Parameter(drawn * Math.Pow(width, -0.5));
        }

        embeddings.register_parameter("class_embedding", _class);
        embeddings.register_module(
            "patch_embedding", _patches = placement.Convolution(3, width, configuration.PatchSize, configuration.PatchSize, bias: false));
        embeddings.register_module("position_embedding", _positions = placement.Embedding(configuration.Tokens, width));
        register_module("embeddings", embeddings);
        register_module("pre_layrnorm", _before = placement.LayerNorm(width, configuration.Tower.NormEpsilon));
        register_module("encoder", _tower = new ClipTower(configuration.Tower, causal: false, placement));
        register_module("post_layernorm", _after = placement.LayerNorm(width, configuration.Tower.NormEpsilon));
    }

    /// <param name="pixels">Normalised images, [B, 3, S, S].</param>
    /// <returns>The class token's state after the last norm, [B, width].</returns>
    public Tensor Forward(Tensor pixels)
    {
        using var scope = NewDisposeScope();
        var patches = _patches.call(pixels).flatten(2).transpose(1, 2);
        var tokens = cat([_class.view(1, 1, -1).expand(pixels.shape[0], 1, -1), patches], 1) + _positions.weight!;
        var states = _tower.Forward(_before.call(tokens));
        return _after.call(states.select(1, 0)).MoveToOuterDisposeScope();
    }

    private sealed class Parts() : NamedModule(nameof(Parts));
}
