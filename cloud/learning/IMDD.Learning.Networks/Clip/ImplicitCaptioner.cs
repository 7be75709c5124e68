using IMDD.Learning.Onnx.Graph;
using IMDD.Learning.Onnx.Torch;
using IMDD.Learning.Weights.Configurations;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace IMDD.Learning.Networks.Clip;

/// <summary>
/// A text that nobody wrote, made of an image's embedding (paper, section on the implicit captioner): a perceptron from CLIP's image space to its text
/// space, and from there to the context of the denoising network.
/// </summary>
public sealed class ImplicitCaptioner : NamedModule
{
    private readonly CaptionerOptions _options;
    private readonly Linear _first;
    private readonly Linear _second;

    /// <summary>A captioner with new parameters; its context is that of the empty text at first, in the gated form.</summary>
    public ImplicitCaptioner(CaptionerOptions options, Placement placement = default)
        : base(nameof(ImplicitCaptioner))
    {
        _options = options;
        register_module("fc1", _first = placement.Linear(options.ImageWidth, options.HiddenWidth));
        register_module("fc2", _second = placement.Linear(options.HiddenWidth, options.TextWidth));
        if (IsGated)
        {
            register_parameter("positions", nn.Parameter(zeros([options.Tokens, options.TextWidth], placement.Type, placement.Device)));
            register_parameter("gate", nn.Parameter(zeros([options.Tokens, options.TextWidth], placement.Type, placement.Device)));
        }
    }

    private bool IsGated => _options.Form == CaptionContext.Gated;

    private Parameter Positions => Own("positions");

    private Parameter Gate => Own("gate");

    /// <summary>The implied text's embedding, to be compared with the state at a caption's end.</summary>
    /// <param name="image">CLIP's image embeddings, not normalised, [B, image width].</param>
    /// <returns>[B, text width].</returns>
    public Tensor Embed(Tensor image)
    {
        using var scope = NewDisposeScope();
        return _second.call(nn.functional.gelu(_first.call(image))).MoveToOuterDisposeScope();
    }

    /// <summary>The context of the denoising network.</summary>
    /// <param name="embedding">What <see cref="Embed"/> gave, [B, text width].</param>
    /// <param name="emptyStates">States of the empty text, [1 or B, tokens, text width]; not looked at in the repeated form.</param>
    /// <returns>[B, tokens, text width].</returns>
    public Tensor Context(Tensor embedding, Tensor emptyStates)
    {
        using var scope = NewDisposeScope();
        var repeated = embedding.unsqueeze(1).expand(-1, _options.Tokens, -1);
        return (IsGated ? emptyStates + (Gate.tanh() * (repeated + Positions)) : repeated.contiguous()).MoveToOuterDisposeScope();
    }

    /// <summary>Adds to the graph the context of images.</summary>
    /// <param name="onnx">The graph.</param>
    /// <param name="image">CLIP's image embeddings, not normalised, [B, image width].</param>
    /// <param name="emptyStates">States of the empty text, [1, tokens, text width].</param>
    /// <returns>[B, tokens, text width].</returns>
    public OnnxValue ExportContext(OnnxModuleScope onnx, OnnxValue image, Tensor emptyStates)
    {
        using var scope = NewDisposeScope();
        var graph = onnx.Graph;
        var embedding = graph.Unsqueeze(onnx.Call(_second, graph.Gelu(onnx.Call(_first, image))), 1);
        if (!IsGated)
        {
            return graph.Add(embedding, graph.Constant("tokens", zeros(1, _options.Tokens, 1).ToOnnx()));
        }

        var opening = onnx.Value(Gate).tanh();
        var gate = graph.Constant("gate", opening.unsqueeze(0).ToOnnx());
        var constant = graph.Constant("empty", (emptyStates + (opening * onnx.Value(Positions))).ToOnnx());
        return graph.Add(constant, graph.Mul(gate, embedding));
    }
}
