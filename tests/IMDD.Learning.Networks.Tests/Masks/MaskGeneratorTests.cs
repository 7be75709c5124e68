using IMDD.Learning.Networks.Diffusion.Sampling;
using IMDD.Learning.Networks.Masks;
using IMDD.Learning.Networks.Weights;
using IMDD.Learning.Weights.Configurations;
using IMDD.Learning.Weights.Layouts;
using TorchSharp;
using static TorchSharp.torch;

namespace IMDD.Learning.Networks.Tests.Masks;

public sealed class MaskGeneratorTests
{
    private static readonly MaskGeneratorOptions Small = new([8, 16, 16, 16], 16, 16, 5, 4, 2, 32, 16, NormGroups: 4);

    /// <summary>Mask2Former's published sizes on Stable Diffusion's features.</summary>
    [Fact]
    public void MaskGenerator_FullSize_HasThePublishedParameters()
    {
        using var scope = NewDisposeScope();
        MaskGeneratorOptions options = new([320, 640, 1280, 1280]);
        using PixelDecoder pixels = new(options, Placement.Meta);
        using MaskDecoder decoder = new(options, Placement.Meta);

        ModuleWeights.LayoutOf(pixels).Parameters.ShouldBe(5_885_696);
        ModuleWeights.LayoutOf(decoder).Parameters.ShouldBe(14_458_624);
    }

    [Fact]
    public void AttentionMask_AnyMasks_NeverBlocksAQueryEverywhere()
    {
        using var scope = NewDisposeScope();
        using NoiseSource noise = new(2);
        for (var time = 0; time < 50; time++)
        {
            var masks = (noise.Draw([2, 7, 8, 12]) * 3) - (time % 10);
            var attend = MaskDecoder.AttentionMask(masks, 4, 6);

            attend.shape.ShouldBe([2, 1, 7, 24]);
            attend.any(-1).all().item<bool>().ShouldBeTrue();
        }
    }

    [Fact]
    public void AttentionMask_MaskInOneCorner_LooksThereAlone()
    {
        using var scope = NewDisposeScope();
        var masks = full([1, 2, 4, 4], -9f);
        masks[0, 0, 0, 0] = tensor(9f);

        var attend = MaskDecoder.AttentionMask(masks, 4, 4);

        attend[0, 0, 0].to(int64).sum().item<long>().ShouldBe(1);
        attend[0, 0, 0, 0].item<bool>().ShouldBeTrue();
        attend[0, 0, 1].to(int64).sum().item<long>().ShouldBe(16);
    }

    [Theory]
    [InlineData(16)]
    [InlineData(12)]
    public void Layout_OfTheOptions_IsThatOfTheNetwork(int pixelWidth)
    {
        var options = Small with { PixelWidth = pixelWidth, Classes = 3 };
        using MaskGenerator generator = new(options, Placement.Meta);

        ModuleWeights.LayoutOf(generator).Shapes.Select(Line).Order().ShouldBe(MaskGeneratorLayout.Of(options).Shapes.Select(Line).Order());

        static string Line(KeyValuePair<string, long[]> tensor) => $"{tensor.Key} [{string.Join(", ", tensor.Value)}]";
    }

    /// <summary>Mask2Former's <c>input_proj</c>: there where the widths differ, and the maps go through it before anything else.</summary>
    [Fact]
    public void Forward_QueriesOfAnotherWidth_ProjectTheMapsFirst()
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        var options = Small with { PixelWidth = 12, Classes = 3 };
        using MaskDecoder decoder = new(options);
        using MaskDecoder plain = new(options with { PixelWidth = options.Width });
        var weights = decoder.state_dict();
        foreach (var (name, target) in plain.state_dict())
        {
            target.copy_(weights[name]);
        }

        weights.Keys.Except(plain.state_dict().Keys).Order().ShouldBe(
            Enumerable.Range(0, 3).SelectMany(level => new[] { $"input_proj.{level}.bias", $"input_proj.{level}.weight" }));
        using NoiseSource noise = new(8);
        PixelFeatures pixels = new(noise.Draw([2, 16, 8, 8]), [noise.Draw([2, 12, 2, 3]), noise.Draw([2, 12, 4, 4]), noise.Draw([2, 12, 8, 8])]);
        PixelFeatures projected = new(pixels.Mask, [.. pixels.Levels.Select(
            (map, level) => nn.functional.conv2d(map, weights[$"input_proj.{level}.weight"], weights[$"input_proj.{level}.bias"]))]);

        var (ours, expected) = (decoder.Forward(pixels)[^1], plain.Forward(projected)[^1]);

        ours.Masks.ShouldBeWithin(expected.Masks, 1e-5);
        ours.Classes!.ShouldBeWithin(expected.Classes!, 1e-5);
    }

    [Fact]
    public void Predict_ThreeMaps_AreEnough()
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        using MaskGenerator generator = new(Small with { InChannels = [8, 16, 16] });

        generator.Predict(generator.Pixels(Maps()[..3]))[^1].Masks.shape.ShouldBe([1, 5, 16, 16]);
    }

    [Theory]
    [InlineData(16)]
    [InlineData(12)]
    public void Predict_EveryParameter_GetsAGradient(int pixelWidth)
    {
        using var scope = NewDisposeScope();
        using MaskGenerator generator = new(Small with { PixelWidth = pixelWidth, Classes = 3 });

        var predictions = generator.Predict(generator.Pixels(Maps()));
        predictions.Select(prediction => prediction.Masks.square().sum() + prediction.Classes!.square().sum()).Aggregate((a, b) => a + b).backward();

        generator.named_parameters().Where(pair => pair.parameter.grad is null).Select(pair => pair.name).ShouldBeEmpty();
    }

    [Fact]
    public void Predict_ManyTimes_LeavesNoTensors()
    {
        using var outer = NewDisposeScope();
        using var untracked = no_grad();
        using MaskGenerator generator = new(Small);
        var maps = Maps();
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        for (var time = 0; time < 10; time++)
        {
            using var scope = NewDisposeScope();
            generator.Predict(generator.Pixels(maps))[^1].Classes.ShouldBeNull();
        }

        DisposeScopeManager.Statistics.ThreadTotalLiveCount.ShouldBe(before);
    }

    [Fact]
    public void Pixels_OtherNumberOfMaps_IsRefused()
    {
        using var scope = NewDisposeScope();
        using MaskGenerator generator = new(Small);

        Should.Throw<ArgumentException>(() => generator.Pixels([zeros(1, 8, 8, 8)])).Message.ShouldContain("1 feature maps; expected 4");
    }

    [Fact]
    public void Options_SeveralWrong_AreAllNamed()
    {
        var message = Should.Throw<ArgumentException>(() => new MaskGenerator(Small with { Width = 18, Heads = 5, NormGroups = 5, InChannels = [8, 8] })).Message;

        message.ShouldContain("Width is 18");
        message.ShouldContain("Heads is 5");
        message.ShouldContain("NormGroups is 5");
        message.ShouldContain("InChannels has 2 maps");
    }

    private static Tensor[] Maps()
    {
        using NoiseSource noise = new(6);
        return [noise.Draw([1, 8, 16, 16]), noise.Draw([1, 16, 8, 8]), noise.Draw([1, 16, 4, 4]), noise.Draw([1, 16, 2, 2])];
    }
}
