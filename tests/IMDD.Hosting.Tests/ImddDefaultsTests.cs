using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace IMDD.Hosting.Tests;

public sealed class ImddDefaultsTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Health_CheckFails_ReadyIsUnavailableWithTheReasonAndLiveIsNot()
    {
        await using var app = RunningHost.Build(services => services.AddHealthChecks()
            .AddCheck("mqtt", () => HealthCheckResult.Unhealthy("not connected to 127.0.0.1:1883"), [HealthTags.Ready]));
        await app.StartAsync(Token);
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };

        using var live = await client.GetAsync("/health/live", Token);
        using var ready = await client.GetAsync("/health/ready", Token);

        live.StatusCode.ShouldBe(HttpStatusCode.OK);
        ready.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        var report = JsonNode.Parse(await ready.Content.ReadAsStringAsync(Token))!;
        ((string?)report["status"]).ShouldBe("unhealthy");
        var checks = report["checks"]!.AsArray().ToDictionary(check => (string)check!["name"]!, check => (string?)check!["description"]);
        checks["mqtt"].ShouldBe("not connected to 127.0.0.1:1883");
        checks["lifetime"].ShouldBe("running");
    }

    [Fact]
    public async Task Health_ToldToStop_IsNoLongerReady()
    {
        await using var app = RunningHost.Build(_ => { });
        var health = app.Services.GetRequiredService<HealthCheckService>();
        var lifetime = app.Services.GetRequiredService<IHostApplicationLifetime>();

        (await health.CheckHealthAsync(Token)).Status.ShouldBe(HealthStatus.Unhealthy, "it has not started yet");
        await app.StartAsync(Token);
        (await health.CheckHealthAsync(Token)).Status.ShouldBe(HealthStatus.Healthy);
        lifetime.StopApplication();
        (await health.CheckHealthAsync(Token)).Status.ShouldBe(HealthStatus.Unhealthy);
    }

    [Fact]
    public async Task Metrics_MeterOfOurs_IsServedToPrometheus()
    {
        await using var app = RunningHost.Build(_ => { });
        await app.StartAsync(Token);
        using var meter = new Meter("IMDD.Hosting.Tests");
        meter.CreateCounter<long>("imdd.frames.received", "{frame}").Add(3);
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };

        var text = await client.GetStringAsync("/metrics", Token);

        text.Split('\n').First(line => line.StartsWith("imdd_frames_received", StringComparison.Ordinal)).ShouldContain(" 3");
    }

    [Theory]
    [InlineData(null, false)]
    [InlineData("http://127.0.0.1:4317", true)]
    public async Task Traces_OnlyWithACollector_HaveAListener(string? endpoint, bool expected)
    {
        using ActivitySource source = new("IMDD.Hosting.Tests." + (endpoint ?? "none"));
        await using var app = RunningHost.Build(_ => { }, endpoint is null ? [] : [$"--Hosting:OtlpEndpoint={endpoint}"]);
        await app.StartAsync(Token);

        source.HasListeners().ShouldBe(expected);
    }

    [Fact]
    public async Task Options_ShutdownTimeout_ReachesTheHost()
    {
        await using var app = RunningHost.Build(_ => { }, "--Hosting:ShutdownTimeout=00:00:07");

        app.Services.GetRequiredService<IOptions<HostOptions>>().Value.ShutdownTimeout.ShouldBe(TimeSpan.FromSeconds(7));
    }

    [Fact]
    public async Task Urls_NothingConfigured_ListensOnTheDefaultPortOfTheLoopbackAddress()
    {
        var builder = ImddHost.CreateBuilder([]);
        builder.AddImddDefaults("probe", defaultPort: 5999);
        await using var app = builder.Build();

        app.Configuration["urls"].ShouldBe("http://127.0.0.1:5999");
    }

    [Fact]
    public void AddValidatedOptions_ClassWithoutSection_IsRefused() =>
        Should.Throw<ArgumentException>(() => new ServiceCollection().AddValidatedOptions<NoSection>())
            .Message.ShouldContain("NoSection declares no 'public const string Section'");

    private sealed class NoSection;
}
