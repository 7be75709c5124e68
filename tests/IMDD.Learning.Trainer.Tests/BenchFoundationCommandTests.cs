using System.Text.Json;
using IMDD.Learning.Networks.Diffusion;
using IMDD.Learning.Weights.Configurations;
using TorchSharp;

namespace IMDD.Learning.Trainer.Tests;

public sealed class BenchFoundationCommandTests
{
    private static readonly string[] Bench =
    [
        "bench", "foundation", "--config", "tiny", "--batch", "1", "--latent", "8", "--runs", "1", "--threads", "1", "--sampler-steps", "0", "--time-only", "--json",
    ];

    /// <summary>The bench itself refuses bare operations that are not the network's.</summary>
    [Fact]
    public async Task Bench_WithoutPython_MeasuresTheRest()
    {
        using var result = await Run("no-such-interpreter");

        foreach (var name in (string[])["forward_ms", "step_ms", "bare_step_ms", "checkpointed_step_ms"])
        {
            result.RootElement.GetProperty(name).GetDouble().ShouldBeGreaterThan(0, name);
        }

        foreach (var name in (string[])["python", "step_to_python", "forward_to_python", "peak_tflops", "forward_utilisation", "step_utilisation"])
        {
            result.RootElement.GetProperty(name).ValueKind.ShouldBe(JsonValueKind.Null, name);
        }
    }

    [Fact]
    public async Task Bench_PeakOfTheDevice_IsWhatUtilisationIsAShareOf()
    {
        using var result = await Run("no-such-interpreter", "--batch", "2", "--peak-tflops", "0.5");
        double Number(string name) => result.RootElement.GetProperty(name).GetDouble();

        Number("pass_tflop").ShouldBe(UnetOperations.OfPass(FoundationConfiguration.Of("tiny").Unet, 8, 8, FoundationConfiguration.Of("tiny").Text.Context) / 1e12);
        Number("step_tflop").ShouldBe(3 * Number("pass_tflop"), 1e-15);
        Number("forward_tflops").ShouldBe(2 * Number("pass_tflop") / (Number("forward_ms") / 1000), 1e-6 * Number("forward_tflops"));
        Number("step_tflops").ShouldBe(2 * Number("step_tflop") / (Number("step_ms") / 1000), 1e-6 * Number("step_tflops"));
        Number("forward_utilisation").ShouldBe(Number("forward_tflops") / 0.5, 1e-9);
        Number("step_utilisation").ShouldBe(Number("step_tflops") / 0.5, 1e-9);
        Number("image_side").ShouldBe(8 * FoundationConfiguration.Of("tiny").LatentStride);
    }

