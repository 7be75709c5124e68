using System.Diagnostics;

namespace IMDD.Cli.Tests;

/// <summary>The verbs of services, as processes: standard error and the exit code are what a supervisor sees.</summary>
public sealed class ServiceVerbTests
{
    [Fact]
    public async Task Agent_SeveralBadSettings_ListsEachWithItsKeyAndExitsWithTwo()
    {
        var (exitCode, error) = await RunAsync("agent", "--Edge:Store:MaxBytes=12", "--Kafka:Linger=soon", "--Mqtt:Prot=1");

        exitCode.ShouldBe(2);
        error.ShouldContain("edge-agent: the configuration is invalid");
        error.ShouldContain("Edge:Store:MaxBytes: ");
        error.ShouldContain("Kafka:Linger: must be a duration");
        error.ShouldContain("Mqtt:Prot: unknown key");
        error.ShouldContain("Edge:Agent:Asset: ");
    }

    [Theory]
    [InlineData("agent")]
    [InlineData("camera")]
    [InlineData("aggregator")]
    [InlineData("curator")]
    [InlineData("dashboard")]
    [InlineData("registry")]
    [InlineData("trainer")]
    public async Task Service_SettingsFileMissing_ExitsWithTwoAndNamesIt(string verb)
    {
        var (exitCode, error) = await RunAsync(verb, "--config", "/nowhere/settings.json");

        exitCode.ShouldBe(2);
        error.ShouldContain("/nowhere/settings.json");
    }

    private static async Task<(int ExitCode, string Error)> RunAsync(params string[] args)
    {
        using CancellationTokenSource limit = new(TimeSpan.FromMinutes(2));
        using var process = Process.Start(new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "imdd.dll"), .. args])
        {
            UseShellExecute = false,
            RedirectStandardError = true,
        })!;
        try
        {
            var error = await process.StandardError.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            return (process.ExitCode, error);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill();
            }
        }
    }
}
