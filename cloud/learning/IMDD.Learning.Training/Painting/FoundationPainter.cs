using IMDD.Imaging;
using IMDD.Learning.Networks;
using IMDD.Learning.Networks.Clip;
using IMDD.Learning.Networks.Diffusion;
using IMDD.Learning.Networks.Diffusion.Sampling;
using IMDD.Learning.Networks.Weights;
using IMDD.Learning.Weights;
using IMDD.Learning.Weights.Configurations;
using IMDD.Learning.Weights.Files;
using IMDD.Learning.Weights.Layouts;
using static TorchSharp.torch;

namespace IMDD.Learning.Training.Painting;

/// <summary>
/// Changes a picture by a text, or paints what a text says into a region of it: a defect of a given kind at a given place of a normal picture. Of the
/// foundation model only autoencoder, text tower and denoising network are loaded.
/// </summary>
public sealed class FoundationPainter : IDisposable
{
    private readonly FoundationConfiguration _configuration;
    private readonly ClipTokenizer _tokenizer;
    private readonly Vae _vae;
    private readonly Unet _unet;
    private readonly ClipText _text;

    /// <summary>Loads what is needed of a checkpoint.</summary>
    /// <param name="configuration">The model.</param>
    /// <param name="files">Its checkpoint.</param>
    /// <param name="tokenizer">The text tower's.</param>
    /// <exception cref="WeightsException">The checkpoint says that it is another model's; or tensors are missing or misshapen, and all are named.</exception>
    /// <exception cref="TrainingException">The tokenizer is not the model's.</exception>
    public FoundationPainter(FoundationConfiguration configuration, WeightFiles files, ClipTokenizer tokenizer)
    {
        if (tokenizer.End != configuration.Text.Vocabulary - 1)
        {
            throw new TrainingException($"The tokenizer's largest id is {tokenizer.End}; expected {configuration.Text.Vocabulary - 1}, that of '{configuration.Name}'.");
        }

        StoredConfiguration.Require(configuration, files);
        WeightMatch.Of(FoundationLayout.Of(configuration), files, WeightNames.Own).Require();
        (_configuration, _tokenizer) = (configuration, tokenizer);
        _vae = Load(new Vae(configuration.Vae), "vae.");
        _unet = Load(new Unet(configuration.Unet), "unet.");
        _text = Load(new ClipText(configuration.Text), "text_encoder.");

        T Load<T>(T part, string prefix)
            where T : nn.Module
        {
            ModuleWeights.Load(part, files, WeightNames.Behind(prefix, WeightNames.Own));
            part.eval();
            return part;
        }
    }

    /// <summary>Largest side of a picture of a model, pixels.</summary>
    public static int MaxSide(FoundationConfiguration configuration) => FoundationNetwork.MaxLatentSide * configuration.LatentStride;

