using System.Net;
using System.Text.Json.Nodes;
using IMDD.Contracts.Events;
using IMDD.Contracts.Registry;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;

namespace IMDD.Cli.Tests;

/// <summary>What the verbs ask of the registry, and how they say what it has answered. The registry itself has tests of its own.</summary>
public sealed class ModelsRolloutCommandTests : IAsyncLifetime
{
    private static readonly ModelRelease Release = new("gears", "1.9.0", "sha256:" + new string('a', 64), 7);

    private readonly List<(string Path, string Body)> _asked = [];
    private WebApplication? _registry;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        _registry = builder.Build();
        _registry.Urls.Add("http://127.0.0.1:0");
        _registry.Run(async http =>
        {
            using StreamReader body = new(http.Request.Body);
            _asked.Add((http.Request.Path.Value!, await body.ReadToEndAsync(Stop)));
            object? answer = (http.Request.Method, http.Request.Path.Value) switch
            {
                ("GET", "/api/v1/models/gears") => new ModelView { Name = "gears", Aliases = new Dictionary<string, string>(), Versions = [Version()] },
                ("GET", RegistryRoutes.Rollouts) => new[] { Progress() },
                ("POST", "/api/v1/models/gears/stop") => Version() with { BlockedReason = "misses dents" },
                ("POST", "/api/v1/models/gears/rollouts") or ("GET" or "POST", "/api/v1/rollouts/r1" or "/api/v1/rollouts/r1/approve") => Progress(),
                _ => null,
            };
            http.Response.StatusCode = (int)(answer is null ? HttpStatusCode.Conflict : HttpStatusCode.OK);
            http.Response.ContentType = "application/json";
            await http.Response.Body.WriteAsync(answer is null ? """{"detail":"Rollout r2 is finished."}"""u8.ToArray() : ImddJson.Serialize(answer), Stop);
        });
        await _registry.StartAsync(Stop);
    }

    public async ValueTask DisposeAsync() => await _registry!.DisposeAsync();

    [Fact]
    public async Task Start_Waves_AreAskedForAsTyped()
    {
        var (exitCode, output, error) = await RunAsync(
            "start", "gears", "7", "--wave", "10%", "--wave", "line:acme/ulm/paint/line1,line:acme/ulm/paint/line2", "--wave", "agent:acme/ulm/paint/line3/cell1/box7:left",
            "--wave", "100%", "--new", "--approve-before", "2", "--approve-before", "4", "--max-failed", "5%", "--soak", "00:30:00", "--not-before", "2026-11-28T22:00:00",
            "--not-after", "2026-11-29T02:00:00+01:00", "--by", "anna", "--reason", "finds dents");

        exitCode.ShouldBe(0, error);
        output.ShouldContain("r1  gears 1.9.0");
        output.ShouldContain("wave 1  acme/ulm/paint/line1/cell1/box7  failed  rejected tooSlow 12 ms");
        var request = ImddJson.Deserialize<StartRollout>(System.Text.Encoding.UTF8.GetBytes(_asked[^1].Body));
        (request.Digest, request.AllowUnknown, request.By, request.Reason).ShouldBe((Release.Digest, true, "anna", "finds dents"));
        request.Install.ShouldBe(new InstallWindow
        {
            NotBefore = new DateTimeOffset(2026, 11, 28, 22, 0, 0, TimeSpan.Zero),
            NotAfter = new DateTimeOffset(2026, 11, 29, 1, 0, 0, TimeSpan.Zero),
        });
        request.Waves.Select(wave => (wave.Percent, string.Join(' ', wave.Lines), string.Join(' ', wave.Agents), wave.ApproveBefore)).ShouldBe(
        [
            (10, "", "", false),
            (null, "acme/ulm/paint/line1 acme/ulm/paint/line2", "", true),
            (null, "", "acme/ulm/paint/line3/cell1/box7:left", false),
            (100, "", "", true),
        ]);
        request.Waves.ShouldAllBe(wave => wave.MaxFailed == null && wave.MaxFailedPercent == 5 && wave.SoakSeconds == 1800);
    }

    [Theory]
    [InlineData("expected a share of the fleet", "--wave", "ten")]
    [InlineData("expected a share of the fleet", "--wave", "line:acme/ulm/paint/line1,10%")]
    [InlineData("expected the number of a wave, 1 to 1", "--wave", "100%", "--approve-before", "2")]
    [InlineData("expected a number of agents", "--wave", "100%", "--max-failed", "few")]
    [InlineData("expected a time", "--wave", "100%", "--not-before", "tonight")]
    [InlineData("--wave")]
    public async Task Start_WhatIsNoPlan_IsRefusedBeforeItIsAskedFor(string expected, params string[] options)
    {
        var (exitCode, output, error) = await RunAsync(["start", "gears", "7", .. options]);

        exitCode.ShouldNotBe(0);
        (output + error).ShouldContain(expected);
        _asked.ShouldNotContain(asked => asked.Path.EndsWith("/rollouts", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Decisions_AndLists_GoToTheirRoutes()
    {
        (await RunAsync("approve", "r1", "--by", "anna")).ExitCode.ShouldBe(0);
        _asked[^1].ShouldBe(("/api/v1/rollouts/r1/approve", """{"by":"anna"}"""));
        var (_, list, _) = await RunAsync("list", "--json");
        ((string?)JsonNode.Parse(list)!["rollouts"]![0]!["state"]).ShouldBe(RolloutStateWord.Running);
        var (_, stopped, _) = await RunAsync("stop", "gears", "7", "--reason", "misses dents");
        stopped.ShouldContain("is blocked: misses dents");

        var (exitCode, _, error) = await RunAsync("cancel", "r2");
        exitCode.ShouldNotBe(0);
        error.ShouldContain("Rollout r2 is finished.");
    }

    private static ModelVersionView Version() => new()
    {
        Model = Release,
        Aliases = [],
        RegisteredAt = DateTimeOffset.UnixEpoch,
        SizeBytes = 1,
        KeyId = "key",
    };

    private static RolloutProgressView Progress() => new()
    {
        RolloutId = "r1",
        Model = Release,
        State = RolloutStateWord.Running,
        WavesBegun = 1,
        Waves =
        [
            new(new RolloutWave { Percent = 100 },
            [
                new()
                {
                    Agent = "acme/ulm/paint/line1/cell1/box7",
                    State = RolloutAgentStateWord.Failed,
                    Step = RolloutStepWord.Rejected,
                    ReasonCode = RolloutReason.TooSlow,
                    Detail = "12 ms",
                    ChangedAt = DateTimeOffset.UnixEpoch,
                },
            ]),
        ],
        StartedAt = DateTimeOffset.UnixEpoch,
        ChangedAt = DateTimeOffset.UnixEpoch,
    };

    private async Task<(int ExitCode, string Output, string Error)> RunAsync(params string[] args)
    {
        await using StringWriter output = new();
        await using StringWriter error = new();
        var exitCode = await ImddCommand.RunAsync(["models", "rollout", .. args, "--registry", _registry!.Urls.Single()], output, error);
        return (exitCode, output.ToString(), error.ToString());
    }
}
