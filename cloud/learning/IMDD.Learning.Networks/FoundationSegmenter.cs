using IMDD.Learning.Networks.Clip;
using IMDD.Learning.Networks.Masks;
using IMDD.Learning.Onnx.Graph;
using IMDD.Learning.Onnx.Torch;
using static TorchSharp.torch;

namespace IMDD.Learning.Networks;

/// <summary>
/// The foundation model behind the segmenter contract: bytes in, scores out, words as rows of text. Each query is a defect as far as it is not "no object";
/// a pixel belongs to the query that is there most, and bears that query's names, with those that are about as strong.
/// </summary>
public sealed class FoundationSegmenter : NamedModule, IOnnxMultiExportable
{
    /// <summary>Operator set of the export: the first that smooths an image when it makes it smaller.</summary>
    public const int Opset = 18;

    /// <summary>What stands before the network's own names of its parameters here.</summary>
    public const string NetworkPrefix = "network.";

    /// <summary>
    /// How fast a query's say in a pixel's name falls behind that of the strongest: one that is weaker by 0.1 has a third of it. Where several are about as
    /// strong all count, so that no last bit decides whose names a pixel bears.
    /// </summary>
    private const float OwnerSharpness = 10;

    // Kept for good: TorchSharp does not keep a number alive while libtorch reads it.
    private static readonly TorchSharp.Scalar Sharpness = OwnerSharpness;

    private readonly FoundationNetwork _network;
    private readonly Tensor _emptyStates;
    private readonly bool _asksClip;

    /// <summary>Wraps a network, which becomes a child of this module.</summary>
    /// <param name="network">The network.</param>
    /// <param name="asksClip">Whether CLIP helps to name: see <see cref="Rows"/>.</param>
    public FoundationSegmenter(FoundationNetwork network, bool asksClip = false)
        : this(network, EmptyStatesOf(network), asksClip)
    {
    }

    /// <summary>Wraps a network that has names and shapes alone (<see cref="Placement.Meta"/>), to be exported.</summary>
    /// <param name="network">Becomes a child of this module.</param>
    /// <param name="emptyStates">What its <see cref="FoundationNetwork.EmptyStates"/> would give; becomes this module's.</param>
    /// <param name="asksClip">Whether CLIP helps to name: see <see cref="Rows"/>.</param>
    public FoundationSegmenter(FoundationNetwork network, Tensor emptyStates, bool asksClip = false)
        : base(nameof(FoundationSegmenter))
    {
        _asksClip = asksClip;
        register_module("network", _network = network);
        _emptyStates = emptyStates.DetachFromDisposeScope();
    }

    /// <summary>
    /// Rows of text where CLIP helps to name: behind the naming head's row CLIP's own of the same text and CLIP's share for it, the whole brought to unit length,
    /// which rows of a bundle have. The two parts of unit length say by how much.
    /// </summary>
    /// <param name="rows">As <see cref="OpenVocabularyHead.Rows"/> gives them, [K, E].</param>
    /// <param name="texts">CLIP's embeddings of the same texts, [K, text width].</param>
    /// <param name="shares">CLIP's shares, 0 to 1, [K].</param>
    /// <returns>[K, E + text width + 1].</returns>
    public static Tensor Rows(Tensor rows, Tensor texts, Tensor shares)
    {
        using var scope = NewDisposeScope();
        return nn.functional.normalize(cat([rows, nn.functional.normalize(texts, dim: 1), shares.unsqueeze(1)], 1), dim: 1).MoveToOuterDisposeScope();
    }

    /// <summary>Inputs of the exported model: <c>image</c> and <c>text</c>, unit rows of the naming head, or <see cref="Rows"/>.</summary>
    public IReadOnlyList<OnnxInput> OnnxInputs()
    {
        long stride = _network.Configuration.Stride;
        return
        [
            new OnnxInput(
                "image", OnnxElementType.UInt8, [OnnxDimension.Symbolic("B"), OnnxDimension.Symbolic("H", stride), OnnxDimension.Symbolic("W", stride), 3]),
            OnnxInput.Floats("text", [OnnxDimension.Symbolic("K"), RowWidth]),
        ];
    }

    /// <summary>Length of a row of text.</summary>
    public int RowWidth => _network.Configuration.Vocabulary.EmbeddingWidth + (_asksClip ? _network.Configuration.Clip.Projection + 1 : 0);