    /// <summary>Paints. The same picture, region and options give the same bytes.</summary>
    /// <param name="image">Sides to <see cref="MaxSide"/>.</param>
    /// <param name="region">Not 0 for each pixel that may change, <c>height × width</c>, row-major; null: the whole picture changes.</param>
    /// <param name="options">What, and how.</param>
    /// <param name="progress">Told the steps taken.</param>
    /// <param name="cancellation">Stops between steps.</param>
    /// <returns>A picture of the same size, the caller's; outside the region its bytes are the picture's own.</returns>
    /// <exception cref="ArgumentException">An option, the picture's size, the region or the text's length is off.</exception>
    public RgbImage Paint(RgbImage image, byte[]? region, PaintOptions options, Action<int>? progress = null, CancellationToken cancellation = default)
    {
        options.Validate();
        CheckSizes(image, region);
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        int width = EdgePadding.RoundUp(image.Width, _configuration.Stride), height = EdgePadding.RoundUp(image.Height, _configuration.Stride);
        var bytes = new byte[width * height * 3];
        EdgePadding.Copy(image, bytes, width, height);
        var latent = _vae.EncodeMean((tensor(bytes, [1, height, width, 3]).to(float32).permute(0, 3, 1, 2) / 127.5) - 1);
        var steps = 0;
        var guidance = new Guidance(_unet, States(options.Text), States(""), options.Guidance);
        var sampler = Sampler(options);
        LatentGenerator generator = new(sampler, (sample, timestep) =>
        {
            cancellation.ThrowIfCancellationRequested();
            progress?.Invoke(steps++);
            return guidance.Predict(sample, timestep);
        });
        try
        {
            var painted = region is null
                ? generator.FromLatent(latent, options.Strength, (ulong)options.Seed)
                : generator.IntoRegion(latent, Cells(region, image.Width, image.Height, width, height), options.Strength, (ulong)options.Seed);
            progress?.Invoke(steps);
            return Picture(_vae.DecodeScaled(painted), image, region, width);
        }
        finally
        {
            (sampler as IDisposable)?.Dispose();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _vae.Dispose();
        _unet.Dispose();
        _text.Dispose();
    }

    private void CheckSizes(RgbImage image, byte[]? region)
    {
        var largest = MaxSide(_configuration);
        if (image.Width > largest || image.Height > largest)
        {
            throw new ArgumentException($"A picture of {image.Width}×{image.Height}: expected at most {largest} pixels a side, which '{_configuration.Name}' paints.");
        }

        if (region is not null && (region.Length != image.Width * image.Height || !region.AsSpan().ContainsAnyExcept((byte)0)))
        {
            throw new ArgumentException($"The region has {region.Length} pixels, {region.Count(pixel => pixel != 0)} of them inside: expected {image.Width}×{image.Height}, and at least one inside.");
        }
    }

    private ISampler Sampler(PaintOptions options)
    {
        NoiseSchedule schedule = new(_configuration.Schedule);
        return options.Sampler switch
        {
            PaintSampler.Ddim => new DdimSampler(schedule, options.Steps),
            PaintSampler.Ddpm => new DdpmSampler(schedule, options.Steps),
            _ => new DpmSolverSampler(schedule, options.Steps),
        };
    }

    private Tensor States(string text)
    {
        var context = _configuration.Text.Context;
        var tokens = _tokenizer.Encode(text).Count;
        return tokens <= context
            ? _text.States(tensor(_tokenizer.Encode(text, context), [1, context]))
            : throw new ArgumentException($"The text has {tokens} tokens with its ends: expected at most {context}.");
    }

    /// <summary>Latent cells of which a pixel is inside, [1, 1, h, w].</summary>
    private Tensor Cells(byte[] region, int width, int height, int paddedWidth, int paddedHeight)
    {
        using var scope = NewDisposeScope();
        var inside = tensor(region, [1, 1, height, width]).ne(0).to(float32);
        var padded = nn.functional.pad(inside, [0, paddedWidth - width, 0, paddedHeight - height]);
        return nn.functional.max_pool2d(padded, _configuration.LatentStride).MoveToOuterDisposeScope();
    }

    private static RgbImage Picture(Tensor decoded, RgbImage original, byte[]? region, int paddedWidth)
    {
        var painted = ((decoded[0] + 1) * 127.5).clamp(0, 255).round().permute(1, 2, 0).to(ScalarType.Byte).contiguous().data<byte>().ToArray();
        RgbImage picture = new(original.Width, original.Height);
        original.Pixels.CopyTo(picture.Pixels);
        for (var pixel = 0; pixel < original.Width * original.Height; pixel++)
        {
            if (region is null || region[pixel] != 0)
            {
                var (row, column) = Math.DivRem(pixel, original.Width);
                painted.AsSpan(3 * ((row * paddedWidth) + column), 3).CopyTo(picture.Pixels.Slice(3 * pixel, 3));
            }
        }

        return picture;
    }
}
