using IMDD.Learning.Onnx.Graph;
using IMDD.Learning.Onnx.Torch;
using IMDD.Learning.Weights.Configurations;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace IMDD.Learning.Networks.Clip;

/// <summary>CLIP (Radford et al. 2021) with both towers, under the parameter names of Hugging Face's checkpoints.</summary>
public sealed class ClipModel : NamedModule
{
    private const double FirstTemperature = 0.07;
    private const double LargestScale = 100;

    private readonly ClipTextModel _text;
    private readonly ClipVisionModel _vision;
    private readonly Linear _textProjection;
    private readonly Linear _visualProjection;

    /// <summary>A model with new parameters.</summary>
    public ClipModel(ClipConfiguration configuration, Placement placement = default)
        : base(nameof(ClipModel))
    {
        Configuration = configuration;
        register_module("text_model", _text = new ClipTextModel(configuration.Text, placement));
        register_module("vision_model", _vision = new ClipVisionModel(configuration.Vision, placement));
        register_module("text_projection", _textProjection = placement.Linear(configuration.Text.Tower.Width, configuration.Projection, bias: false));
        register_module("visual_projection", _visualProjection = placement.Linear(configuration.Vision.Tower.Width, configuration.Projection, bias: false));
        register_parameter("logit_scale", nn.Parameter(full([], (float)-Math.Log(FirstTemperature), placement.Type, placement.Device)));
    }

    /// <summary>Its widths and depths.</summary>
    public ClipConfiguration Configuration { get; }

    /// <summary>Text states after the last norm, [B, N, width].</summary>
    /// <param name="ids">Token ids, [B, N].</param>
    public Tensor TextStates(Tensor ids) => _text.Forward(ids);

    /// <summary>Text embeddings, not normalised, [B, projection].</summary>
    /// <param name="ids">Token ids, [B, N].</param>
    public Tensor EmbedText(Tensor ids)
    {
        using var scope = NewDisposeScope();
        return _textProjection.call(ClipText.AtEnd(_text.Forward(ids), ids)).MoveToOuterDisposeScope();
    }

    /// <summary>Image embeddings, not normalised, [B, projection].</summary>
    /// <param name="pixels">Images as <see cref="ClipPreprocessing"/> makes them, [B, 3, S, S].</param>
    public Tensor EmbedImage(Tensor pixels)
    {
        CheckImages(pixels);
        using var scope = NewDisposeScope();
        return _visualProjection.call(_vision.Forward(pixels)).MoveToOuterDisposeScope();
    }

    /// <summary>Embeddings of what lies inside masks, not normalised, [B, Q, projection].</summary>
    /// <param name="pixels">Images as <see cref="ClipPreprocessing"/> makes them, [B, 3, S, S].</param>
    /// <param name="masks">Logits of the whole image, [B, Q, H, W].</param>
    public Tensor EmbedMasks(Tensor pixels, Tensor masks)
    {
        CheckImages(pixels);
        using var scope = NewDisposeScope();
        return _visualProjection.call(_vision.ForwardMasked(pixels, masks)).MoveToOuterDisposeScope();
    }

    /// <summary>Scaled cosines between every image and every text, [images, texts].</summary>
    /// <param name="images">Embeddings of images, [B, projection], or of masks, [B, Q, projection].</param>
    /// <param name="texts">Embeddings, [K, projection].</param>
    public Tensor Logits(Tensor images, Tensor texts)
    {
        using var scope = NewDisposeScope();
        var scale = Own("logit_scale").exp().clamp_max(LargestScale);
        return (scale * nn.functional.normalize(images, dim: -1).matmul(nn.functional.normalize(texts, dim: 1).t())).MoveToOuterDisposeScope();
    }

    /// <summary>Adds to the graph what <see cref="EmbedImage"/> computes.</summary>
    public OnnxValue ExportImage(OnnxModuleScope onnx, OnnxValue pixels) => onnx.Call(_visualProjection, _vision.Export(onnx, pixels));

    /// <summary>Adds to the graph what <see cref="EmbedMasks"/> and, of its result, <see cref="Logits"/> compute.</summary>
    /// <param name="onnx">The graph.</param>
    /// <param name="pixels">As of <see cref="EmbedMasks"/>.</param>
    /// <param name="masks">As of <see cref="EmbedMasks"/>.</param>
    /// <param name="texts">Unit embeddings, [K, projection].</param>
    /// <returns>[B, Q, K].</returns>
    public OnnxValue ExportMaskLogits(OnnxModuleScope onnx, OnnxValue pixels, OnnxValue masks, OnnxValue texts)
    {
        const float Shortest = 1e-12f;
        using var scope = NewDisposeScope();
        var graph = onnx.Graph;
        var unit = graph.NormalizeL2(onnx.Call(_visualProjection, _vision.ExportMasked(onnx, pixels, masks)), 2, Shortest);
        var scale = onnx.Value(Own("logit_scale")).exp().clamp_max(LargestScale).item<float>();
        return graph.Mul(graph.MatMul(unit, graph.Transpose(texts, 1, 0)), graph.Scalar(scale));
    }

    private void CheckImages(Tensor pixels)
    {
        var side = Configuration.Vision.ImageSize;
        if (pixels.Dimensions != 4 || pixels.shape[1] != 3 || pixels.shape[2] != side || pixels.shape[3] != side)
        {
            throw new ArgumentException($"Images of [{string.Join(", ", pixels.shape)}]; expected [B, 3, {side}, {side}].", nameof(pixels));
        }
    }
}
