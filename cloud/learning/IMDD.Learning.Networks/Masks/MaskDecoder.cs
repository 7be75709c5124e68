using IMDD.Learning.Onnx.Graph;
using IMDD.Learning.Onnx.Torch;
using IMDD.Learning.Weights.Configurations;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace IMDD.Learning.Networks.Masks;

/// <summary>
/// Mask2Former's decoder (Cheng et al. 2022): in each layer the queries look at one coarse map in turn, only where their present mask is; then at each
/// other; then feed forward. A prediction is made before the first layer and after every one.
/// </summary>
public sealed class MaskDecoder : NamedModule
{
    /// <summary>Added to a score that is not to count: far below any score, and within the range of 16 bits.</summary>
    internal const float Blocked = -1e4f;

    private readonly MaskGeneratorOptions _options;
    private readonly ModuleList<QueryAttention> _cross;
    private readonly ModuleList<QueryAttention> _self;
    private readonly ModuleList<QueryFeedForward> _feedForward;
    private readonly LayerNorm _norm;
    private readonly Embedding _features;
    private readonly Embedding _positions;
    private readonly Embedding _levels;
    private readonly ModuleList<Conv2d>? _projections;
    private readonly Linear? _classes;
    private readonly MaskPerceptron _mask;

    /// <summary>A decoder with new parameters.</summary>
    public MaskDecoder(MaskGeneratorOptions options, Placement placement = default)
        : base(nameof(MaskDecoder))
    {
        options.Validate();
        _options = options;
        var layers = Enumerable.Range(0, options.Layers).ToList();
        register_module("transformer_cross_attention_layers", _cross = nn.ModuleList(
            layers.Select(_ => new QueryAttention("multihead_attn", options.Width, options.Heads, placement)).ToArray()));
        register_module("transformer_self_attention_layers", _self = nn.ModuleList(
            layers.Select(_ => new QueryAttention("self_attn", options.Width, options.Heads, placement)).ToArray()));
        register_module("transformer_ffn_layers", _feedForward = nn.ModuleList(
            layers.Select(_ => new QueryFeedForward(options.Width, options.HiddenWidth, placement)).ToArray()));
        register_module("decoder_norm", _norm = placement.LayerNorm(options.Width));
        register_module("query_feat", _features = placement.Embedding(options.Queries, options.Width));
        register_module("query_embed", _positions = placement.Embedding(options.Queries, options.Width));
        register_module("level_embed", _levels = placement.Embedding(MaskGeneratorOptions.AttendedLevels, options.Width));
        if (options.ProjectsInput)
        {
            register_module("input_proj", _projections = nn.ModuleList(
                Enumerable.Range(0, MaskGeneratorOptions.AttendedLevels).Select(_ => placement.Convolution(options.PixelWidth, options.Width, 1)).ToArray()));
        }

        if (options.Classes is { } classes)
        {
            register_module("class_embed", _classes = placement.Linear(options.Width, classes + 1));
        }

        register_module("mask_embed", _mask = new MaskPerceptron(options.Width, options.MaskWidth, placement));
    }

    /// <param name="pixels">What the pixel decoder gave.</param>
    /// <returns>One prediction more than there are layers; the last is the result, the others are for deep supervision.</returns>
    public IReadOnlyList<MaskPrediction> Forward(PixelFeatures pixels)
    {
        using var scope = NewDisposeScope();
        List<Tensor> values = [];
        List<Tensor> keys = [];
        for (var level = 0; level < pixels.Levels.Count; level++)
        {
            var map = _projections is null ? pixels.Levels[level] : _projections[level].call(pixels.Levels[level]);
            var value = map.flatten(2).transpose(1, 2) + _levels.weight![level];
            var places = SinePositions.Of(map.shape[2], map.shape[3], _options.Width, map.device).to(map.dtype).flatten(2).transpose(1, 2);
            values.Add(value);
            keys.Add(value + places);
        }

        var batch = pixels.Mask.shape[0];
        var queries = _features.weight!.unsqueeze(0).expand(batch, -1, -1);
        var positions = _positions.weight!.unsqueeze(0);
        List<MaskPrediction> predictions = [Predict(queries, pixels.Mask)];
        for (var layer = 0; layer < _options.Layers; layer++)
        {
            var level = layer % pixels.Levels.Count;
            var attend = AttentionMask(predictions[^1].Masks, pixels.Levels[level].shape[2], pixels.Levels[level].shape[3]);
            queries = _cross[layer].Forward(queries, queries + positions, keys[level], values[level], attend);
            var placed = queries + positions;
            queries = _self[layer].Forward(queries, placed, placed, queries, attend: null);
            queries = _feedForward[layer].Forward(queries);
            predictions.Add(Predict(queries, pixels.Mask));
        }

        foreach (var prediction in predictions)
        {
            prediction.Queries.MoveToOuterDisposeScope();
            prediction.Classes?.MoveToOuterDisposeScope();
            prediction.Masks.MoveToOuterDisposeScope();
        }

        return predictions;
    }

