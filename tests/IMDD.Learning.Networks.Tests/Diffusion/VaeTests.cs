using IMDD.Learning.Networks.Diffusion;
using IMDD.Learning.Networks.Diffusion.Sampling;
using IMDD.Learning.Networks.Weights;
using IMDD.Learning.Weights.Configurations;
using IMDD.Learning.Weights.Layouts;
using TorchSharp;
using static TorchSharp.torch;

namespace IMDD.Learning.Networks.Tests.Diffusion;

public sealed class VaeTests
{
    private static readonly VaeConfiguration Small = VaeConfiguration.StableDiffusion with { BlockOutChannels = [8, 16, 16], NormGroups = 4, LayersPerBlock = 1 };

    [Fact]
    public void Vae_FullSize_HasThePublicCheckpointsTensors()
    {
        using var scope = NewDisposeScope();
        using Vae vae = new(VaeConfiguration.StableDiffusion, Placement.Meta);
        var layout = ModuleWeights.LayoutOf(vae);

        layout.Parameters.ShouldBe(83_653_863);
        Lines(layout).ShouldBe(Lines(VaeLayout.Of(VaeConfiguration.StableDiffusion)));
    }

    [Fact]
    public void Encode_ImageThatTheStrideDoesNotDivide_SeesAllOfIt()
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        using Vae vae = new(Small);
        var image = rand(1, 3, 9, 15);
        var other = image.clone();
        other[0, 0, 8, 14] = -1;

        var mean = vae.Encode(image).Mean;

        vae.Stride.ShouldBe(4);
        mean.shape.ShouldBe([1, 4, 2, 3]);
        vae.Encode(other).Mean.allclose(mean).ShouldBeFalse("the last pixel counts");
        vae.Decode(mean).shape.ShouldBe([1, 3, 8, 12]);
        Should.Throw<ArgumentException>(() => vae.Encode(zeros(1, 3, 3, 10))).Message.ShouldContain("10×3; expected at least 4 a side");
    }

    [Fact]
    public void EncodeMean_Latent_IsScaledAndComesBackThroughDecodeScaled()
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        using Vae vae = new(Small);
        var image = rand(1, 3, 8, 12);

        var latent = vae.EncodeMean(image);

        latent.shape.ShouldBe([1, 4, 2, 3]);
        latent.allclose(vae.Encode(image).Mean * 0.18215).ShouldBeTrue();
        vae.DecodeScaled(latent).allclose(vae.Decode(vae.Encode(image).Mean), atol: 1e-5).ShouldBeTrue();
    }

    [Fact]
    public void Sample_ManyDraws_HaveThePosteriorsMoments()
    {
        using var scope = NewDisposeScope();
        using NoiseSource noise = new(5);
        Posterior posterior = new(full([1, 1, 1, 1], 2f), full([1, 1, 1, 1], (float)Math.Log(0.25)));

        var draws = posterior.Sample(noise.Draw([40_000, 1, 1, 1]));

        draws.mean().item<float>().ShouldBe(2f, 0.02f);
        draws.std().item<float>().ShouldBe(0.5f, 0.01f);
    }

    [Fact]
    public void EncodeDecode_ManyTimes_LeavesNoTensors()
    {
        using var outer = NewDisposeScope();
        using var untracked = no_grad();
        using Vae vae = new(Small);
        var image = rand(1, 3, 8, 8);
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        for (var time = 0; time < 10; time++)
        {
            using var scope = NewDisposeScope();
            vae.DecodeScaled(vae.EncodeMean(image));
        }

        DisposeScopeManager.Statistics.ThreadTotalLiveCount.ShouldBe(before);
    }

    private static IEnumerable<string> Lines(TensorLayout layout)
        => layout.Shapes.Select(pair => $"{pair.Key} [{string.Join(',', pair.Value)}]").Order(StringComparer.Ordinal);
}
