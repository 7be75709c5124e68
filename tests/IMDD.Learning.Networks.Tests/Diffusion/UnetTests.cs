using IMDD.Learning.Networks.Diffusion;
using IMDD.Learning.Networks.Weights;
using IMDD.Learning.Weights.Configurations;
using IMDD.Learning.Weights.Layouts;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace IMDD.Learning.Networks.Tests.Diffusion;

public sealed class UnetTests
{
    private const int Batch = 2;

    private static readonly UnetConfiguration Small = UnetConfiguration.StableDiffusion15 with
    {
        BlockOutChannels = [16, 32, 32],
        LayersPerBlock = 1,
        NormGroups = 8,
        Heads = [2, 4, 4],
        CrossAttentionWidth = 12,
        DownAttends = [true, true, false],
        UpAttends = [false, true, true],
    };

    [Fact]
    public void Unet_FullSize_HasThePublicCheckpointsTensors()
    {
        using var scope = NewDisposeScope();
        using Unet unet = new(UnetConfiguration.StableDiffusion15, Placement.Meta);
        var layout = ModuleWeights.LayoutOf(unet);

        layout.Parameters.ShouldBe(859_520_964);
        Lines(layout).ShouldBe(Lines(UnetLayout.Of(UnetConfiguration.StableDiffusion15)));
    }

    [Fact]
    public void Unet_ThePapersTimeEmbedding_HasItsParameters()
    {
        using var scope = NewDisposeScope();
        var paper = UnetConfiguration.StableDiffusion15 with { TimeProjection = 256, TimeHidden = 1024 };
        using Unet unet = new(paper, Placement.Meta);
        var layout = ModuleWeights.LayoutOf(unet);

        layout.Parameters.ShouldBe(859_045_572);
        Lines(layout).ShouldBe(Lines(UnetLayout.Of(paper)));
    }

    [Fact]
    public void Predict_OtherTimeEmbedding_TellsTimestepsApart()
    {
        using var scope = NewDisposeScope();
        using var unet = New(Small with { TimeProjection = 10, TimeHidden = 24 });
        var (sample, timesteps, context) = Inputs();

        var one = unet.Predict(sample, timesteps, context);

        one.shape.ShouldBe(sample.shape);
        (unet.Predict(sample, timesteps + 300, context) - one).abs().max().item<float>().ShouldBeGreaterThan(1e-4f);
    }

    [Fact]
    public void DrawAsPaper_HeForConvolutionsXavierForLinearLayers_NoBranchIsSilent()
    {
        using var scope = NewDisposeScope();
        manual_seed(3);
        using Unet unet = new(Small);
        var (sample, timesteps, context) = Inputs();
        unet.Predict(sample, timesteps, context).abs().max().item<float>().ShouldBe(0);

        unet.DrawAsPaper();

        unet.Predict(sample, timesteps, context).abs().max().item<float>().ShouldBeGreaterThan(1e-3f);
        var parameters = unet.named_parameters().ToDictionary(p => p.name, p => p.parameter);
        var convolution = parameters["mid_block.resnets.0.conv2.weight"];
        convolution.std().item<float>().ShouldBe(MathF.Sqrt(2f / (convolution.shape[1] * 9)), 0.01f);
        var linear = parameters["time_embedding.linear_2.weight"];
        var bound = MathF.Sqrt(6f / (linear.shape[0] + linear.shape[1]));
        linear.abs().max().item<float>().ShouldBeInRange(0.9f * bound, bound);
        parameters.Where(p => p.Key.EndsWith(".bias", StringComparison.Ordinal) && !p.Key.Contains("norm", StringComparison.Ordinal)).ShouldAllBe(p => p.Value.abs().max().item<float>() == 0);
    }

    [Fact]
    public void Unet_OtherDepthsAndWidths_HaveTheirLayoutsTensors()
    {
        using var scope = NewDisposeScope();
        foreach (var layers in (int[])[1, 2, 3])
        {
            using Unet unet = new(Small with { LayersPerBlock = layers }, Placement.Meta);
            Lines(ModuleWeights.LayoutOf(unet)).ShouldBe(Lines(UnetLayout.Of(Small with { LayersPerBlock = layers })));
        }
    }