    /// <summary>
    /// Where the queries may look next: where their mask is at least one half, at a map's size. A query whose mask is nowhere looks everywhere, for
    /// attention to nothing has no value. No gradient flows through it.
    /// </summary>
    /// <param name="masks">Logits, [B, Q, H, W].</param>
    /// <param name="height">The map's height.</param>
    /// <param name="width">The map's width.</param>
    /// <returns>Boolean, true where a query looks, [B, 1, Q, height · width]; the same for every head.</returns>
    public static Tensor AttentionMask(Tensor masks, long height, long width)
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        var resized = nn.functional.interpolate(masks.detach(), [height, width], mode: InterpolationMode.Bilinear, align_corners: false);
        var inside = resized.sigmoid().ge(0.5).flatten(2);
        return inside.logical_or(inside.any(-1, keepdim: true).logical_not()).unsqueeze(1).MoveToOuterDisposeScope();
    }

    /// <summary>Adds to the graph what the forward pass computes; of the predictions, the last.</summary>
    /// <param name="onnx">The graph.</param>
    /// <param name="features">What masks are read from, [B, mask width, H, W].</param>
    /// <param name="levels">Maps that the queries attend to, coarsest first.</param>
    /// <returns>Queries, normed, [B, Q, width], and their masks' logits, [B, Q, H, W].</returns>
    public (OnnxValue Queries, OnnxValue Masks) Export(OnnxModuleScope onnx, OnnxValue features, IReadOnlyList<OnnxValue> levels)
    {
        using var scope = NewDisposeScope();
        var graph = onnx.Graph;
        var levelRows = onnx.Value(_levels);
        List<OnnxValue> values = [];
        List<OnnxValue> keys = [];
        for (var level = 0; level < levels.Count; level++)
        {
            var map = _projections is null ? levels[level] : onnx.Call(_projections[level], levels[level]);
            var tokens = graph.Transpose(graph.FlattenFrom(map, 2, map.Shape[2].Times(map.Shape[3])), 0, 2, 1);
            values.Add(graph.Add(tokens, graph.Constant("level_embed", levelRows[level].ToOnnx())));
            keys.Add(graph.Add(values[^1], SinePositions.Export(graph, map, _options.Width)));
        }

        var queries = graph.Constant("query_feat", onnx.Value(_features).unsqueeze(0).ToOnnx());
        var positions = graph.Constant("query_embed", onnx.Value(_positions).unsqueeze(0).ToOnnx());
        var (normed, masks) = ExportPrediction(onnx, queries, features);
        for (var layer = 0; layer < _options.Layers; layer++)
        {
            var level = layer % levels.Count;
            var bias = ExportBias(graph, masks, levels[level]);
            queries = _cross[layer].Export(onnx, queries, graph.Add(queries, positions), keys[level], values[level], bias);
            var placed = graph.Add(queries, positions);
            queries = _self[layer].Export(onnx, queries, placed, placed, queries, bias: null);
            queries = _feedForward[layer].Export(onnx, queries);
            (normed, masks) = ExportPrediction(onnx, queries, features);
        }

        return (normed, masks);
    }

    /// <summary>What <see cref="AttentionMask"/> gives as something to be added to scores: 0 where a query looks.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="masks">Logits, [B, Q, H, W].</param>
    /// <param name="map">Of the size of what is looked at, [B, C, h, w].</param>
    /// <returns>[B, 1, Q, h · w].</returns>
    internal static OnnxValue ExportBias(OnnxGraphBuilder graph, OnnxValue masks, OnnxValue map)
    {
        var resized = graph.ResizeLike(masks, map, OnnxResampling.Linear);
        var blocked = graph.Cast(graph.Less(graph.FlattenFrom(resized, 2, map.Shape[2].Times(map.Shape[3])), graph.Scalar(0)), OnnxElementType.Float);

        // Of a query that is blocked everywhere the least is 1: it is blocked nowhere then.
        return graph.Unsqueeze(graph.Mul(graph.Sub(blocked, graph.ReduceMin(blocked, 2)), graph.Scalar(Blocked)), 1);
    }

    private (OnnxValue Queries, OnnxValue Masks) ExportPrediction(OnnxModuleScope onnx, OnnxValue queries, OnnxValue features)
    {
        var graph = onnx.Graph;
        var normed = onnx.Call(_norm, queries);
        var pixels = graph.FlattenFrom(features, 2, features.Shape[2].Times(features.Shape[3]));
        var flat = graph.MatMul(_mask.Export(onnx, normed), pixels);
        var shape = graph.Concat(0, graph.Slice(graph.Shape(flat), 0, 0, 2), graph.Slice(graph.Shape(features), 0, 2, 4));
        return (normed, graph.Node("Reshape", [flat, shape], flat.Type, [flat.Shape[0], flat.Shape[1], features.Shape[2], features.Shape[3]]));
    }

    private MaskPrediction Predict(Tensor queries, Tensor pixels)
    {
        var normed = _norm.call(queries);
        var masks = einsum("bqc,bchw->bqhw", _mask.Forward(normed), pixels);
        return new MaskPrediction(normed, _classes?.call(normed), masks);
    }
}
