using System.Diagnostics;
using IMDD.Learning.Networks.Clip;
using IMDD.Learning.Networks.Diffusion;
using IMDD.Learning.Networks.Diffusion.Sampling;
using IMDD.Learning.Networks.Weights;
using IMDD.Learning.Weights.Configurations;
using static TorchSharp.torch;

namespace IMDD.Learning.Trainer.Bench;

/// <summary>One pass of one network of a configuration, with weights drawn from a seed, alone in its process.</summary>
internal static class FoundationPart
{
    private const int Seed = 1;

    /// <summary>The networks. CLIP is the large one, whatever the configuration's: a tower of it conditions Stable Diffusion.</summary>
    public static readonly string[] Names = ["unet", "vae_encoder", "vae_decoder", "clip_l14_text", "clip_l14_vision"];

    /// <summary>Builds the network, runs it once, and says what that took.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="configuration">The model.</param>
    /// <param name="side">Side of the latents.</param>
    /// <param name="threads">Of libtorch.</param>
    public static FoundationPartResult Measure(string name, FoundationConfiguration configuration, int side, int threads)
    {
        set_num_threads(threads);
        manual_seed(Seed);
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        using NoiseSource noise = new(Seed);
        var pixels = (long)side * configuration.LatentStride;
        long[] latent = [1, configuration.Vae.LatentChannels, side, side];
        return name switch
        {
            "unet" => Run(
                new Unet(configuration.Unet),
                unet => unet.Predict(noise.Draw(latent), tensor(500L), noise.Draw([1, configuration.Text.Context, configuration.Text.Tower.Width]))),
            "vae_encoder" => Run(new Vae(configuration.Vae), vae => vae.EncodeMean(noise.Draw([1, 3, pixels, pixels]).clamp_(-1, 1))),
            "vae_decoder" => Run(new Vae(configuration.Vae), vae => vae.DecodeScaled(noise.Draw(latent))),
            "clip_l14_text" => Run(new ClipText(ClipTextConfiguration.VitL14), text => text.States(full([1, ClipTextConfiguration.VitL14.Context], 1L, int64))),
            _ => Run(
                new ClipModel(ClipConfiguration.VitL14),
                clip => clip.EmbedImage(noise.Draw([1, 3, ClipConfiguration.VitL14.Vision.ImageSize, ClipConfiguration.VitL14.Vision.ImageSize]))),
        };

        FoundationPartResult Run<T>(T network, Func<T, Tensor> forward)
            where T : nn.Module
        {
            using var owned = network;
            network.eval();
            var layout = ModuleWeights.LayoutOf(network);
            PeakMemory peak = new();
            var start = Stopwatch.GetTimestamp();
            var output = forward(network);
            var elapsed = Stopwatch.GetElapsedTime(start);
            return new FoundationPartResult
            {
                Name = name,
                Parameters = layout.Parameters,
                OutputShape = output.shape,
                IsFinite = output.isfinite().all().item<bool>(),
                ForwardMs = elapsed.TotalMilliseconds,
                ForwardPeakBytes = peak.Bytes,
                ProcessPeakBytes = PeakMemory.ProcessBytes,
            };
        }
    }
}
