using System.Text.Json;

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

        result.RootElement.GetProperty("python").ValueKind.ShouldBe(JsonValueKind.Null);
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
    }

    [Fact]
    public async Task Bench_WhereTheScriptFails_SaysWhich()
    {
        StringWriter error = new();

        (await TrainerCommand.RunAsync([.. Bench, "--python", "false"], TextWriter.Null, error)).ShouldBe(1);

        error.ToString().ShouldContain("unet_step.py in false ended with exit code 1");
    }

    private static async Task<JsonDocument> Run(string python)
    {
        StringWriter output = new(), error = new();
        (await TrainerCommand.RunAsync([.. Bench, "--python", python], output, error)).ShouldBe(0, error.ToString());
        return JsonDocument.Parse(output.ToString());
    }
}
