using IMDD.Learning.Networks.Blocks;
using IMDD.Learning.Onnx.Graph;
using IMDD.Learning.Onnx.Torch;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace IMDD.Learning.Networks;

/// <summary>
/// The edge segmenter: a convolutional encoder to stride 32, a feature pyramid back to the output stride, and two 1×1 heads, the defect logit and
/// an embedding that is compared with rows of text. Classes that were learned later may have branches of their own. The README beside this file says which designs were tried.
/// </summary>
public sealed class EdgeNetwork : Module<Tensor, Tensor?, EdgeFeatures>, IOnnxMultiExportable
{
    // Few pixels are defective: the head starts there, so that the first steps do not learn just that (Lin et al. 2017, focal loss, section 4.1).
    private const double PriorLogit = -3;

    // Kept for good: TorchSharp does not keep a number alive while libtorch reads it.
    private static readonly Scalar UnitFloor = 1e-6;

    private readonly Stem _stem;
    private readonly TorchSharp.Modules.ModuleList<Module<Tensor, Tensor>> _stages = new();
    private readonly TorchSharp.Modules.ModuleList<Merge> _merges = new();
    private readonly TorchSharp.Modules.Conv2d _defect;
    private readonly TorchSharp.Modules.Conv2d _embedding;
    private readonly NamingHead _naming = new();
    private readonly int _finest;
    private readonly TorchSharp.Modules.ModuleList<SideBranch> _branches = new();
    private readonly TorchSharp.Modules.Upsample? _double;

    /// <summary>Makes a network with random weights, drawn from torch's generator.</summary>
    public EdgeNetwork(EdgeNetworkOptions options)
        : base(nameof(EdgeNetwork))
    {
        options.Validate();
        Options = options;
        var plan = EdgePlan.Of(options.Size);
        _double = options.Doubled ? Upsample(scale_factor: [2, 2], mode: UpsampleMode.Bilinear, align_corners: false) : null;
        _stem = new Stem(plan.Widths[0], options.UsesReference);
        for (var level = 1; level < plan.Widths.Length; level++)
        {
            List<Module<Tensor, Tensor>> stage = [new ConvNormAct(plan.Widths[level - 1], plan.Widths[level], stride: 2)];
            stage.AddRange(Enumerable.Range(0, plan.Blocks[level - 1]).Select(_ => new ResidualBlock(plan.Widths[level])));
            if (options.Attention && level == plan.Widths.Length - 1)
            {
                stage.Add(new MapAttention(plan.Widths[level], plan.AttentionWidth));
            }

            _stages.Add(Sequential(stage));
        }

        // From stride 16 down to the output's.
        var coarse = plan.Widths[^1];
        for (var level = plan.Widths.Length - 2; 2 << level >= options.MapStride; level--)
        {
            _merges.Add(new Merge(coarse, plan.Widths[level], plan.DecoderWidths[level], isFinest: 2 << level == options.MapStride));
            coarse = plan.DecoderWidths[level];
        }

        _defect = Conv2d(coarse, 1, kernel_size: 1);
        _embedding = Conv2d(coarse, options.EmbeddingLength, kernel_size: 1);
        _finest = int.Log2(options.MapStride) - 1;
        int[] seen = [.. plan.Widths];
        seen[_finest] += coarse;
        for (var branch = 0; branch < options.SideBranches; branch++)
        {
            _branches.Add(new SideBranch(seen, _finest, options.EmbeddingLength));
        }

        FrameLength = plan.Widths[^1];
        RegisterComponents();
        init.constant_(_defect.bias!, PriorLogit);
    }

    /// <summary>What it was made of.</summary>
    public EdgeNetworkOptions Options { get; }

    /// <summary>Length of the frame's embedding.</summary>
    public int FrameLength { get; }

    /// <summary>Beginning of the names, in an export, of the nodes that make the finest map.</summary>
    public string FinestPath => $"{nameof(_merges)}/{_merges.Count - 1}/";

    /// <summary>Head of the defect logit.</summary>
    public TorchSharp.Modules.Conv2d DefectHead => _defect;

    /// <summary>How pixels are compared with words.</summary>
    public NamingHead Naming => _naming;

    /// <summary>Of the classes that were learned later, in that order.</summary>
    public IReadOnlyList<SideBranch> Branches => [.. _branches];

    /// <summary>Looks at pictures.</summary>
    /// <param name="image"><c>[B, 3, H, W]</c>, 0 to 1, H and W multiples of <see cref="EdgeNetworkOptions.Stride"/>.</param>
    /// <param name="reference">The same of a known-good view; null exactly when the network takes none.</param>
    public override EdgeFeatures forward(Tensor image, Tensor? reference)
    {
        using var scope = NewDisposeScope();
        var levels = Encode(image, reference);
        var frame = levels[^1].mean([2, 3]);
        var features = Decode(levels);
        var (defect, embedding) = (_defect.forward(features), _embedding.forward(features));
        levels[_finest] = _branches.Count == 0 ? levels[_finest] : cat([levels[_finest], features], 1);
        foreach (var branch in _branches)
        {
            var logit = branch.forward(levels);
            (defect, embedding) = (maximum(defect, logit), branch.Claim(embedding, logit, defect));
        }

        var length = (embedding * embedding).sum(1, keepdim: true).Plus(UnitFloor).sqrt();
        return new EdgeFeatures(
            defect.squeeze(1).MoveToOuterDisposeScope(),
            (embedding / length).MoveToOuterDisposeScope(),
            frame.MoveToOuterDisposeScope());
    }

