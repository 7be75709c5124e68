using IMDD.Learning.Networks.Diffusion;
using IMDD.Learning.Networks.Diffusion.Sampling;
using IMDD.Learning.Weights.Configurations;
using TorchSharp;
using static TorchSharp.torch;

namespace IMDD.Learning.Networks.Tests.Diffusion;

public sealed class SamplingTests
{
    private static readonly NoiseSchedule Paper = new(NoiseScheduleOptions.Paper with { Precision = TablePrecision.Double });
    private static readonly NoiseSchedule StableDiffusion = new(NoiseScheduleOptions.StableDiffusion with { Precision = TablePrecision.Double });

    private static readonly UnetConfiguration Small = UnetConfiguration.StableDiffusion15 with
    {
        BlockOutChannels = [16, 16],
        LayersPerBlock = 1,
        NormGroups = 8,
        Heads = [2, 2],
        CrossAttentionWidth = 12,
        DownAttends = [true, false],
        UpAttends = [false, true],
    };

    // From the published formulas in 64 bits, at x = 0.7 and ε = −0.3.
    [Theory]
    [InlineData(1, 0.7024681287, 5.4531876613e-5)]
    [InlineData(500, 0.7067064134, 1.0051335779e-2)]
    [InlineData(999, 0.7131678188, 1.9999983527e-2)]
    public void DdpmPosterior_PublishedFormula_Matches(int timestep, double mean, double variance)
    {
        using var scope = NewDisposeScope();
        var sampler = new DdpmSampler(Paper, 1000);

        sampler.Mean(timestep, Scalar(0.7), Scalar(-0.3)).item<double>().ShouldBe(mean, 1e-9);
        sampler.Variance(timestep).ShouldBe(variance, 1e-10);
    }

    [Theory]
    [InlineData(49, 0.9710157229, 0.9526255508)]
    [InlineData(50, 0.9699514936, 0.9515769028)]
    [InlineData(999, 4.03583e-5, 4.66010e-3)]
    public void CumulativeAlphas_PublishedSchedules_Match(int timestep, double linear, double scaledLinear)
    {
        Paper.CumulativeAlphas[timestep].ShouldBe(linear, 1e-9);
        StableDiffusion.CumulativeAlphas[timestep].ShouldBe(scaledLinear, 1e-8);
    }

    [Fact]
    public void CumulativeAlphas_InSinglePrecision_AreTheRoundedOnes()
    {
        var single = new NoiseSchedule(NoiseScheduleOptions.Paper);

        single.CumulativeAlphas.ShouldAllBe(alpha => alpha == (float)alpha);
        single.CumulativeAlphas.Zip(Paper.CumulativeAlphas).ShouldAllBe(pair => Math.Abs(pair.First - pair.Second) < 1e-5);
    }

    /// <summary>Of 32 bits, what PyTorch 1.13's <c>linspace</c> and <c>cumprod</c> give, to the last bit: one too many shows after 1,000 products.</summary>
    [Theory]
    [InlineData(NoiseCurve.Linear, new[] { 0.000119919918f, 0.00027927928f, 0.0100400411f, 0.0100599602f, 0.0100798802f, 0.0101993987f, 0.0199800804f }, 4.03583072e-05f)]
    [InlineData(NoiseCurve.ScaledLinear, new[] { 0.000854698592f, 0.000892754062f, 0.00480379397f, 0.00481495447f, 0.00482612895f, 0.00489344541f, 0.0119823748f }, 0.00466009602f)]
    public void Tables_InSinglePrecision_AreTheReferencesBits(NoiseCurve curve, float[] betas, float last)
    {
        var schedule = new NoiseSchedule(curve == NoiseCurve.Linear ? NoiseScheduleOptions.Paper : NoiseScheduleOptions.StableDiffusion);

        new[] { 1, 9, 499, 500, 501, 507, 998 }.Select(step => (float)schedule.Betas[step]).ShouldBe(betas);
        ((float)schedule.CumulativeAlphas[^1]).ShouldBe(last);
    }