    /// <summary>Segments.</summary>
    /// <param name="image">Bytes, [B, H, W, 3], sides multiples of the configuration's stride.</param>
    /// <param name="text">Unit rows as <see cref="OpenVocabularyHead.Rows"/> gives them, or where CLIP helps to name <see cref="Rows"/>, [K, row width], K at least 1.</param>
    public SegmenterTensors Forward(Tensor image, Tensor text) => Forward(image, text.shape[0], (prediction, pixels, images) => Named(prediction, pixels, images, text));

    /// <summary>Segments, and names what it finds by classes instead of rows.</summary>
    /// <param name="image">Bytes, [B, H, W, 3], sides multiples of the configuration's stride.</param>
    /// <param name="naming">Of the same network.</param>
    public SegmenterTensors Forward(Tensor image, MaskNaming naming) => Forward(image, naming.Classes, naming.Logits);

    private SegmenterTensors Forward(Tensor image, long rows, Func<MaskPrediction, Tensor, Tensor, Tensor> name)
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        var images = (image.to(float32) / 255).permute(0, 3, 1, 2).contiguous();
        var features = _network.Features(images, _emptyStates);
        var pixels = _network.Masks.Pixels(features.Maps);
        var prediction = _network.Masks.Predict(pixels)[^1];
        var logits = name(prediction, pixels.Mask, images);
        var none = logits.narrow(2, rows, 1);
        var objects = 1 - logits.softmax(-1).narrow(2, rows, 1);
        var weighted = prediction.Masks.sigmoid().flatten(2) * objects;
        var strongest = weighted.amax([1], keepdim: true);
        long[] plane = [image.shape[0], prediction.Masks.shape[2], prediction.Masks.shape[3]];
        var defect = strongest.view(plane);

