using IMDD.Learning.Onnx.Graph;
using IMDD.Learning.Onnx.Torch;
using IMDD.Learning.Weights.Configurations;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace IMDD.Learning.Networks.Clip;

/// <summary>The vision transformer under the names of Hugging Face's <c>vision_model</c> (<c>pre_layrnorm</c> is spelt so there).</summary>
internal sealed class ClipVisionModel : NamedModule
{
    private readonly Parts _embeddings = new();
    private readonly Conv2d _patches;
    private readonly Embedding _positions;
    private readonly LayerNorm _before;
    private readonly ClipTower _tower;
    private readonly LayerNorm _after;

    public ClipVisionModel(ClipVisionConfiguration configuration, Placement placement)
        : base(nameof(ClipVisionModel))
    {
        var width = configuration.Tower.Width;
        using (var drawn = randn(width, placement.Type, placement.Device))
        {
            _embeddings.register_parameter("class_embedding", nn.Parameter(drawn * Math.Pow(width, -0.5)));
        }

        _embeddings.register_module(
            "patch_embedding", _patches = placement.Convolution(3, width, configuration.PatchSize, configuration.PatchSize, bias: false));
        _embeddings.register_module("position_embedding", _positions = placement.Embedding(configuration.Tokens, width));
        register_module("embeddings", _embeddings);
        register_module("pre_layrnorm", _before = placement.LayerNorm(width, configuration.Tower.NormEpsilon));
        register_module("encoder", _tower = new ClipTower(configuration.Tower, causal: false, placement));
        register_module("post_layernorm", _after = placement.LayerNorm(width, configuration.Tower.NormEpsilon));
    }

    private Parameter Class => _embeddings.Class;

    /// <param name="pixels">Normalised images, [B, 3, S, S].</param>
    /// <returns>The class token's state after the last norm, [B, width].</returns>
    public Tensor Forward(Tensor pixels)
    {
        using var scope = NewDisposeScope();
        var patches = _patches.call(pixels).flatten(2).transpose(1, 2);
        var tokens = cat([Class.view(1, 1, -1).expand(pixels.shape[0], 1, -1), patches], 1) + _positions.weight!;
        var states = _tower.Forward(_before.call(tokens));
        return _after.call(states.select(1, 0)).MoveToOuterDisposeScope();
    }

    /// <summary>One more class token per mask, which sees the patches inside the mask and itself; nothing sees it (MaskCLIP, Ding et al. 2023).</summary>
    /// <param name="pixels">Normalised images, [B, 3, S, S].</param>
    /// <param name="masks">Logits, [B, Q, H, W], of the whole image.</param>
    /// <returns>The masks' states after the last norm, [B, Q, width]; a mask that is nowhere sees every patch.</returns>
    public Tensor ForwardMasked(Tensor pixels, Tensor masks)
    {
        using var scope = NewDisposeScope();
        var maps = _patches.call(pixels);
        var patches = maps.flatten(2).transpose(1, 2);
        var (batch, queries, count) = (pixels.shape[0], masks.shape[1], patches.shape[1]);
        var positions = _positions.weight!;
        var own = Class.view(1, 1, -1).expand(batch, 1, -1) + positions[0];
        var tokens = cat([own, patches + positions.narrow(0, 1, count), own.expand(-1, queries, -1)], 1);
        var inside = Masks.MaskDecoder.AttentionMask(masks, maps.shape[2], maps.shape[3]).squeeze(1);
        var image = ones([batch, 1 + count, 1 + count], ScalarType.Bool, pixels.device);
        var unseen = zeros([batch, 1 + count, queries], ScalarType.Bool, pixels.device);
        var noClass = zeros([batch, queries, 1], ScalarType.Bool, pixels.device);
        var themselves = eye(queries, queries, ScalarType.Bool, pixels.device).unsqueeze(0).expand(batch, -1, -1);
        var attend = cat([cat([image, unseen], 2), cat([noClass, inside, themselves], 2)], 1).unsqueeze(1);
        var states = _tower.Forward(_before.call(tokens), attend);
        return _after.call(states.narrow(1, 1 + count, queries)).MoveToOuterDisposeScope();
    }

