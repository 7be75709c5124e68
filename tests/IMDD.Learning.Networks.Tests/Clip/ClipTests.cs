using IMDD.Learning.Networks.Clip;
using IMDD.Learning.Networks.Diffusion.Sampling;
using IMDD.Learning.Networks.Weights;
using IMDD.Learning.Weights.Configurations;
using IMDD.Learning.Weights.Layouts;
using static TorchSharp.torch;

namespace IMDD.Learning.Networks.Tests.Clip;

public sealed class ClipTests
{
    private static readonly ClipConfiguration Small = new(
        new ClipTextConfiguration(new ClipTowerConfiguration(16, 2, 2, 32), 50, 8),
        new ClipVisionConfiguration(new ClipTowerConfiguration(16, 2, 2, 32), 16, 8),
        12);

    [Theory]
    [InlineData("B32", 151_277_313)]
    [InlineData("B16", 149_620_737)]
    [InlineData("L14", 427_616_513)]
    public void Clip_FullSize_HasThePublicCheckpointsTensors(string size, long parameters)
    {
        using var scope = NewDisposeScope();
        var configuration = size switch { "B32" => ClipConfiguration.VitB32, "B16" => ClipConfiguration.VitB16, _ => ClipConfiguration.VitL14 };
        using ClipModel clip = new(configuration, Placement.Meta);
        var layout = ModuleWeights.LayoutOf(clip);

        layout.Parameters.ShouldBe(parameters);
        Lines(layout).ShouldBe(Lines(ClipLayout.Of(configuration)));
    }

    [Fact]
    public void ClipText_FullSize_HasThePublicCheckpointsTensors()
    {
        using var scope = NewDisposeScope();
        using ClipText text = new(ClipTextConfiguration.VitL14, Placement.Meta);

        Lines(ModuleWeights.LayoutOf(text)).ShouldBe(Lines(ClipLayout.Of(ClipTextConfiguration.VitL14)));
    }

    [Fact]
    public void TextStates_LaterTokens_DoNotChangeEarlierStates()
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        using ClipText text = new(Small.Text);

        var one = text.States(tensor(new long[,] { { 1, 2, 3, 4 } }));
        var other = text.States(tensor(new long[,] { { 1, 2, 9, 7 } }));

        one.narrow(1, 0, 2).allclose(other.narrow(1, 0, 2), atol: 1e-6).ShouldBeTrue();
        one.narrow(1, 2, 2).allclose(other.narrow(1, 2, 2)).ShouldBeFalse();
    }

    [Fact]
    public void AtEnd_TextFilledUpWithTheEnd_TakesTheFirst()
    {
        using var scope = NewDisposeScope();
        var states = arange(12, dtype: float32).view(2, 6, 1);

        ClipText.AtEnd(states, tensor(new long[,] { { 48, 1, 49, 49, 49, 49 }, { 48, 1, 2, 3, 4, 49 } })).view(-1).data<float>().ToArray().ShouldBe([2f, 11f]);
    }

    [Fact]
    public void EmbedImage_AnotherSize_IsRefused()
    {
        using var scope = NewDisposeScope();
        using ClipModel clip = new(Small);

        Should.Throw<ArgumentException>(() => clip.EmbedImage(zeros(1, 3, 16, 24))).Message.ShouldContain("expected [B, 3, 16, 16]");
    }

    [Theory]
    [InlineData(20, 33)]
    [InlineData(50, 17)]
    [InlineData(16, 16)]
    public void Preprocessing_AnySides_GiveTheTowersSquare(int height, int width)
    {
        using var scope = NewDisposeScope();

        var pixels = ClipPreprocessing.Apply(ones(2, 3, height, width), 16);

        pixels.shape.ShouldBe([2, 3, 16, 16]);
        pixels[0, 0, 8, 8].item<float>().ShouldBe((float)((1 - 0.48145466) / 0.26862954), 1e-4f);
    }

    [Fact]
    public void Captioner_DefaultWidths_HaveThePapersParameters()
    {
        using var scope = NewDisposeScope();
        using ImplicitCaptioner captioner = new(new CaptionerOptions(Form: CaptionContext.Repeated), Placement.Meta);

        ModuleWeights.LayoutOf(captioner).Parameters.ShouldBe(328_704);
    }

    [Fact]
    public void Context_NewGatedCaptioner_IsTheEmptyTexts()
    {
        using var scope = NewDisposeScope();
        using ImplicitCaptioner captioner = new(new CaptionerOptions(12, 8, 16, 5));
        using NoiseSource noise = new(1);
        var empty = noise.Draw([1, 5, 16]);

        var context = captioner.Context(captioner.Embed(noise.Draw([3, 12])), empty);

        context.shape.ShouldBe([3, 5, 16]);
        context.allclose(empty.expand(3, -1, -1)).ShouldBeTrue();
        context.sum().backward();
        captioner.named_parameters().Single(pair => pair.name == "gate").parameter.grad!.abs().max().item<float>().ShouldBeGreaterThan(0);
    }

    [Fact]
    public void Context_RepeatedForm_IsTheEmbeddingAtEveryToken()
    {
        using var scope = NewDisposeScope();
        using ImplicitCaptioner captioner = new(new CaptionerOptions(12, 8, 16, 5, CaptionContext.Repeated));
        using NoiseSource noise = new(1);
        var embedding = captioner.Embed(noise.Draw([3, 12]));

        var context = captioner.Context(embedding, zeros(0));

        for (var token = 0; token < 5; token++)
        {
            context.select(1, token).allclose(embedding).ShouldBeTrue();
        }
    }

    [Fact]
    public void EmbedMasks_PixelsOutsideAMask_DoNotReachIt()
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();

        // One layer: in deeper ones the patches have seen each other.
        using ClipModel clip = new(Small with { Vision = Small.Vision with { Tower = Small.Vision.Tower with { Layers = 1 } } });
        using NoiseSource noise = new(1);
        var pixels = noise.Draw([1, 3, 16, 16]);
        var masks = full([1, 2, 4, 4], -1f);
        masks[0, 0].narrow(1, 0, 2).fill_(1);
        var before = clip.EmbedMasks(pixels, masks);
        pixels.narrow(3, 8, 8).mul_(-2);

        var after = clip.EmbedMasks(pixels, masks);

        after.shape.ShouldBe([1, 2, 12]);
        after[0, 0].allclose(before[0, 0]).ShouldBeTrue("its mask is the left half");
        after[0, 1].allclose(before[0, 1]).ShouldBeFalse("a mask that is nowhere sees every patch");
    }

    private static IEnumerable<string> Lines(TensorLayout layout)
        => layout.Shapes.Select(pair => $"{pair.Key} [{string.Join(',', pair.Value)}]").Order(StringComparer.Ordinal);
}