    [Fact]
    public void Trace_FeaturesAlone_ComputesNothingBehindThem()
    {
        using var scope = NewDisposeScope();
        using var unet = New();
        List<string> called = [];
        foreach (var (name, module) in unet.named_modules())
        {
            if (module is Conv2d convolution)
            {
                convolution.register_forward_hook((_, _, output) =>
                {
                    called.Add(name);
                    return output;
                });
            }
        }

        var (sample, timesteps, context) = Inputs();
        using var trace = unet.Trace(sample, timesteps, context, [new UnetTap(UnetStage.UpFeatures, 1)]);

        called.ShouldContain(name => name.StartsWith("up_blocks.1.resnets", StringComparison.Ordinal));
        called.ShouldNotContain(name => name.StartsWith("up_blocks.1.upsamplers", StringComparison.Ordinal));
        called.ShouldNotContain(name => name.StartsWith("up_blocks.2", StringComparison.Ordinal));
        called.ShouldNotContain("conv_out");
    }

    [Fact]
    public void Trace_SomeTaps_AreTheValuesOfTheWholeRun()
    {
        using var scope = NewDisposeScope();
        using var unet = New();
        var (sample, timesteps, context) = Inputs();

        using var features = unet.Trace(sample, timesteps, context, unet.FeatureTaps);
        using var whole = unet.Trace(sample, timesteps, context, [.. unet.FeatureTaps, UnetTap.Prediction]);

        foreach (var tap in unet.FeatureTaps)
        {
            features[tap].allclose(whole[tap], rtol: 0, atol: 0).ShouldBeTrue();
        }

        unet.Predict(sample, timesteps, context).allclose(whole[UnetTap.Prediction], rtol: 0, atol: 0).ShouldBeTrue();
        features[unet.FeatureTaps[0]].shape.ShouldBe([Batch, 32, 2, 3]);
        features[unet.FeatureTaps[2]].shape.ShouldBe([Batch, 16, 8, 12]);
    }

    [Fact]
    public void Predict_NewNetwork_PredictsNothing()
    {
        using var scope = NewDisposeScope();
        using Unet unet = new(Small);
        var (sample, timesteps, context) = Inputs();

        unet.Predict(sample, timesteps, context).abs().max().item<float>().ShouldBe(0);
    }

    [Fact]
    public void Predict_SidesThatDoNotHalveEvenly_KeepTheirSize()
    {
        using var scope = NewDisposeScope();
        using var unet = New();
        var (_, timesteps, context) = Inputs();

        unet.Predict(randn(Batch, 4, 9, 13), timesteps, context).shape.ShouldBe([Batch, 4, 9, 13]);
    }

    [Fact]
    public void Predict_EveryParameter_GetsAGradient()
    {
        using var scope = NewDisposeScope();
        using var unet = New();
        var (sample, timesteps, context) = Inputs();

        unet.Predict(sample, timesteps, context).square().sum().backward();

        unet.named_parameters().Where(pair => pair.parameter.grad is not { } grad || grad.abs().max().item<float>() == 0)
            .Select(pair => pair.name).ShouldBeEmpty();
    }

    [Fact]
    public void Predict_ManyTimes_LeavesNoTensors()
    {
        using var outer = NewDisposeScope();
        using var unet = New();
        var (sample, timesteps, context) = Inputs();
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        for (var step = 0; step < 20; step++)
        {
            using var scope = NewDisposeScope();
            using var trace = unet.Trace(sample, timesteps, context, unet.FeatureTaps);
            unet.Predict(sample, timesteps, context).sum().backward();
        }

        // Each parameter's gradient, once.
        (DisposeScopeManager.Statistics.ThreadTotalLiveCount - before).ShouldBeLessThanOrEqualTo(unet.parameters().Count());
    }

    [Fact]
    public void Trace_TapThatIsNotThere_IsNamed()
    {
        using var scope = NewDisposeScope();
        using var unet = New();
        var (sample, timesteps, context) = Inputs();

        Should.Throw<ArgumentException>(() => unet.Trace(sample, timesteps, context, [new UnetTap(UnetStage.Up, 3)])).Message.ShouldContain("Block = 3");
        Should.Throw<ArgumentException>(() => unet.Trace(sample, timesteps, context, []));
    }

    private static Unet New(UnetConfiguration? configuration = null)
    {
        Unet unet = new(configuration ?? Small);
        using var untracked = no_grad();
        using Generator generator = new(7);
        foreach (var parameter in unet.parameters().Where(parameter => parameter.abs().max().item<float>() == 0))
        {
            using var noise = randn(parameter.shape, generator: generator);
            parameter.copy_(noise * 0.1);
        }

        return unet;
    }

    private static (Tensor Sample, Tensor Timesteps, Tensor Context) Inputs()
    {
        using Generator generator = new(3);
        return (randn([Batch, 4, 8, 12], generator: generator), tensor(new long[] { 50, 999 }), randn([Batch, 5, 12], generator: generator));
    }

    private static IEnumerable<string> Lines(TensorLayout layout)
        => layout.Shapes.Select(pair => $"{pair.Key} [{string.Join(',', pair.Value)}]").Order(StringComparer.Ordinal);
}
