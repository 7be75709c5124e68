using IMDD.Learning.Networks.Diffusion;
using IMDD.Learning.Networks.Training;
using IMDD.Learning.Weights.Configurations;
using TorchSharp;
using static TorchSharp.torch;

namespace IMDD.Learning.Networks.Tests.Training;

public sealed class ActivationCheckpointTests
{
    private static readonly FoundationConfiguration Tiny = FoundationConfiguration.Of("tiny");

    [Fact]
    public void Unet_Checkpointed_HasTheSameLossAndGradients()
    {
        using var scope = NewDisposeScope();
        using var unet = New();
        var (sample, timesteps, context) = Inputs();
        var plain = Step(unet, sample, timesteps, context);

        unet.Checkpointed = true;
        var checkpointed = Step(unet, sample, timesteps, context);

        checkpointed.Loss.ShouldBe(plain.Loss);
        checkpointed.Gradients.Keys.ShouldBe(plain.Gradients.Keys);
        foreach (var (name, gradient) in plain.Gradients)
        {
            checkpointed.Gradients[name].allclose(gradient, rtol: 1e-4, atol: 1e-6).ShouldBeTrue(name);
        }
    }

    [Fact]
    public void Unet_CheckpointedWithAContextThatLearns_GivesItItsGradient()
    {
        using var scope = NewDisposeScope();
        using var unet = New();
        var (sample, timesteps, context) = Inputs();
        context.requires_grad_();
        unet.Predict(sample, timesteps, context).square().mean().backward();
        var expected = context.grad!.clone();
        context.grad = null;
        unet.Checkpointed = true;

        unet.Predict(sample, timesteps, context).square().mean().backward();

        expected.abs().max().item<float>().ShouldBeGreaterThan(0);
        context.grad!.allclose(expected, rtol: 1e-4, atol: 1e-7).ShouldBeTrue();
    }

    [Fact]
    public void Run_NothingBeforeItLearns_StillTrainsThePartItself()
    {
        using var scope = NewDisposeScope();
        var weight = ones(3).requires_grad_();

        new ActivationCheckpoint().Run(inputs => (inputs[0] * weight).sum(), randn(3)).backward();

        weight.grad.ShouldNotBeNull();
    }

    [Fact]
    public void Unet_ManyCheckpointedSteps_LeaveNoTensors()
    {
        using var outer = NewDisposeScope();
        using var unet = New();
        unet.Checkpointed = true;
        var (sample, timesteps, context) = Inputs();
        OneStep();
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        for (var step = 0; step < 20; step++)
        {
            OneStep();
        }

        (DisposeScopeManager.Statistics.ThreadTotalLiveCount - before).ShouldBe(0);

        void OneStep()
        {
            using var scope = NewDisposeScope();
            unet.Predict(sample, timesteps, context).square().mean().backward();
        }
    }

    [Fact]
    public void Unet_ChannelsLast_ComputesTheSame()
    {
        using var scope = NewDisposeScope();
        using var unet = New();
        var (sample, timesteps, context) = Inputs();
        var expected = unet.Predict(sample, timesteps, context);

        unet.UseChannelsLast();

        unet.Predict(sample, timesteps, context).allclose(expected, rtol: 1e-4, atol: 1e-5).ShouldBeTrue();
        var kernel = unet.named_parameters().Single(pair => pair.name == "down_blocks.0.resnets.0.conv1.weight").parameter;
        kernel.stride()[1].ShouldBe(1);
        unet.Predict(sample, timesteps, context).sum().backward();
        kernel.grad.ShouldNotBeNull();
    }

    private static Unet New()
    {
        manual_seed(4);
        Unet unet = new(Tiny.Unet);
        using var untracked = no_grad();
        foreach (var parameter in unet.parameters().Where(parameter => parameter.abs().max().item<float>() == 0))
        {
            nn.init.normal_(parameter, 0, 0.1);
        }

        return unet;
    }

    private static (Tensor Sample, Tensor Timesteps, Tensor Context) Inputs()
    {
        using Generator generator = new(3);
        return (randn([2, 4, 16, 16], generator: generator), tensor(new long[] { 50, 999 }), randn([2, 5, 32], generator: generator));
    }

    private static (float Loss, IReadOnlyDictionary<string, Tensor> Gradients) Step(Unet unet, Tensor sample, Tensor timesteps, Tensor context)
    {
        unet.zero_grad();
        var loss = unet.Predict(sample, timesteps, context).square().mean();
        loss.backward();
        return (loss.item<float>(), unet.named_parameters().ToDictionary(pair => pair.name, pair => pair.parameter.grad!.clone()));
    }
}