        var owners = ((weighted - strongest) * Sharpness).exp();
        var names = (logits.narrow(2, 0, rows) - none).sigmoid();
        var scores = owners.transpose(1, 2).matmul(names) / owners.sum(1).unsqueeze(-1);
        var best = scores.amax([2], keepdim: true);
        var (two, _) = cat([scores, best - 1], 2).topk(2, 2);
        return new SegmenterTensors(
            defect.alias().MoveToOuterDisposeScope(),
            scores.argmax(2).to(int32).view(plane).MoveToOuterDisposeScope(),
            two.select(2, 0).reshape(plane).MoveToOuterDisposeScope(),
            (two.select(2, 0) - two.select(2, 1)).reshape(plane).MoveToOuterDisposeScope(),
            PeakMean.Of(defect).MoveToOuterDisposeScope(),
            features.Image.MoveToOuterDisposeScope());
    }

    /// <inheritdoc/>
    public IReadOnlyList<OnnxValue> ExportOnnx(OnnxModuleScope onnx, IReadOnlyList<OnnxValue> inputs)
    {
        var graph = onnx.Graph;
        var configuration = _network.Configuration;
        var image = graph.Transpose(graph.Mul(graph.Cast(inputs[0], OnnxElementType.Float), graph.Scalar(1 / 255f)), 0, 3, 1, 2);
        var view = ClipPreprocessing.Export(graph, image, configuration.Clip.Vision.ImageSize);
        var embedding = _network.Clip.ExportImage(onnx, view);
        var context = _network.Captioner.ExportContext(onnx, embedding, _emptyStates);
        var (latent, detail) = _network.Vae.Export(onnx, graph.Sub(graph.Mul(image, graph.Scalar(2)), graph.Scalar(1)));
        var features = _network.Unet.ExportFeatures(onnx, Noisy(graph, latent), configuration.FeatureTimestep, context);
        IReadOnlyList<OnnxValue> maps = configuration.FineMasks ? [detail!, .. features.Reverse()] : [.. features.Reverse()];
        var (queries, masks, pixels) = _network.Masks.Export(onnx, maps);
        var (rows, none) = _asksClip
            ? ExportNamed(onnx, queries, masks, pixels, view, inputs[1])
            : _network.Vocabulary.Export(onnx, queries, masks, pixels, inputs[1]);
        return [.. Outputs(graph, rows, none, masks), embedding];
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _emptyStates.Dispose();
        base.Dispose(disposing);
    }

    private Tensor Named(MaskPrediction prediction, Tensor pixels, Tensor images, Tensor text)
    {
        var embeddings = _network.Vocabulary.Embed(prediction, pixels);
        if (!_asksClip)
        {
            return _network.Vocabulary.Score(embeddings, text);
        }

        var width = _network.Configuration.Vocabulary.EmbeddingWidth;
        var length = text.narrow(1, 0, width).norm(1, keepdim: true);
        var own = _network.Vocabulary.Score(embeddings, text.narrow(1, 0, width) / length);
        var view = ClipPreprocessing.ApplyWhole(images, _network.Configuration.Clip.Vision.ImageSize);
        var clip = _network.Clip.Logits(_network.Clip.EmbedMasks(view, prediction.Masks), text.narrow(1, width, _network.Configuration.Clip.Projection));
        return ClipEnsemble.Logits(ClipEnsemble.Combine(own, clip, (text.narrow(1, RowWidth - 1, 1) / length).squeeze(1)));
    }

    private (OnnxValue Rows, OnnxValue NoObject) ExportNamed(
        OnnxModuleScope onnx, OnnxValue queries, OnnxValue masks, OnnxValue pixels, OnnxValue view, OnnxValue text)
    {
        var graph = onnx.Graph;
        var width = _network.Configuration.Vocabulary.EmbeddingWidth;
        var part = graph.Slice(text, 1, 0, width);
        var length = graph.ReduceL2(part, 1);
        var (rows, none) = _network.Vocabulary.Export(onnx, queries, masks, pixels, graph.Div(part, length));
        var clip = _network.Clip.ExportMaskLogits(onnx, view, masks, graph.Div(graph.Slice(text, 1, width, RowWidth - 1), length));
        var share = graph.Transpose(graph.Div(graph.Slice(text, 1, RowWidth - 1, RowWidth), length), 1, 0);
        return ClipEnsemble.Export(graph, rows, none, clip, share);
    }

    private static Tensor EmptyStatesOf(FoundationNetwork network)
    {
        using var untracked = no_grad();
        return network.EmptyStates();
    }

    private OnnxValue Noisy(OnnxGraphBuilder graph, OnnxValue latent)
    {
        using var scope = NewDisposeScope();
        var (signal, spread) = _network.FeatureLevel();
        var noise = graph.Constant("feature_noise", (_network.FeatureNoise() * spread).ToOnnx());
        var ends = graph.Slice(graph.Shape(latent), 0, 2, 4);
        var cut = graph.Node(
            "Slice", [noise, graph.Vector(0, 0), ends, graph.Vector(2, 3)], noise.Type, [1, noise.Shape[1], latent.Shape[2], latent.Shape[3]]);
        return graph.Add(graph.Mul(latent, graph.Scalar((float)signal)), cut);
    }

    private static IReadOnlyList<OnnxValue> Outputs(OnnxGraphBuilder graph, OnnxValue rows, OnnxValue none, OnnxValue masks)
    {
        var cells = masks.Shape[2].Times(masks.Shape[3]);
        var all = graph.Concat(2, none, rows);
        var objects = graph.Sub(graph.Scalar(1), graph.Slice(graph.Softmax(all, 2), 2, 0, 1));
        var weighted = graph.Mul(graph.Sigmoid(graph.FlattenFrom(masks, 2, cells)), objects);
        var strongest = graph.ReduceMax(weighted, 1);
        var plane = graph.Squeeze(graph.Slice(masks, 1, 0, 1), 1);
        var defect = graph.ReshapeLike(strongest, plane);
        var owners = graph.Exp(graph.Mul(graph.Sub(weighted, strongest), graph.Scalar(OwnerSharpness)));
        var names = graph.Sigmoid(graph.Sub(rows, none));
        var turned = graph.Transpose(owners, 0, 2, 1);
        var scores = graph.Div(graph.MatMul(turned, names), graph.ReduceSum(turned, 2));
        var best = graph.ReduceMax(scores, 2);
        var two = graph.TopK(graph.Concat(2, scores, graph.Sub(best, graph.Scalar(1))), graph.Vector(2), 2).Values;
        return
        [
            defect,
            graph.ReshapeLike(graph.Cast(graph.ArgMax(scores, 2), OnnxElementType.Int32), plane),
            graph.ReshapeLike(best, plane),
            graph.ReshapeLike(graph.Sub(best, graph.Slice(two, 2, 1, 2)), plane),
            PeakMean.Export(graph, defect),
        ];
    }
}
