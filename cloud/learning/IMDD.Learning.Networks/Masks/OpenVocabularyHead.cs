using IMDD.Learning.Onnx.Graph;
using IMDD.Learning.Onnx.Torch;
using IMDD.Learning.Weights.Configurations;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace IMDD.Learning.Networks.Masks;

/// <summary>
/// Names masks by any words: a mask's embedding, made of its query and of what its pixels look like, is compared with embeddings of texts (Xu et al. 2023,
/// section 3.4). Texts are brought to the masks' width and not the other way about, so that a bank of them is computed once. "No object" is a learned
/// text of its own beside them.
/// </summary>
public sealed class OpenVocabularyHead : NamedModule
{
    private const double FirstTemperature = 0.07;
    private const double LargestScale = 100;

    private readonly LayerNorm _pooledNorm;
    private readonly Linear _pooled;
    private readonly LayerNorm _norm;
    private readonly MaskPerceptron _perceptron;
    private readonly Linear _text;

    /// <summary>A head with new parameters.</summary>
    public OpenVocabularyHead(OpenVocabularyOptions options, Placement placement = default)
        : base(nameof(OpenVocabularyHead))
    {
        register_module("pooled_norm", _pooledNorm = placement.LayerNorm(options.MaskWidth));
        register_module("pooled", _pooled = placement.Linear(options.MaskWidth, options.Width));
        register_module("norm", _norm = placement.LayerNorm(options.Width));
        register_module("embed", _perceptron = new MaskPerceptron(options.Width, options.EmbeddingWidth, placement));
        register_module("text", _text = placement.Linear(options.TextWidth, options.EmbeddingWidth));
        using (var drawn = randn(options.TextWidth, placement.Type, placement.Device))
        {
            register_parameter("no_object", nn.Parameter(drawn * Math.Pow(options.TextWidth, -0.5)));
        }

        register_parameter("logit_scale", nn.Parameter(full([], (float)-Math.Log(FirstTemperature), placement.Type, placement.Device)));
    }

    /// <summary>Where its parameters are.</summary>
    internal Device Device => LogScale.device;

    private Parameter NoObject => Own("no_object");

    private Parameter LogScale => Own("logit_scale");

    /// <summary>Takes over an embedding for "no object" to start from: that of the empty text.</summary>
    /// <param name="emptyText">[text width].</param>
    public void StartNoObjectAt(Tensor emptyText)
    {
        using var untracked = no_grad();
        NoObject.copy_(emptyText);
    }

    /// <summary>What the cosines are multiplied by: the inverse of the temperature, learned, at most 100; a scalar.</summary>
    public Tensor Scale() => Scale(LogScale);

    /// <summary>Embeddings of masks, of unit length, [B, Q, E].</summary>
    /// <param name="prediction">Queries and masks of one layer.</param>
    /// <param name="features">What the masks were read from, [B, mask width, H, W].</param>
    public Tensor Embed(MaskPrediction prediction, Tensor features)
    {
        using var scope = NewDisposeScope();
        var pooled = _pooled.call(_pooledNorm.call(MaskPooling.Of(prediction.Masks, features)));
        return Unit(_perceptron.Forward(_norm.call(prediction.Queries + pooled))).MoveToOuterDisposeScope();
    }

    /// <summary>Rows that masks are compared with, of unit length, [K, E].</summary>
    /// <param name="texts">Embeddings of texts, [K, text width].</param>
    public Tensor Rows(Tensor texts)
    {
        using var scope = NewDisposeScope();
        return Unit(_text.call(texts)).MoveToOuterDisposeScope();
    }

    /// <summary>The row of "no object", of unit length, [1, E].</summary>
    public Tensor NoObjectRow()
    {
        using var scope = NewDisposeScope();
        return Rows(NoObject.unsqueeze(0)).MoveToOuterDisposeScope();
    }

