using IMDD.Learning.Onnx.Graph;
using IMDD.Learning.Onnx.Torch;
using IMDD.Learning.Weights.Configurations;
using static TorchSharp.torch;

namespace IMDD.Learning.Networks.Masks;

/// <summary>From the denoising network's features to masks: a pixel decoder and a transformer decoder.</summary>
public sealed class MaskGenerator : NamedModule
{
    private readonly PixelDecoder _pixels;
    private readonly MaskDecoder _decoder;

    /// <summary>A generator with new parameters.</summary>
    public MaskGenerator(MaskGeneratorOptions options, Placement placement = default)
        : base(nameof(MaskGenerator))
    {
        register_module("pixel_decoder", _pixels = new PixelDecoder(options, placement));
        register_module("predictor", _decoder = new MaskDecoder(options, placement));
    }

    /// <summary>The pixel decoder's result alone.</summary>
    /// <param name="maps">Feature maps, finest first, [B, C, H, W].</param>
    public PixelFeatures Pixels(IReadOnlyList<Tensor> maps) => _pixels.Forward(maps);

    /// <summary>The predictions of all layers for features of the pixel decoder; the last is the result.</summary>
    public IReadOnlyList<MaskPrediction> Predict(PixelFeatures pixels) => _decoder.Forward(pixels);

    /// <summary>Adds to the graph the last prediction for feature maps, finest first, and the features that its masks were read from.</summary>
    public (OnnxValue Queries, OnnxValue Masks, OnnxValue Features) Export(OnnxModuleScope onnx, IReadOnlyList<OnnxValue> maps)
    {
        var (features, levels) = _pixels.Export(onnx, maps);
        var (queries, masks) = _decoder.Export(onnx, features, levels);
        return (queries, masks, features);
    }
}
