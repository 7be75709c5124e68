using IMDD.Learning.Networks.Diffusion.Sampling;
using IMDD.Learning.Networks.Masks;
using IMDD.Learning.Networks.Weights;
using IMDD.Learning.Weights.Configurations;
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

    [Fact]
    public void Predict_EveryParameter_GetsAGradient()
    {
        using var scope = NewDisposeScope();
        using MaskGenerator generator = new(Small with { Classes = 3 });

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
        var message = Should.Throw<ArgumentException>(() => new MaskGenerator(Small with { Heads = 3, NormGroups = 5, InChannels = [8, 8] })).Message;

        message.ShouldContain("Heads is 3");
        message.ShouldContain("NormGroups is 5");
        message.ShouldContain("InChannels has 2 maps");
    }

    private static Tensor[] Maps()
    {
        using NoiseSource noise = new(6);
        return [noise.Draw([1, 8, 16, 16]), noise.Draw([1, 16, 8, 8]), noise.Draw([1, 16, 4, 4]), noise.Draw([1, 16, 2, 2])];
    }
}