    /// <summary>Looks at pictures with the last branches alone.</summary>
    /// <param name="image">As of <see cref="forward"/>.</param>
    /// <param name="reference">As of <see cref="forward"/>.</param>
    /// <param name="first">Index of the first branch that is asked.</param>
    /// <returns>Their logits, <c>[B, branches, h, w]</c>.</returns>
    public Tensor ForwardBranches(Tensor image, Tensor? reference, int first)
    {
        using var scope = NewDisposeScope();
        var levels = Encode(image, reference);
        levels[_finest] = cat([levels[_finest], Decode(levels)], 1);
        return cat([.. _branches.Skip(first).Select(branch => branch.forward(levels))], 1).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Writes the network together with the comparison with rows of text, which costs less so: the few cosines are divided by the pixels' lengths instead of their
    /// many channels, the channels are as few as they can be (<see cref="EmbeddingAxes"/>), and only what fits best becomes a logit.
    /// </summary>
    /// <param name="onnx">Where to.</param>
    /// <param name="inputs">Picture and, where it takes one, reference, in grey levels of 0 to 255; unit rows <c>[K, D]</c>.</param>
    /// <returns>
    /// Defect logits <c>[B, h, w]</c>; logits of the two rows that fit best, or of the one that there is, best first, and which they are, <c>[B, 2 or 1, cells]</c>; the
    /// frame's embedding <c>[B, E]</c>.
    /// </returns>
    public IReadOnlyList<OnnxValue> ExportOnnx(OnnxModuleScope onnx, IReadOnlyList<OnnxValue> inputs)
    {
        using var scope = NewDisposeScope();
        var graph = onnx.Graph;
        var text = inputs[^1];
        var pictures = inputs.SkipLast(1).Select(picture => _double is null ? picture : onnx.Call(_double, picture));
        List<OnnxValue> levels = [onnx.CallMany(_stem, [.. pictures])[0]];
        foreach (var stage in _stages)
        {
            levels.Add(onnx.Call(stage, levels[^1]));
        }

        var frame = graph.Squeeze(graph.ReduceMean(levels[^1], 2, 3), 2, 3);
        var features = levels[^1];
        for (var index = 0; index < _merges.Count; index++)
        {
            features = onnx.CallMany(_merges[index], features, levels[^(index + 2)])[0];
        }

        var defect = onnx.Call(_defect, features);
        if (_branches.Count == 0 && EmbeddingAxes.Of(onnx, _embedding) is { } axes)
        {
            using (graph.Scope(nameof(_embedding)))
            {
                var pixels = Cells(graph, axes.Pixels(features));
                var (fit, fitting) = Best(graph, text, axes.Products(text, pixels), pixels, axes.FixedSquare);
                return [graph.Squeeze(defect, 1), fit, fitting, frame];
            }
        }

        var embedding = onnx.Call(_embedding, features);
        levels[_finest] = _branches.Count == 0 ? levels[_finest] : graph.Concat(1, levels[_finest], features);
        foreach (var branch in _branches)
        {
            var logit = onnx.CallMany(branch, [.. levels])[0];
            (defect, embedding) = (graph.Max(defect, logit), branch.ExportClaim(graph, embedding, logit, defect));
        }

        var cells = Cells(graph, embedding);
        var (logits, rows) = Best(graph, text, graph.MatMul(text, cells), cells, 0);
        return [graph.Squeeze(defect, 1), logits, rows, frame];
    }

    /// <summary>How many rows of text there are, <c>[1]</c>.</summary>
    internal static OnnxValue ExportCount(OnnxGraphBuilder graph, OnnxValue text) => graph.Slice(graph.Shape(text), 0, 0, 1);

    private static OnnxValue Cells(OnnxGraphBuilder graph, OnnxValue map) => graph.FlattenFrom(map, 2, OnnxDimension.Symbolic("cells"));

    /// <summary>
    /// The rows that fit best by their products with pixels <c>[B, channels, cells]</c>, whose length's square is that of the channels and <paramref name="more"/>: within a cell
    /// logits grow with products.
    /// </summary>
    private (OnnxValue Logits, OnnxValue Rows) Best(OnnxGraphBuilder graph, OnnxValue text, OnnxValue products, OnnxValue pixels, float more)
    {
        var (largest, rows) = graph.TopK(products, graph.Min(ExportCount(graph, text), graph.Vector(2)), OnnxDimension.Symbolic("best"), axis: 1);

        // Adding up by a product: over the channels of a map a sum of its own takes ten times as long.
        var channels = pixels.Shape[1].Value!.Value;
        var ones = graph.Constant("ones", Enumerable.Repeat(1f, (int)channels).ToArray(), 1, channels);
        var length = graph.Sqrt(graph.Add(graph.MatMul(ones, graph.Mul(pixels, pixels)), graph.Scalar(UnitFloor.ToSingle() + more)));
        var logits = graph.Add(graph.Mul(graph.Div(largest, length), graph.Scalar(MathF.Exp(_naming.LogScale.item<float>()))), graph.Scalar(_naming.Bias.item<float>()));
        return (logits, rows);
    }

    private List<Tensor> Encode(Tensor image, Tensor? reference)
    {
        if (Options.UsesReference != reference is not null)
        {
            throw new ArgumentException(Options.UsesReference ? "This network needs a reference." : "This network takes no reference.", nameof(reference));
        }

        if (_double is not null)
        {
            (image, reference) = (_double.forward(image), reference is null ? null : _double.forward(reference));
        }

        List<Tensor> levels = [_stem.forward(image, reference)];
        foreach (var stage in _stages)
        {
            levels.Add(stage.forward(levels[^1]));
        }

        return levels;
    }

    private Tensor Decode(List<Tensor> levels)
    {
        var features = levels[^1];
        for (var index = 0; index < _merges.Count; index++)
        {
            features = _merges[index].forward(features, levels[^(index + 2)]);
        }

        return features;
    }
}
