using IMDD.Learning.Onnx.Graph;
using IMDD.Learning.Onnx.Torch;
using IMDD.Learning.Weights.Configurations;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace IMDD.Learning.Networks.Diffusion;

/// <summary>
/// The image autoencoder of Stable Diffusion (Rombach et al. 2022), with the parameter names of the public diffusers checkpoint. Images are
/// [B, 3, H, W] in [-1, 1]. What sides have beyond a multiple of <see cref="Stride"/> is seen, but has no latent of its own, and decoding does not give it
/// back, as in diffusers. Meant for 32 bits: public weights overflow in half precision.
/// </summary>
public sealed class Vae : NamedModule
{
    private readonly VaeCoder _encoder;
    private readonly Conv2d _quantisation;
    private readonly Conv2d _afterQuantisation;
    private readonly VaeCoder _decoder;

    /// <summary>An autoencoder with new parameters.</summary>
    public Vae(VaeConfiguration configuration, Placement placement = default)
        : base(nameof(Vae))
    {
        Configuration = configuration;
        var widths = configuration.BlockOutChannels;
        var (layers, groups) = (configuration.LayersPerBlock, configuration.NormGroups);
        long latent = configuration.LatentChannels;
        register_module("encoder", _encoder = VaeCoder.Encoder(configuration.InChannels, widths, layers, 2 * latent, groups, placement));
        register_module("quant_conv", _quantisation = placement.Convolution(2 * latent, 2 * latent, 1));
        register_module("post_quant_conv", _afterQuantisation = placement.Convolution(latent, latent, 1));
        register_module("decoder", _decoder = VaeCoder.Decoder(latent, widths, layers, configuration.OutChannels, groups, placement));
    }

    /// <summary>Its widths and depths.</summary>
    public VaeConfiguration Configuration { get; }

    /// <summary>Pixels per latent pixel along a side.</summary>
    public int Stride => 1 << (Configuration.Levels - 1);

    /// <summary>The distribution of latents of an image, not scaled.</summary>
    /// <param name="image">[B, 3, H, W] in [-1, 1]; sides from <see cref="Stride"/>.</param>
    /// <returns>Of [B, latent, ⌊H/stride⌋, ⌊W/stride⌋].</returns>
    public Posterior Encode(Tensor image)
    {
        if (image.shape[2] < Stride || image.shape[3] < Stride)
        {
            throw new ArgumentException($"An image of {image.shape[3]}×{image.shape[2]}; expected at least {Stride} a side.", nameof(image));
        }

        using var scope = NewDisposeScope();
        var halves = _quantisation.call(_encoder.Forward(image)).chunk(2, 1);
        return new Posterior(halves[0].MoveToOuterDisposeScope(), Posterior.Clamp(halves[1]).MoveToOuterDisposeScope());
    }

    /// <summary>What <see cref="EncodeMean"/> gives, and what the encoder sees at twice the latent's resolution, behind the first block of that level.</summary>
    /// <param name="image">[B, 3, H, W] in [-1, 1]; sides are multiples of <see cref="Stride"/>, which is at least 2.</param>
    /// <returns>[B, latent, H/stride, W/stride], and [B, channels of the last level but one, 2·H/stride, 2·W/stride].</returns>
    public (Tensor Mean, Tensor Detail) EncodeWithDetail(Tensor image)
    {
        using var scope = NewDisposeScope();
        var (encoded, detail) = _encoder.Forward(image, keepsDetail: true);
        var mean = _quantisation.call(encoded).chunk(2, 1)[0] * Configuration.ScalingFactor;
        return (mean.MoveToOuterDisposeScope(), detail!.MoveToOuterDisposeScope());
    }

    /// <summary>The posterior's mean, scaled to what the denoising network sees: [B, latent, H/stride, W/stride].</summary>
    public Tensor EncodeMean(Tensor image)
    {
        using var scope = NewDisposeScope();
        return (Encode(image).Mean * Configuration.ScalingFactor).MoveToOuterDisposeScope();
    }

    /// <summary>The image of a latent that is not scaled.</summary>
    /// <param name="latent">[B, latent, h, w].</param>
    /// <returns>[B, 3, h·stride, w·stride], about [-1, 1].</returns>
    public Tensor Decode(Tensor latent)
    {
        using var scope = NewDisposeScope();
        return _decoder.Forward(_afterQuantisation.call(latent)).MoveToOuterDisposeScope();
    }

    /// <summary>The image of a latent of the denoising network.</summary>
    public Tensor DecodeScaled(Tensor latent)
    {
        using var scope = NewDisposeScope();
        return Decode(latent / Configuration.ScalingFactor).MoveToOuterDisposeScope();
    }

    /// <summary>Adds to the graph what <see cref="EncodeWithDetail"/> computes; without the detail where there is one level.</summary>
    public (OnnxValue Mean, OnnxValue? Detail) Export(OnnxModuleScope onnx, OnnxValue image)
    {
        var graph = onnx.Graph;
        var (encoded, detail) = _encoder.Export(onnx, image);
        var halves = graph.Split(onnx.Call(_quantisation, encoded), 1, 2);
        return (graph.Mul(halves[0], graph.Scalar((float)Configuration.ScalingFactor)), detail);
    }
}
