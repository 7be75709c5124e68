using System.Text.Json.Nodes;
using IMDD.Cli.Output;

namespace IMDD.Cli.Tests;

public sealed class ImddCommandTests
{
    [Fact]
    public async Task RunAsync_Version_PrintsTheVersionAndSucceeds()
    {
        var (exitCode, output, _) = await RunAsync("--version");

        exitCode.ShouldBe(0);
        output.Trim().ShouldNotBeEmpty();
    }

    [Theory]
    [InlineData("agent")]
    [InlineData("camera")]
    [InlineData("aggregator")]
    [InlineData("curator")]
    [InlineData("dashboard")]
    [InlineData("registry")]
    [InlineData("trainer")]
    public async Task RunAsync_Help_ListsTheVerb(string verb)
    {
        var (exitCode, output, _) = await RunAsync("--help");

        exitCode.ShouldBe(0);
        output.Split('\n').ShouldContain(line => line.TrimStart().StartsWith(verb, StringComparison.Ordinal));
    }

    [Fact]
    public async Task RunAsync_UnknownVerb_FailsAndNamesIt()
    {
        var (exitCode, _, error) = await RunAsync("fly");

        exitCode.ShouldNotBe(0);
        error.ShouldContain("fly");
    }

    [Fact]
    public void Write_Result_IsOneLineInSnakeCase()
    {
        using StringWriter output = new();

        JsonOutput.Write(output, new { ConservationError = 0, LatencyMs = new { P50 = 1.5 } });

        output.ToString().Trim().ShouldNotContain("\n");
        var result = JsonNode.Parse(output.ToString())!;
        ((int)result["conservation_error"]!).ShouldBe(0);
        ((double)result["latency_ms"]!["p50"]!).ShouldBe(1.5);
    }

    private static async Task<(int ExitCode, string Output, string Error)> RunAsync(params string[] args)
    {
        await using StringWriter output = new();
        await using StringWriter error = new();
        var exitCode = await ImddCommand.RunAsync(args, output, error);
        return (exitCode, output.ToString(), error.ToString());
    }
}
