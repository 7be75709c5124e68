using IMDD.Learning.Networks.Clip;
using IMDD.Learning.Networks.Diffusion;
using IMDD.Learning.Networks.Diffusion.Sampling;
using IMDD.Learning.Networks.Masks;
using IMDD.Learning.Weights.Configurations;
using static TorchSharp.torch;

namespace IMDD.Learning.Networks;

/// <summary>
/// The foundation model: a latent diffusion model of images and texts whose features a mask generator reads, an implicit captioner that says to it what an
/// image shows where nobody wrote it, and a head that names masks by any words. Parameter names are <c>unet.…</c>, <c>vae.…</c> and so on, each part's
/// as in its public checkpoint.
/// </summary>
public sealed class FoundationNetwork : NamedModule
{
    /// <summary>Largest side of an image, latent pixels: the noise that is added to features is cut from one square of this side.</summary>
    public const int MaxLatentSide = 128;

    private readonly NoiseSchedule _schedule;

    /// <summary>A model with new parameters.</summary>
    /// <param name="configuration">Its parts.</param>
    /// <param name="placement">Where all parts lie, and of which type.</param>
    public FoundationNetwork(FoundationConfiguration configuration, Placement placement = default)
        : base(nameof(FoundationNetwork))
    {
        Configuration = configuration;
        _schedule = new NoiseSchedule(configuration.Schedule);
        register_module("vae", Vae = new Vae(configuration.Vae, placement));
        register_module("unet", Unet = new Unet(configuration.Unet, placement));
        register_module("text_encoder", Text = new ClipText(configuration.Text, placement));
        register_module("clip", Clip = new ClipModel(configuration.Clip, placement));
        register_module("captioner", Captioner = new ImplicitCaptioner(configuration.Captioner, placement));
        register_module("mask_generator", Masks = new MaskGenerator(configuration.Masks, placement));
        register_module("vocabulary", Vocabulary = new OpenVocabularyHead(configuration.Vocabulary, placement));
    }

    /// <summary>Its widths and depths.</summary>
    public FoundationConfiguration Configuration { get; }

    /// <summary>The image autoencoder.</summary>
    public Vae Vae { get; }

    /// <summary>The denoising network.</summary>
    public Unet Unet { get; }

    /// <summary>The text tower that conditions the denoising network.</summary>
    public ClipText Text { get; }

    /// <summary>CLIP.</summary>
    public ClipModel Clip { get; }

    /// <summary>The implicit captioner.</summary>
    public ImplicitCaptioner Captioner { get; }

    /// <summary>The mask generator.</summary>
    public MaskGenerator Masks { get; }

    /// <summary>The head that names masks.</summary>
    public OpenVocabularyHead Vocabulary { get; }

    /// <summary>Where its parameters are; what goes in has to be there too, but for token ids.</summary>
    public Device Device => Vocabulary.Device;

    /// <summary>The noise schedule that the weights belong to.</summary>
    public NoiseSchedule Schedule => _schedule;

    /// <summary>Token ids of the empty text, [1, context]: start, end, and the end again as padding. They are the vocabulary's last two.</summary>
    public Tensor EmptyIds() => EmptyIds(Configuration.Text);

    /// <summary>The same of a text tower alone.</summary>
    public static Tensor EmptyIds(ClipTextConfiguration text)
    {
        using var scope = NewDisposeScope();
        var ids = full([1, text.Context], text.Vocabulary - 1L, int64);
        ids[0, 0] = text.Vocabulary - 2L;
        return ids.MoveToOuterDisposeScope();
    }

    /// <summary>The states of the empty text, [1, context, width].</summary>
    public Tensor EmptyStates()
    {
        using var scope = NewDisposeScope();
        return Text.States(EmptyIds()).MoveToOuterDisposeScope();
    }

    /// <summary>The noise that is added to latents before features are read: always the same, by the configuration's seed.</summary>
    /// <returns>On the CPU, [1, latent channels, side, side] with <see cref="MaxLatentSide"/>; a smaller image takes its upper left part.</returns>
    public Tensor FeatureNoise()
    {
        using NoiseSource noise = new((ulong)Configuration.FeatureSeed);
        return noise.Draw([1, Configuration.Vae.LatentChannels, MaxLatentSide, MaxLatentSide]);
    }