    /// <summary>999·15/30 is a half; as numpy's linspace has it, the stride comes first, and the product is just below.</summary>
    [Fact]
    public void DpmSolver_ThirtySteps_VisitsTheReferencesTimesteps()
    {
        using DpmSolverSampler sampler = new(Paper, 30);

        sampler.Timesteps.ShouldBe([
            999, 966, 932, 899, 866, 832, 799, 766, 733, 699, 666, 633, 599, 566, 533, 499, 466, 433, 400, 366, 333, 300, 266, 233, 200, 166, 133, 100, 67, 33,
        ]);
    }

    /// <summary>The mean in the form of the predicted noise: (x − β/√(1−ᾱ)·ε)/√α, paper eq. 21.</summary>
    [Fact]
    public void DdpmPosterior_EveryTimestep_EqualsTheNoiseForm()
    {
        using var scope = NewDisposeScope();
        var sampler = new DdpmSampler(Paper, 1000);
        for (var timestep = 0; timestep < 1000; timestep++)
        {
            var beta = Paper.Betas[timestep];
            var expected = (0.7 - (beta / Math.Sqrt(1 - Paper.CumulativeAlphas[timestep]) * -0.3)) / Math.Sqrt(1 - beta);
            using var mean = sampler.Mean(timestep, Scalar(0.7), Scalar(-0.3));
            mean.item<double>().ShouldBe(expected, 1e-9);
        }
    }

    [Fact]
    public void Ddim_StableDiffusionsConfiguration_GivesThePublishedSteps()
    {
        using var scope = NewDisposeScope();
        using NoiseSource none = new(0);
        var sampler = new DdimSampler(StableDiffusion, 50, new DdimOptions(Offset: 1));

        sampler.Timesteps[0].ShouldBe(981);
        sampler.Step(0, Scalar(0.7), Scalar(-0.3), none).item<double>().ShouldBe(0.8229717926, 1e-9);
        sampler.Timesteps[^1].ShouldBe(1);
        sampler.Step(49, Scalar(0.7), Scalar(-0.3), none).item<double>().ShouldBe(0.7039419635, 1e-9);
    }

    [Fact]
    public void DpmSolver_TwoSteps_GivesThePublishedValues()
    {
        using var scope = NewDisposeScope();
        using NoiseSource none = new(0);
        using DpmSolverSampler sampler = new(StableDiffusion, 20);
        sampler.Timesteps.Take(3).ShouldBe([999, 949, 899]);

        sampler.Begin();
        var first = sampler.Step(0, Scalar(0.7), Scalar(-0.3), none);
        var second = sampler.Step(1, first, Scalar(-0.25), none);

        first.item<double>().ShouldBe(1.0381094410, 1e-8);
        second.item<double>().ShouldBe(1.4297979800, 1e-8);
    }