    /// <summary>The bare operations are the network's in 16 bits too, and the sampler takes what it predicts.</summary>
    [Fact]
    public async Task Bench_SixteenBits_MeasuresEverything()
    {
        using var result = await Run("no-such-interpreter", "--precision", "bf16", "--sampler-steps", "2");

        result.RootElement.GetProperty("precision").GetString().ShouldBe("bf16");
        result.RootElement.GetProperty("step_ms").GetDouble().ShouldBeGreaterThan(0);
        result.RootElement.GetProperty("guided_sampling_to_forward").GetProperty("clock").GetDouble().ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task Bench_DeviceThatIsNotThere_IsRefused()
    {
        Assert.SkipWhen(torch.cuda_is_available(), "There is a CUDA device here.");
        StringWriter error = new();

        (await TrainerCommand.RunAsync([.. Bench, "--device", "cuda"], TextWriter.Null, error)).ShouldBe(1);

        error.ToString().ShouldContain("--device cuda: libtorch finds no CUDA device here");
    }

    [Theory]
    [InlineData("--device", "tpu", "tpu")]
    [InlineData("--precision", "fp8", "fp8")]
    [InlineData("--peak-tflops", "0", "--peak-tflops is 0")]
    public async Task Bench_WrongOption_IsRefused(string option, string value, string expected)
    {
        StringWriter error = new();

        (await TrainerCommand.RunAsync([.. Bench, option, value], TextWriter.Null, error)).ShouldBe(2);

        error.ToString().ShouldContain(expected);
    }

    /// <summary>The script refuses to be measured where names, shapes or its prediction are not the network's.</summary>
    [Fact]
    public async Task Bench_WithAPyTorch_MeasuresTheSameNetworkThere()
    {
        using var result = await Run("/usr/bin/python3"); // whose torch a distribution packages

        Assert.SkipWhen(result.RootElement.GetProperty("python").ValueKind == JsonValueKind.Null, "/usr/bin/python3 has no torch.");
        var python = result.RootElement.GetProperty("python");
        python.GetProperty("step_ms").GetDouble().ShouldBeGreaterThan(0);
        python.GetProperty("version").GetString().ShouldNotBeNullOrEmpty();
        foreach (var (ratio, ours, theirs) in (ReadOnlySpan<(string, string, string)>)[("step_to_python", "step_ms", "step_ms"), ("forward_to_python", "forward_ms", "forward_ms")])
        {
            result.RootElement.GetProperty(ratio).GetDouble()
                .ShouldBe(result.RootElement.GetProperty(ours).GetDouble() / python.GetProperty(theirs).GetDouble(), 1e-9);
        }
    }

    [Fact]
    public async Task Bench_WhereTheScriptFails_SaysWhich()
    {
        StringWriter error = new();

        (await TrainerCommand.RunAsync([.. Bench, "--python", "false"], TextWriter.Null, error)).ShouldBe(1);

        error.ToString().ShouldContain("unet_step.py in false ended with exit code 1");
    }

    /// <summary>What was not measured has no verdict.</summary>
    [Fact]
    public async Task Bench_Check_FailsExactlyWhereAMeasuredFigureMisses()
    {
        StringWriter output = new(), error = new();

        var exitCode = await TrainerCommand.RunAsync([.. Bench, "--python", "no-such-interpreter", "--check"], output, error);

        using var result = JsonDocument.Parse(output.ToString());
        var checks = result.RootElement.GetProperty("checks").EnumerateArray().ToDictionary(check => check.GetProperty("name").GetString()!);
        checks.ToDictionary(check => check.Key, check => check.Value.GetProperty("goal").GetDouble()).ShouldBe(new Dictionary<string, double>
        {
            ["step_to_bare"] = 1.05,
            ["checkpointed_to_step"] = 1.4,
            ["checkpointed_peak_to_step_peak"] = 0.6,
            ["sampling_to_forward"] = 1.05,
            ["guided_sampling_to_forward"] = 1.05,
        }, ignoreOrder: true);
        foreach (var name in (string[])["step_to_bare", "checkpointed_to_step"])
        {
            var value = checks[name].GetProperty("value").GetDouble();
            value.ShouldBe(result.RootElement.GetProperty(name).GetProperty("clock").GetDouble());
            checks[name].GetProperty("met").GetBoolean().ShouldBe(value <= checks[name].GetProperty("goal").GetDouble());
        }

        foreach (var name in (string[])["checkpointed_peak_to_step_peak", "sampling_to_forward", "guided_sampling_to_forward"])
        {
            (checks[name].GetProperty("value").ValueKind, checks[name].GetProperty("met").ValueKind).ShouldBe((JsonValueKind.Null, JsonValueKind.Null));
        }

        exitCode.ShouldBe(checks.Values.Any(check => check.GetProperty("met").ValueKind == JsonValueKind.False) ? 1 : 0);
    }

    [Fact]
    public async Task Steps_NothingLeft_IsSaidOfTheGoal()
    {
        StringWriter output = new();

        (await TrainerCommand.RunAsync(["bench", "foundation", "steps", "--steps", "2", "--latent", "8"], output, TextWriter.Null)).ShouldBe(0);

        output.ToString().ShouldContain("met          live_tensors_left at most 0: 0");
    }

    [Fact]
    public async Task Bundle_TinyModel_SaysHowWellGraphAndNetworkAgree()
    {
        StringWriter output = new();

        (await TrainerCommand.RunAsync(["bench", "foundation", "bundle", "--config", "tiny", "--frame", "64", "--threads", "1", "--json"], output, TextWriter.Null)).ShouldBe(0);

        using var result = JsonDocument.Parse(output.ToString());
        var check = result.RootElement.GetProperty("checks").EnumerateArray().Single();
        (check.GetProperty("name").GetString(), check.GetProperty("goal").GetDouble(), check.GetProperty("met").GetBoolean()).ShouldBe(("parity_error", 1e-3, true));
        check.GetProperty("value").GetDouble().ShouldBe(result.RootElement.GetProperty("largest_error").GetDouble());
    }

    private static async Task<JsonDocument> Run(string python, params string[] more)
    {
        StringWriter output = new(), error = new();
        (await TrainerCommand.RunAsync([.. Latest(more), "--python", python], output, error)).ShouldBe(0, error.ToString());
        return JsonDocument.Parse(output.ToString());
    }

    /// <summary>The command line with some options' values replaced, or the options added.</summary>
    private static IEnumerable<string> Latest(string[] more)
    {
        var kept = Bench.ToList();
        foreach (var option in more.Where((_, index) => index % 2 == 0).Where(kept.Contains))
        {
            kept.RemoveRange(kept.IndexOf(option), 2);
        }

        return [.. kept, .. more];
    }
}