    /// <summary>The share of signal and of noise at the timestep at which features are read.</summary>
    public (double Signal, double Noise) FeatureLevel()
    {
        var remaining = _schedule.CumulativeAlphas[Configuration.FeatureTimestep];
        return (Math.Sqrt(remaining), Math.Sqrt(1 - remaining));
    }

    /// <summary>A latent with the noise of the timestep at which features are read.</summary>
    /// <param name="latent">[B, latent channels, h, w], sides to <see cref="MaxLatentSide"/>.</param>
    public Tensor Noised(Tensor latent)
    {
        using var scope = NewDisposeScope();
        var (signal, spread) = FeatureLevel();
        var noise = FeatureNoise().narrow(2, 0, latent.shape[2]).narrow(3, 0, latent.shape[3]).to(latent.dtype, latent.device);
        return ((signal * latent) + (spread * noise)).MoveToOuterDisposeScope();
    }

    /// <summary>What the mask generator reads: the denoising network's maps for a slightly noised latent and the text that the image implies.</summary>
    /// <param name="images">[B, 3, H, W] in [0, 1]; sides are multiples of the configuration's stride.</param>
    /// <param name="emptyStates">What <see cref="EmptyStates"/> gave.</param>
    public FoundationFeatures Features(Tensor images, Tensor emptyStates)
    {
        using var scope = NewDisposeScope();
        var (noisy, image, detail) = FeatureInputs(images);
        return new FoundationFeatures(
            [.. FeatureMaps(noisy, image, emptyStates, detail).Select(map => map.MoveToOuterDisposeScope())], image.MoveToOuterDisposeScope());
    }

    /// <summary>What of <see cref="Features"/> depends on the images alone.</summary>
    /// <param name="images">As of <see cref="Features"/>.</param>
    /// <returns>
    /// The slightly noised latent [B, latent channels, h, w]; CLIP's embeddings [B, image width], not normalised; what the autoencoder sees at twice the
    /// resolution [B, its channels, 2·h, 2·w], null unless the configuration has fine masks.
    /// </returns>
    public (Tensor Noisy, Tensor Image, Tensor? Detail) FeatureInputs(Tensor images)
    {
        using var scope = NewDisposeScope();
        var (latent, detail) = Configuration.FineMasks ? Vae.EncodeWithDetail((2 * images) - 1) : (Vae.EncodeMean((2 * images) - 1), null);
        if (latent.shape[2] > MaxLatentSide || latent.shape[3] > MaxLatentSide)
        {
            throw new ArgumentException(
                $"Images of {images.shape[3]}×{images.shape[2]}; expected at most {MaxLatentSide * Configuration.LatentStride} pixels a side.", nameof(images));
        }

        return (
            Noised(latent).MoveToOuterDisposeScope(),
            Clip.EmbedImage(ClipPreprocessing.ApplyWhole(images, Configuration.Clip.Vision.ImageSize)).MoveToOuterDisposeScope(),
            detail?.MoveToOuterDisposeScope());
    }

    /// <summary>The rest of <see cref="Features"/>: the maps, finest first.</summary>
    /// <param name="noisy">Of <see cref="FeatureInputs"/>.</param>
    /// <param name="image">Of <see cref="FeatureInputs"/>.</param>
    /// <param name="emptyStates">What <see cref="EmptyStates"/> gave.</param>
    /// <param name="detail">Of <see cref="FeatureInputs"/>: the finest map, where there is one.</param>
    public IReadOnlyList<Tensor> FeatureMaps(Tensor noisy, Tensor image, Tensor emptyStates, Tensor? detail = null)
    {
        using var scope = NewDisposeScope();
        var context = Captioner.Context(Captioner.Embed(image), emptyStates);
        using var trace = Unet.Trace(noisy, tensor((long)Configuration.FeatureTimestep, device: noisy.device), context, Unet.FeatureTaps);
        var maps = Unet.FeatureTaps.Reverse().Select(tap => trace[tap].alias().MoveToOuterDisposeScope());
        return detail is null ? [.. maps] : [detail.alias().MoveToOuterDisposeScope(), .. maps];
    }
}
