using IMDD.Learning.Networks.Clip;
using IMDD.Learning.Networks.Diffusion.Sampling;
using IMDD.Learning.Networks.Masks;
using IMDD.Learning.Weights.Configurations;
using static TorchSharp.torch;

namespace IMDD.Learning.Networks.Tests.Masks;

public sealed class MaskNamingTests
{
    private static readonly FoundationConfiguration Tiny = FoundationConfiguration.Of("tiny");

    // Two names of the first class, one of the second.
    private static readonly int[] ClassOfName = [0, 0, 1];

    [Fact]
    public void Logits_SharesOfNoneAndAll_AreTheHeadsAndClips()
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        manual_seed(1);
        using FoundationNetwork network = new(Tiny);
        using NoiseSource random = new(3);
        var (images, texts) = (random.DrawUniform([1, 3, 64, 64]), random.Draw([3, 16]));
        var pixels = network.Masks.Pixels(network.Features(images, network.EmptyStates()).Maps);
        var prediction = network.Masks.Predict(pixels)[^1];
        var head = Named(null);
        var (none, all) = (Named(new ClipEnsemble(0, 0)), Named(new ClipEnsemble(1, 1)));

        none.softmax(-1).allclose(head.softmax(-1), atol: 1e-5).ShouldBeTrue();
        all.softmax(-1).narrow(2, 2, 1).allclose(head.softmax(-1).narrow(2, 2, 1), atol: 1e-5).ShouldBeTrue("CLIP says nothing of what is no object");
        var clip = network.Clip.Logits(network.Clip.EmbedMasks(ClipPreprocessing.ApplyWhole(images, Tiny.Clip.Vision.ImageSize), prediction.Masks), texts);
        var best = cat([clip.narrow(2, 0, 2).amax([2], keepdim: true), clip.narrow(2, 2, 1)], 2);
        (all.select(2, 0) - all.select(2, 1)).allclose(best.select(2, 0) - best.select(2, 1), atol: 1e-3).ShouldBeTrue();

        // A class that training had takes its own share, the other its own.
        Named(new ClipEnsemble(Seen: 1, Novel: 0), seen: [true, true]).allclose(all, atol: 1e-5).ShouldBeTrue();
        Named(new ClipEnsemble(Seen: 1, Novel: 0), seen: [false, false]).allclose(none, atol: 1e-5).ShouldBeTrue();

        Tensor Named(ClipEnsemble? ensemble, bool[]? seen = null)
        {
            using MaskNaming naming = new(network, texts, ClassOfName, ensemble, seen ?? [true, false]);
            return naming.Logits(prediction, pixels.Mask, images);
        }
    }

    [Fact]
    public void New_NamesThatDoNotFit_AreRefused()
    {
        using var scope = NewDisposeScope();
        using FoundationNetwork network = new(Tiny);

        Should.Throw<ArgumentException>(() => new MaskNaming(network, zeros(2, 16), ClassOfName, null, [true, true])).Message.ShouldContain("2 texts of 3 names of 2 classes");
    }
}