    /// <summary>
    /// What PyTorch 1.13 gives for the reference's operations in their order, to the last bit, with a prediction of 0.3·x + 0.0005·t: where the first steps divide by
    /// almost nothing a bit more shows.
    /// </summary>
    [Theory]
    [InlineData(NoiseCurve.Linear, 10, "ddim", new[] { -56.0921822f, -23.926754f, -7.84404325f, 8.23866749f, 44.9991455f })]
    [InlineData(NoiseCurve.Linear, 100, "ddim", new[] { -84.3984375f, -36.5975075f, -12.6970024f, 11.203475f, 65.8331451f })]
    [InlineData(NoiseCurve.Linear, 100, "eta", new[] { -76.3161545f, -31.074173f, -16.5598602f, 8.76334953f, 54.0814514f })]
    [InlineData(NoiseCurve.ScaledLinear, 100, "eta", new[] { -14.8212385f, -5.84974146f, -2.66173649f, 2.25658631f, 11.4872742f })]
    [InlineData(NoiseCurve.Cosine, 100, "eta", new[] { -52.8082962f, -21.0413628f, -13.1996002f, 5.36443281f, 35.3335876f })]
    [InlineData(NoiseCurve.Linear, 100, "dpm", new[] { -87.0012436f, -37.7677727f, -13.1510372f, 11.4656897f, 67.7325058f })]
    [InlineData(NoiseCurve.ScaledLinear, 10, "dpm", new[] { -16.449707f, -6.88586807f, -2.10394621f, 2.67797565f, 13.608077f })]
    [InlineData(NoiseCurve.Cosine, 10, "dpm", new[] { -21846.3145f, -9949.13184f, -4000.54077f, 1948.04834f, 15544.8223f })]
    [InlineData(NoiseCurve.Cosine, 100, "dpm", new[] { -11061.5967f, -5037.26318f, -2025.08521f, 987.088745f, 7872.05371f })]
    [InlineData(NoiseCurve.Linear, 100, "clean dpm", new[] { -86.7251358f, -37.6481972f, -13.109745f, 11.4287052f, 67.5165787f })]
    [InlineData(NoiseCurve.ScaledLinear, 100, "clean dpm", new[] { -15.9475422f, -6.63877869f, -1.98439765f, 2.66998053f, 13.3085651f })]
    [InlineData(NoiseCurve.Cosine, 10, "clean dpm", new[] { -21803.1191f, -9929.45898f, -3992.63013f, 1944.1969f, 15514.0889f })]
    public void Steps_InSinglePrecision_AreTheReferencesBits(NoiseCurve curve, int steps, string kind, float[] expected)
    {
        using var scope = NewDisposeScope();
        using NoiseSource none = new(0);
        NoiseSchedule schedule = new((curve == NoiseCurve.ScaledLinear ? NoiseScheduleOptions.StableDiffusion : NoiseScheduleOptions.Paper) with { Curve = curve });
        var drawn = tensor(new[] { 0.5f, -1.25f, 2f, -0.25f, 1f });
        DdimSampler implicitly = new(schedule, steps, new DdimOptions(kind == "eta" ? 0.3 : 0));
        using DpmSolverSampler multistep = new(schedule, steps, kind == "dpm" ? DpmSolverEnd.FirstTimestep : DpmSolverEnd.Clean);
        ISampler sampler = kind is "ddim" or "eta" ? implicitly : multistep;

        sampler.Begin();
        var sample = tensor(new[] { -2.5f, -0.75f, 0.125f, 1f, 3f });
        for (var index = 0; index < steps; index++)
        {
            var epsilon = (0.3 * sample) + (0.0005 * sampler.Timesteps[index]);
            sample = kind == "eta" ? implicitly.Step(index, sample, epsilon, ((index % 3) - 1) * drawn) : sampler.Step(index, sample, epsilon, none);
        }

        sample.data<float>().ToArray().ShouldBe(expected);
    }

    /// <summary>With η = 1 and every timestep the implicit process is the posterior's (Song et al. 2021, section 4.1).</summary>
    [Theory]
    [InlineData(999)]
    [InlineData(500)]
    [InlineData(1)]
    public void Ddim_FullNoise_IsThePosterior(int timestep)
    {
        using var scope = NewDisposeScope();
        DdimSampler sampler = new(Paper, 1000, new DdimOptions(Eta: 1, EndsClean: true));
        DdpmSampler posterior = new(Paper, 1000);

        var step = sampler.Step(999 - timestep, Scalar(0.7), Scalar(-0.3), Scalar(1.5));

        step.item<double>().ShouldBe(posterior.Mean(timestep, Scalar(0.7), Scalar(-0.3)).item<double>() + (1.5 * Math.Sqrt(posterior.Variance(timestep))), 1e-9);
    }

    [Fact]
    public void Ddim_NoiseNeededAndNotGiven_IsRefused()
    {
        using var scope = NewDisposeScope();

        Should.Throw<ArgumentNullException>(() => new DdimSampler(Paper, 10, new DdimOptions(Eta: 0.5)).Step(0, Scalar(0.7), Scalar(-0.3), drawn: null))
            .Message.ShouldContain("0.5");
    }

