using IMDD.Learning.Networks.Masks;
using static TorchSharp.torch;

namespace IMDD.Learning.Networks.Tests.Masks;

public sealed class ClipEnsembleTests
{
    [Fact]
    public void Combine_AnyShares_GiveProbabilities()
    {
        using var scope = NewDisposeScope();
        var (logits, clip) = (randn(2, 5, 4), randn(2, 5, 3));

        var combined = new ClipEnsemble().Combine(logits, clip, [true, false, true]);

        combined.sum(-1).allclose(ones(2, 5)).ShouldBeTrue();
        combined.narrow(2, 3, 1).allclose(logits.softmax(-1).narrow(2, 3, 1)).ShouldBeTrue("no object is the generator's");
    }

    [Fact]
    public void Combine_NoShareOfClip_IsTheGenerator()
    {
        using var scope = NewDisposeScope();
        var (logits, clip) = (randn(2, 5, 4), randn(2, 5, 3));

        new ClipEnsemble(0, 0).Combine(logits, clip, [true, false, true]).allclose(logits.softmax(-1), atol: 1e-6).ShouldBeTrue();
    }

    [Fact]
    public void Combine_ClipAlone_NamesWhatTheGeneratorFound()
    {
        using var scope = NewDisposeScope();
        var (logits, clip) = (randn(1, 2, 4), randn(1, 2, 3));

        var combined = new ClipEnsemble(1, 1).Combine(logits, clip, [true, true, false]);

        var objects = 1 - combined.narrow(2, 3, 1);
        combined.narrow(2, 0, 3).allclose(clip.softmax(-1) * objects, atol: 1e-6).ShouldBeTrue();
    }

    [Fact]
    public void Combine_WrongCountsOrShares_AreRefused()
    {
        using var scope = NewDisposeScope();
        var (logits, clip) = (randn(1, 2, 4), randn(1, 2, 3));

        Should.Throw<ArgumentException>(() => new ClipEnsemble().Combine(logits, clip, [true])).Message.ShouldContain("expected 3");
        Should.Throw<ArgumentException>(() => new ClipEnsemble(2).Combine(logits, clip, [true, true, true])).Message.ShouldContain("expected 0 to 1");
    }
}
