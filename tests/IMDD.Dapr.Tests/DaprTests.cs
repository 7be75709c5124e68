using System.Diagnostics;
using System.Net;
using IMDD.Dapr.Notices;
using IMDD.Dapr.Tests.Double;
using IMDD.Testing;

namespace IMDD.Dapr.Tests;

/// <summary>The real Dapr client against a double of the sidecar, and what only a sidecar can do wrong.</summary>
public sealed class DaprTests : Behaviour
{
    private readonly SidecarDouble _sidecar;

    public DaprTests() => _sidecar = new SidecarDouble(Time);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await _sidecar.DisposeAsync();
    }

    [Fact]
    public async Task Publish_BroughtTwice_IsHeardTwice()
    {
        _sidecar.Deliveries = 2;
        using SemaphoreSlim heard = new(0);
        using var listening = Notices.Listen(NoticeTopics.ReleasePromoted, () => heard.Release());

        Notices.Publish(NoticeTopics.ReleasePromoted);

        (await heard.WaitAsync(TimeSpan.FromSeconds(30), Stop)).ShouldBeTrue();
        (await heard.WaitAsync(TimeSpan.FromSeconds(30), Stop)).ShouldBeTrue();
    }

    [Fact]
    public async Task EveryCall_SidecarAway_SaysSoAndComesBackWithIt()
    {
        using HttpClient http = new() { BaseAddress = new Uri(Service.Url) };
        (await http.GetAsync("/health/ready", Stop)).StatusCode.ShouldBe(HttpStatusCode.OK);
        var (httpPort, grpcPort) = (new Uri(_sidecar.HttpUrl).Port, new Uri(_sidecar.GrpcUrl).Port);
        await _sidecar.StopAsync();

        (await Should.ThrowAsync<SidecarException>(() => State.GetAsync<int>("k", Stop))).Message.ShouldContain("read 'k' from imdd-state");
        (await Should.ThrowAsync<SidecarException>(() => State.TrySaveAsync("k", 1, null, Stop))).Message.ShouldContain("save 'k' to imdd-state");
        (await Should.ThrowAsync<SidecarException>(() => Locks.TryLockAsync("r", "a", TimeSpan.FromSeconds(1), Stop))).Message.ShouldContain("lock 'r' in imdd-lock");
        Notices.Publish(NoticeTopics.LabelsAgreed);
        var ready = await http.GetAsync("/health/ready", Stop);
        ready.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        (await ready.Content.ReadAsStringAsync(Stop)).ShouldContain("Dapr sidecar");
        (await http.GetAsync("/health/live", Stop)).StatusCode.ShouldBe(HttpStatusCode.OK);

        await _sidecar.StartAsync(httpPort, grpcPort);
        await Eventually.HoldsAsync(async () =>
        {
            // The channel waits a while before it connects again.
            try
            {
                return await State.GetAsync<int>("k", Stop) is null;
            }
            catch (SidecarException)
            {
                return false;
            }
        });
        (await http.GetAsync("/health/ready", Stop)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task EveryCall_SidecarTooSlow_EndsAtTheLimit()
    {
        _sidecar.Delay = token => Task.Delay(Timeout.Infinite, token);
        var from = Stopwatch.GetTimestamp();

        var error = await Should.ThrowAsync<SidecarException>(() => State.GetAsync<int>("k", Stop));

        error.Message.ShouldContain("within 00:00:02");
        Stopwatch.GetElapsedTime(from).ShouldBeLessThan(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task EveryCall_CallerStops_IsCancelled()
    {
        _sidecar.Delay = token => Task.Delay(Timeout.Infinite, token);
        using CancellationTokenSource stop = new(TimeSpan.FromMilliseconds(100));

        await Should.ThrowAsync<OperationCanceledException>(() => State.GetAsync<int>("k", stop.Token));
    }

    [Fact]
    public async Task GetAsync_NoSuchComponent_SaysWhichIsMissing()
    {
        var settings = TestService.With(_sidecar);
        settings["Dapr:StateStore"] = "elsewhere";
        await using var service = await TestService.StartAsync(settings);

        var error = await Should.ThrowAsync<SidecarException>(() => service.Get<IMDD.Dapr.State.IStateStore>().GetAsync<int>("k", Stop));

        error.Message.ShouldContain("component elsewhere is not found");
    }

    private protected override async Task<TestService> StartAsync()
    {
        await _sidecar.StartAsync();
        var settings = TestService.With(_sidecar);
        settings["Dapr:Timeout"] = "00:00:02";
        var service = await TestService.StartAsync(settings, Time);
        _sidecar.Services["test"] = service.Url;
        return service;
    }
}
