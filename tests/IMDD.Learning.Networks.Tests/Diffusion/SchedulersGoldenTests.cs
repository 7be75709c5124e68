using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using IMDD.Learning.Networks.Diffusion.Sampling;
using IMDD.Learning.Weights.Configurations;
using static TorchSharp.torch;

namespace IMDD.Learning.Networks.Tests.Diffusion;

public sealed partial class SchedulersGoldenTests
{
    // Below it the reference's last step is of first order, if it is told so.
    private const int ShortRun = 15;

    private static readonly Dictionary<string, NoiseCurve> Curves = new()
    {
        ["linear"] = NoiseCurve.Linear,
        ["scaled_linear"] = NoiseCurve.ScaledLinear,
        ["cosine"] = NoiseCurve.Cosine,
        ["squaredcos_cap_v2"] = NoiseCurve.Cosine,
    };

    public static TheoryData<string> Files => GoldenTensors.Cases("schedulers*.safetensors");

    /// <summary>The formula is for people too: blanks and either e.</summary>
    [Theory]
    [InlineData("eps(x,t)=0.3*x+0.1*sin(2*x)+1e-4*t")]
    [InlineData("eps(x, t) = 0.3 * x + 0.1 * sin(2 * x) + 1E-4 * t")]
    public void ToyModel_HoweverItIsWritten_IsTheFormula(string formula)
    {
        using var scope = NewDisposeScope();

        ModelOf(formula)(tensor(new[] { 0.5f }), 10).item<float>().ShouldBe((0.3f * 0.5f) + (0.1f * MathF.Sin(1)) + 1e-3f, 1e-6f);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Tables_ReferenceTensors_Match(string name)
    {
        using var golden = GoldenTensors.Open(name);
        using var scope = NewDisposeScope();
        var tables = golden.Files.Tensors.Keys.Where(key => Curves.ContainsKey(key.Split('.')[0])).ToList();

        tables.ShouldNotBeEmpty();
        foreach (var table in tables)
        {
            var schedule = new NoiseSchedule(Options(golden) with { Curve = Curves[table.Split('.')[0]] });
            var values = table.EndsWith(".betas", StringComparison.Ordinal) ? schedule.Betas : schedule.CumulativeAlphas;
            golden.ShouldMatch(tensor(values.ToArray()), table);
        }
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void AddNoise_ReferenceTensors_Match(string name)
    {
        using var golden = GoldenTensors.Open(name);
        using var scope = NewDisposeScope();
        int[] timesteps = [.. golden["add_noise.timesteps"].data<long>().ToArray().Select(timestep => (int)timestep)];

        golden.ShouldMatch(new NoiseSchedule(Options(golden)).AddNoise(golden["add_noise.x0"], golden["add_noise.noise"], timesteps), "add_noise.output");
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void DdpmPosterior_ReferenceTensors_Match(string name)
    {
        using var golden = GoldenTensors.Open(name);
        using var scope = NewDisposeScope();
        var options = Options(golden);
        var sampler = new DdpmSampler(new NoiseSchedule(options), options.Steps);
        var means = golden.Files.Tensors.Keys.Where(key => key.StartsWith("ddpm.mean_", StringComparison.Ordinal)).ToList();

        means.ShouldNotBeEmpty();
        foreach (var mean in means)
        {
            var step = mean["ddpm.mean_".Length..];
            var timestep = int.Parse(step, CultureInfo.InvariantCulture);
            var sample = golden[$"ddpm.x_{step}"];
            golden.ShouldMatch(sampler.Mean(timestep, sample, Model(golden)(sample, timestep)), mean);
            golden.ShouldMatch(tensor(new[] { sampler.Variance(timestep) }), $"ddpm.variance_{step}");
        }
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Ddim_ReferenceTrajectory_Matches(string name)
    {
        using var golden = GoldenTensors.Open(name);
        var words = SamplerWords.Read(
            golden.Files.Metadata.GetValueOrDefault("ddim"), "eta", "clip_sample", "thresholding", "set_alpha_to_one", "steps_offset", "timestep_spacing", "prediction_type");
        words.Flag("clip_sample", false).ShouldBeFalse("clip_sample: latents are not clipped");
        words.Flag("thresholding", false).ShouldBeFalse("thresholding");
        words.Text("timestep_spacing", "leading").ShouldBe("leading", "timestep_spacing");
        words.Text("prediction_type", "epsilon").ShouldBe("epsilon", "prediction_type");
        DdimOptions options = new(words.Number("eta", 0), words.Whole("steps_offset", 0), words.Flag("set_alpha_to_one", true));
        DdimSampler sampler = new(new NoiseSchedule(Options(golden)), words.Steps ?? Steps(golden), options);
        using var drawn = options.Eta > 0 ? VarianceNoise(golden, sampler.Timesteps.Count) : null;

        Trajectory(golden, "ddim", sampler, (index, sample, epsilon) => sampler.Step(index, sample, epsilon, drawn?[index]));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void DpmSolver_ReferenceTrajectory_Matches(string name)
    {
        using var golden = GoldenTensors.Open(name);
        var words = SamplerWords.Read(
            golden.Files.Metadata.GetValueOrDefault("dpmpp2m"), "dpmsolver++", "algorithm_type", "order", "solver_order", "solver_type", "midpoint", "lower_order_final",
            "thresholding", "final_sigmas_type", "timestep_spacing", "prediction_type");
        var steps = words.Steps ?? Steps(golden);
        words.Text("algorithm_type", "dpmsolver++").ShouldBe("dpmsolver++", "algorithm_type");
        words.Whole("order", words.Whole("solver_order", 2)).ShouldBe(2, "order");
        words.Text("solver_type", "midpoint").ShouldBe("midpoint", "solver_type");
        words.Text("timestep_spacing", "linspace").ShouldBe("linspace", "timestep_spacing");
        words.Text("prediction_type", "epsilon").ShouldBe("epsilon", "prediction_type");
        words.Flag("thresholding", false).ShouldBeFalse("thresholding");
        var ends = words.Text("final_sigmas_type", "sigma_min");
        (words.Flag("lower_order_final", true) || ends == "sigma_min" && steps >= ShortRun).ShouldBeTrue("lower_order_final: of first order at the end of short runs");
        using DpmSolverSampler sampler = new(new NoiseSchedule(Options(golden)), steps, ends switch
        {
            "sigma_min" => DpmSolverEnd.FirstTimestep,
            "zero" => DpmSolverEnd.Clean,
            _ => throw new NotSupportedException($"{name}: final_sigmas_type is {ends}"),
        });

        using NoiseSource none = new(0);

        Trajectory(golden, "dpmpp2m", sampler, (index, sample, epsilon) => sampler.Step(index, sample, epsilon, none));
    }

    /// <summary>With η over 0 a run adds noise that nobody can draw again: the file has to have it, that of every step in the order of the steps.</summary>
    private static Tensor VarianceNoise(GoldenTensors golden, int steps)
    {
        var name = new[] { "ddim.noise", "ddim.variance_noise" }.FirstOrDefault(golden.Files.Tensors.ContainsKey);
        name.ShouldNotBeNull("η over 0 needs the noise that the run added: ddim.noise or ddim.variance_noise, [steps, the latent's shape]");
        var noise = golden[name!];
        noise.shape.ShouldBe([steps, .. golden["ddim.start"].shape], name);
        return noise;
    }

    private static void Trajectory(GoldenTensors golden, string prefix, ISampler sampler, Func<int, Tensor, Tensor, Tensor> step)
    {
        using var scope = NewDisposeScope();
        var model = Model(golden);
        sampler.Timesteps.Select(timestep => (long)timestep).ShouldBe(golden[$"{prefix}.timesteps"].data<long>().ToArray());
        sampler.Begin();
        var sample = golden[$"{prefix}.start"];
        for (var index = 0; index < sampler.Timesteps.Count; index++)
        {
            sample = step(index, sample, model(sample, sampler.Timesteps[index]));
        }

        golden.ShouldMatch(sample, $"{prefix}.end", golden.TrajectoryTolerance);
    }

    private static NoiseScheduleOptions Options(GoldenTensors golden)
    {
        var config = golden.Fields("num_train_timesteps", "beta_start", "beta_end", "beta_schedule", "sampler_steps", "prediction_type");
        (config.TryGetProperty("prediction_type", out var predicted) ? predicted.GetString() : "epsilon").ShouldBe("epsilon", "prediction_type");
        return new NoiseScheduleOptions(
            Curves[config.GetProperty("beta_schedule").GetString()!],
            config.GetProperty("beta_start").GetDouble(),
            config.GetProperty("beta_end").GetDouble(),
            config.GetProperty("num_train_timesteps").GetInt32());
    }

    private static int Steps(GoldenTensors golden) => JsonDocument.Parse(golden.Configuration).RootElement.GetProperty("sampler_steps").GetInt32();

    /// <summary>The formula that the file gives for its stand-in of a network.</summary>
    private static Func<Tensor, int, Tensor> Model(GoldenTensors golden) => ModelOf(golden.Files.Metadata["toy_model"]);

    private static Func<Tensor, int, Tensor> ModelOf(string formula)
    {
        var match = Formula().Match(string.Concat(formula.Where(sign => !char.IsWhiteSpace(sign))));
        match.Success.ShouldBeTrue($"the formula's form: {formula}");
        double[] factors = [.. match.Groups.Values.Skip(1).Select(group => double.Parse(group.Value, CultureInfo.InvariantCulture))];
        return (x, t) => (factors[0] * x) + (factors[1] * ReferenceSine.Of(factors[2] * x)) + (factors[3] * t);
    }

    [GeneratedRegex(@"^eps\(x,t\)=(-?[\d.]+(?:[eE][+-]?\d+)?)\*x\+?(-?[\d.]+(?:[eE][+-]?\d+)?)\*sin\((-?[\d.]+(?:[eE][+-]?\d+)?)\*x\)\+?(-?[\d.]+(?:[eE][+-]?\d+)?)\*t$")]
    private static partial Regex Formula();
}
