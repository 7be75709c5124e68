using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using IMDD.Learning.Networks.Diffusion.Sampling;
using IMDD.Learning.Weights.Configurations;
using static TorchSharp.torch;

namespace IMDD.Learning.Networks.Tests.Diffusion;

public sealed partial class SchedulersGoldenTests
{
    private static readonly Dictionary<string, NoiseCurve> Curves = new()
    {
        ["linear"] = NoiseCurve.Linear,
        ["scaled_linear"] = NoiseCurve.ScaledLinear,
        ["cosine"] = NoiseCurve.Cosine,
        ["squaredcos_cap_v2"] = NoiseCurve.Cosine,
    };

    public static TheoryData<string> Files => GoldenTensors.Cases("schedulers*.safetensors");

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
        var options = Options(golden);
        Trajectory(golden, "ddim", new DdimSampler(new NoiseSchedule(options), Steps(golden)));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void DpmSolver_ReferenceTrajectory_Matches(string name)
    {
        using var golden = GoldenTensors.Open(name);
        using DpmSolverSampler sampler = new(new NoiseSchedule(Options(golden)), Steps(golden), DpmSolverEnd.FirstTimestep);
        Trajectory(golden, "dpmpp2m", sampler);
    }

    private static void Trajectory(GoldenTensors golden, string prefix, ISampler sampler)
    {
        using var scope = NewDisposeScope();
        using NoiseSource none = new(0);
        var model = Model(golden);
        sampler.Timesteps.Select(timestep => (long)timestep).ShouldBe(golden[$"{prefix}.timesteps"].data<long>().ToArray());
        sampler.Begin();
        var sample = golden[$"{prefix}.start"];
        for (var index = 0; index < sampler.Timesteps.Count; index++)
        {
            sample = sampler.Step(index, sample, model(sample, sampler.Timesteps[index]), none);
        }

        golden.ShouldMatch(sample, $"{prefix}.end", golden.TrajectoryTolerance);
    }

    private static NoiseScheduleOptions Options(GoldenTensors golden)
    {
        var config = JsonDocument.Parse(golden.Configuration).RootElement;
        return new NoiseScheduleOptions(
            Curves[config.GetProperty("beta_schedule").GetString()!],
            config.GetProperty("beta_start").GetDouble(),
            config.GetProperty("beta_end").GetDouble(),
            config.GetProperty("num_train_timesteps").GetInt32());
    }

    private static int Steps(GoldenTensors golden) => JsonDocument.Parse(golden.Configuration).RootElement.GetProperty("sampler_steps").GetInt32();

    /// <summary>The formula that the file gives for its stand-in of a network.</summary>
    private static Func<Tensor, int, Tensor> Model(GoldenTensors golden)
    {
        var match = Formula().Match(golden.Files.Metadata["toy_model"]);
        match.Success.ShouldBeTrue("the formula's form");
        double[] factors = [.. match.Groups.Values.Skip(1).Select(group => double.Parse(group.Value, CultureInfo.InvariantCulture))];
        return (x, t) => (factors[0] * x) + (factors[1] * (factors[2] * x).sin()) + (factors[3] * t);
    }

    [GeneratedRegex(@"^eps\(x,t\)=(-?[\d.]+(?:e[+-]?\d+)?)\*x\+(-?[\d.]+(?:e[+-]?\d+)?)\*sin\((-?[\d.]+(?:e[+-]?\d+)?)\*x\)\+(-?[\d.]+(?:e[+-]?\d+)?)\*t$")]
    private static partial Regex Formula();
}