    /// <summary>Adds to the graph what the forward pass computes.</summary>
    public OnnxValue Export(OnnxModuleScope onnx, OnnxValue pixels)
    {
        var graph = onnx.Graph;
        var maps = onnx.Call(_patches, pixels);
        var patches = graph.Transpose(graph.FlattenFrom(maps, 2, maps.Shape[2].Times(maps.Shape[3])), 0, 2, 1);

        // One class token for each image: the first patch's place in the batch, nothing of its value.
        var first = graph.Mul(graph.Slice(patches, 1, 0, 1), graph.Scalar(0));
        var own = graph.Add(first, onnx.Parameter("class_embedding", Class));
        var tokens = graph.Add(graph.Concat(1, own, patches), onnx.Parameter("position_embedding", onnx.Value(_positions)));
        var states = _tower.Export(onnx, onnx.Call(_before, tokens));
        return onnx.Call(_after, graph.Squeeze(graph.Slice(states, 1, 0, 1), 1));
    }

    /// <summary>Adds to the graph what <see cref="ForwardMasked"/> computes.</summary>
    /// <param name="onnx">The graph.</param>
    /// <param name="pixels">Normalised images, [B, 3, S, S].</param>
    /// <param name="masks">Logits of a known number of masks, [B, Q, H, W].</param>
    /// <returns>[B, Q, width].</returns>
    public OnnxValue ExportMasked(OnnxModuleScope onnx, OnnxValue pixels, OnnxValue masks)
    {
        using var scope = NewDisposeScope();
        var graph = onnx.Graph;
        var maps = onnx.Call(_patches, pixels);
        var positions = onnx.Value(_positions);
        var (count, queries) = (positions.shape[0] - 1, masks.Shape[1].Value!.Value);
        var patches = graph.Transpose(graph.FlattenFrom(maps, 2, count), 0, 2, 1);
        var none = graph.Mul(graph.Slice(patches, 1, 0, 1), graph.Scalar(0));
        var own = graph.Add(none, graph.Constant("class_token", (onnx.Value(Class) + positions[0]).ToOnnx()));
        var placed = graph.Add(patches, graph.Constant("patch_positions", positions.narrow(0, 1, count).ToOnnx()));
        var tokens = graph.Concat(1, own, placed, graph.Add(own, graph.Constant("masks", zeros(1, queries, 1).ToOnnx())));

        // Constants for each image of the batch: a zero of its own is added to them. Made of the least, since a sum of blocked ones leaves the range of 16 bits.
        var inside = Masks.MaskDecoder.ExportBias(graph, masks, maps);
        var zero = graph.Mul(graph.ReduceMin(inside, 2, 3), graph.Scalar(0));
        var image = cat([zeros(1, 1, 1 + count, 1 + count), full([1, 1, 1 + count, queries], Masks.MaskDecoder.Blocked)], 3);
        var themselves = (1 - eye(queries)).mul(Masks.MaskDecoder.Blocked).view(1, 1, queries, queries);
        var noClass = full([1, 1, queries, 1], Masks.MaskDecoder.Blocked);
        var bias = graph.Concat(
            2,
            graph.Add(zero, graph.Constant("image_tokens", image.ToOnnx())),
            graph.Concat(
                3, graph.Add(zero, graph.Constant("no_class_token", noClass.ToOnnx())), inside, graph.Add(zero, graph.Constant("other_masks", themselves.ToOnnx()))));
        var states = _tower.Export(onnx, onnx.Call(_before, tokens), bias);
        return onnx.Call(_after, graph.Slice(states, 1, 1 + count, 1 + count + queries));
    }

    private sealed class Parts() : NamedModule(nameof(Parts))
    {
        public Parameter Class => Own("class_embedding");
    }
}