    /// <summary>Where the model knows the noise exactly, every sampler comes to the clean latent.</summary>
    [Theory]
    [InlineData("ddpm")]
    [InlineData("ddim")]
    [InlineData("dpm")]
    public void FromNoise_ModelThatKnowsTheLatent_FindsIt(string kind)
    {
        using var scope = NewDisposeScope();
        using NoiseSource noise = new(11);
        var clean = noise.Draw([1, 4, 6, 5]);
        var sampler = Sampler(kind, 20);
        var generator = new LatentGenerator(sampler, (sample, timestep) =>
        {
            var alpha = Paper.CumulativeAlphas[timestep];
            return (sample - (Math.Sqrt(alpha) * clean)) / Math.Sqrt(1 - alpha);
        });

        generator.FromNoise([1, 4, 6, 5], seed: 3).allclose(clean, atol: 1e-4).ShouldBeTrue();
        (sampler as IDisposable)?.Dispose();
    }

    [Theory]
    [InlineData("ddpm")]
    [InlineData("ddim")]
    [InlineData("dpm")]
    public void FromNoise_SameSeed_IsTheSameAndAnotherIsNot(string kind)
    {
        using var scope = NewDisposeScope();
        using var unet = NewUnet();
        using NoiseSource noise = new(1);
        var context = noise.Draw([1, 3, 12]);
        var sampler = Sampler(kind, 4);
        var generator = new LatentGenerator(sampler, new Guidance(unet, context).Predict);

        var first = generator.FromNoise([1, 4, 4, 4], seed: 7);

        generator.FromNoise([1, 4, 4, 4], seed: 7).allclose(first, rtol: 0, atol: 0).ShouldBeTrue();
        generator.FromNoise([1, 4, 4, 4], seed: 8).allclose(first).ShouldBeFalse();
        (sampler as IDisposable)?.Dispose();
    }

    [Fact]
    public void Guidance_ScaleOne_IsTheConditionalPrediction()
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        using var unet = NewUnet();
        using NoiseSource noise = new(1);
        var (sample, context, empty) = (noise.Draw([2, 4, 4, 4]), noise.Draw([2, 3, 12]), noise.Draw([2, 3, 12]));
        var conditional = unet.Predict(sample, tensor(30L), context);
        var unconditional = unet.Predict(sample, tensor(30L), empty);

