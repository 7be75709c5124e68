using IMDD.Cloud.Dashboard.State;
using IMDD.Hosting;
using IMDD.Storage;
using IMDD.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace IMDD.Cloud.Dashboard.Tests;

/// <summary>The dashboard on Kestrel, beside a fake aggregator that is the curator too.</summary>
internal sealed class DashboardHost : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly TestDirectory _directory = new();
    private readonly WebApplication _app;

    private DashboardHost(FakeAggregator aggregator, params string[] settings)
    {
        Aggregator = aggregator;
        var builder = ImddHost.CreateBuilder(
        [
            "--urls=http://127.0.0.1:0",
            "--Dashboard:AggregatorUrl=" + aggregator.Url,
            "--Dashboard:CuratorUrl=" + aggregator.Url,
            "--Dashboard:RefreshInterval=00:00:00.100",
            "--Dashboard:TimeZone=UTC",
            "--Blobs:Directory=" + _directory.Path,
            "--Logging:LogLevel:Default=None",
            .. settings,
        ]);
        builder.AddImddDefaults("dashboard");
        builder.AddDashboard();
        _app = builder.Build();
        _app.MapImddDefaults();
        _app.MapDashboard();
    }

    public FakeAggregator Aggregator { get; }
    public HttpClient Http { get; private set; } = default!;
    public IBlobStore Blobs => _app.Services.GetRequiredService<IBlobStore>();
    public PlantStore Store => _app.Services.GetRequiredService<PlantStore>();
    public FigureFreshness Freshness => _app.Services.GetRequiredService<FigureFreshness>();

    public static async Task<DashboardHost> StartAsync(params string[] settings)
    {
        DashboardHost host = new(await FakeAggregator.StartAsync(), settings);
        await host._app.StartAsync();
        host.Http = new HttpClient { BaseAddress = new Uri(host._app.Urls.Single()) };
        return host;
    }

    /// <summary>Waits until the snapshot is as a test wants it.</summary>
    public async Task<PlantSnapshot> WaitForAsync(Func<PlantSnapshot, bool> condition)
    {
        using CancellationTokenSource timeout = new(Patience);
        while (!condition(Store.Current))
        {
            await Task.Delay(20, timeout.Token);
        }

        return Store.Current;
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await Aggregator.DisposeAsync();
        await _app.StopAsync();
        await _app.DisposeAsync();
        _directory.Dispose();
    }
}