    /// <summary>Logits of every mask and row, "no object" last, [B, Q, K + 1].</summary>
    /// <param name="embeddings">What <see cref="Embed"/> gave.</param>
    /// <param name="rows">What <see cref="Rows"/> gave.</param>
    public Tensor Score(Tensor embeddings, Tensor rows)
    {
        using var scope = NewDisposeScope();
        return (Scale() * embeddings.matmul(cat([rows, NoObjectRow()], 0).t())).MoveToOuterDisposeScope();
    }

    /// <summary>Logits of classes that have several names: the best of them, [B, Q, classes + 1].</summary>
    /// <param name="logits">Of every name, "no object" last, [B, Q, names + 1].</param>
    /// <param name="classOfName">For each name its class, from 0, every class at least once.</param>
    public static Tensor BestOfNames(Tensor logits, IReadOnlyList<int> classOfName)
    {
        if (classOfName.Count + 1 != logits.shape[2])
        {
            throw new ArgumentException($"{classOfName.Count} names; expected {logits.shape[2] - 1}, one fewer than there are logits.", nameof(classOfName));
        }

        using var scope = NewDisposeScope();
        List<Tensor> best = [];
        for (var label = 0; label <= classOfName.Max(); label++)
        {
            long[] names = [.. Enumerable.Range(0, classOfName.Count).Where(name => classOfName[name] == label).Select(name => (long)name)];
            best.Add(names.Length > 0
                ? logits.index_select(2, tensor(names, device: logits.device)).amax([2], keepdim: true)
                : throw new ArgumentException($"Class {label} has no name.", nameof(classOfName)));
        }

        best.Add(logits.narrow(2, classOfName.Count, 1));
        return cat(best, 2).MoveToOuterDisposeScope();
    }

    /// <summary>Adds to the graph what <see cref="Embed"/> and <see cref="Score"/> compute.</summary>
    /// <param name="onnx">The graph.</param>
    /// <param name="queries">[B, Q, width].</param>
    /// <param name="masks">Logits, [B, Q, H, W].</param>
    /// <param name="features">[B, mask width, H, W].</param>
    /// <param name="rows">Unit rows of text, [K, E].</param>
    /// <returns>Logits of the rows, [B, Q, K], and of "no object", [B, Q, 1].</returns>
    public (OnnxValue Rows, OnnxValue NoObject) Export(OnnxModuleScope onnx, OnnxValue queries, OnnxValue masks, OnnxValue features, OnnxValue rows)
    {
        const float Shortest = 1e-12f;
        using var scope = NewDisposeScope();
        var graph = onnx.Graph;
        var cells = features.Shape[2].Times(features.Shape[3]);
        var inside = graph.Cast(graph.Greater(graph.FlattenFrom(masks, 2, cells), graph.Scalar(0)), OnnxElementType.Float);

        // Shares of the mean, and not sums that are divided afterwards: in 16 bits the sum over a frame's cells is infinite before it is divided.
        var shares = graph.Div(inside, graph.Add(graph.ReduceSum(inside, 2), graph.Scalar(MaskPooling.Empty.ToSingle())));
        var pooled = graph.MatMul(shares, graph.Transpose(graph.FlattenFrom(features, 2, cells), 0, 2, 1));
        var joined = graph.Add(queries, onnx.Call(_pooled, onnx.Call(_pooledNorm, pooled)));
        var unit = graph.NormalizeL2(_perceptron.Export(onnx, onnx.Call(_norm, joined)), 2, Shortest);
        var scale = graph.Scalar(Scale(onnx.Value(LogScale)).item<float>());
        var linear = nn.functional.linear(onnx.Value(NoObject).unsqueeze(0), onnx.Value(_text.weight), onnx.Value(_text.bias!));
        var none = graph.Constant("no_object", Unit(linear).t().ToOnnx());
        return (graph.Mul(graph.MatMul(unit, graph.Transpose(rows, 1, 0)), scale), graph.Mul(graph.MatMul(unit, none), scale));
    }

    private static Tensor Scale(Tensor logScale) => logScale.exp().clamp_max(LargestScale);

    private static Tensor Unit(Tensor rows) => nn.functional.normalize(rows, dim: -1);
}