        new Guidance(unet, context, empty, 1).Predict(sample, 30).allclose(conditional, atol: 1e-6).ShouldBeTrue();
        new Guidance(unet, context, empty, 0).Predict(sample, 30).allclose(unconditional, atol: 1e-5).ShouldBeTrue();
        new Guidance(unet, context, empty, 7.5).Predict(sample, 30).allclose(unconditional + (7.5 * (conditional - unconditional)), atol: 1e-4).ShouldBeTrue();
        Should.Throw<ArgumentException>(() => new Guidance(unet, context, scale: 2));
    }

    [Fact]
    public void FromLatent_NoStrength_IsTheLatent()
    {
        using var scope = NewDisposeScope();
        using NoiseSource noise = new(1);
        var latent = noise.Draw([1, 4, 4, 4]);
        var generator = new LatentGenerator(Sampler("ddim", 10), (sample, _) => sample);

        generator.FromLatent(latent, 0, seed: 1).allclose(latent, rtol: 0, atol: 0).ShouldBeTrue();
        generator.FromLatent(latent, 0.5, seed: 1).allclose(latent).ShouldBeFalse();
        latent.IsInvalid.ShouldBeFalse();
        Should.Throw<ArgumentOutOfRangeException>(() => generator.FromLatent(latent, 1.1, seed: 1));
    }

    [Fact]
    public void FromLatent_FullStrength_NoiseAloneDecides()
    {
        using var scope = NewDisposeScope();
        using NoiseSource noise = new(1);
        var generator = new LatentGenerator(Sampler("ddim", 10), (sample, _) => 0.1 * sample);
        var fromNoise = generator.FromNoise([1, 4, 4, 4], seed: 5);

        generator.FromLatent(noise.Draw([1, 4, 4, 4]), 1, seed: 5).allclose(fromNoise, rtol: 0, atol: 0).ShouldBeTrue();
        generator.FromLatent(noise.Draw([1, 4, 4, 4]), 0.9, seed: 5).allclose(fromNoise).ShouldBeFalse();
    }

    [Fact]
    public void IntoRegion_Outside_IsTheLatentAndInsideIsNot()
    {
        using var scope = NewDisposeScope();
        using var unet = NewUnet();
        using NoiseSource noise = new(1);
        var latent = noise.Draw([1, 4, 6, 6]);
        var context = noise.Draw([1, 3, 12]);
        var region = zeros(1, 1, 6, 6);
        region[0, 0, 2, 3] = tensor(1f);
        using DpmSolverSampler sampler = new(Paper, 5);

        var painted = new LatentGenerator(sampler, new Guidance(unet, context).Predict).IntoRegion(latent, region, 1, seed: 2);

        var difference = (painted - latent).abs().sum(1)[0];
        difference[2, 3].item<float>().ShouldBeGreaterThan(0.1f);
        difference[2, 3] = tensor(0f);
        difference.max().item<float>().ShouldBe(0);
        Should.Throw<ArgumentException>(() => new LatentGenerator(sampler, (sample, _) => sample).IntoRegion(latent, zeros(1, 1, 3, 6), 1, seed: 2));
    }

    [Fact]
    public void IntoRegion_ManyTimes_LeavesNoTensors()
    {
        using var outer = NewDisposeScope();
        using var unet = NewUnet();
        using NoiseSource noise = new(1);
        var latent = noise.Draw([1, 4, 4, 4]);
        var context = noise.Draw([1, 3, 12]);
        using DpmSolverSampler sampler = new(Paper, 5);
        var generator = new LatentGenerator(sampler, new Guidance(unet, context, context, 2).Predict);
        var region = ones(1, 1, 4, 4);
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        for (ulong time = 0; time < 5; time++)
        {
            generator.IntoRegion(latent, region, 0.6, seed: time).Dispose();
        }

        sampler.Begin();
        DisposeScopeManager.Statistics.ThreadTotalLiveCount.ShouldBe(before);
    }

    [Theory]
    [InlineData(NoiseCurve.Linear, 0, 0.02, 1000)]
    [InlineData(NoiseCurve.Linear, 0.03, 0.02, 1000)]
    [InlineData(NoiseCurve.ScaledLinear, 0.001, 1, 1000)]
    [InlineData(NoiseCurve.Cosine, 0, 0, 1)]
    public void Schedule_ThatCannotBe_IsRefused(NoiseCurve curve, double start, double end, int steps)
        => Should.Throw<ArgumentException>(() => new NoiseSchedule(new NoiseScheduleOptions(curve, start, end, steps)));

    [Theory]
    [InlineData(0)]
    [InlineData(1001)]
    public void Sampler_MoreOrFewerStepsThanTheSchedule_IsRefused(int steps)
    {
        Should.Throw<ArgumentOutOfRangeException>(() => new DdimSampler(Paper, steps));
        Should.Throw<ArgumentOutOfRangeException>(() => new DpmSolverSampler(Paper, steps));
    }

    private static ISampler Sampler(string kind, int steps) => kind switch
    {
        "ddpm" => new DdpmSampler(Paper, steps),
        "ddim" => new DdimSampler(Paper, steps, new DdimOptions(EndsClean: true)),
        _ => new DpmSolverSampler(Paper, steps),
    };

    private static Unet NewUnet()
    {
        Unet unet = new(Small);
        using var untracked = no_grad();
        using NoiseSource noise = new(9);
        foreach (var parameter in unet.parameters())
        {
            using var drawn = noise.DrawLike(parameter);
            using var scaled = drawn * 0.1;
            parameter.add_(scaled);
        }

        return unet;
    }

    private static Tensor Scalar(double value) => tensor(value, float64);
}
