using System.Globalization;
using IMDD.Hosting;

namespace IMDD.Cli.Demo;

/// <summary>One service of the demo: a host of its own, as it would be alone in a process.</summary>
internal sealed class DemoService : IAsyncDisposable
{
    private readonly WebApplication _app;

    private DemoService(string name, WebApplication app) => (Name, _app) = (name, app);

    public string Name { get; }

    public IServiceProvider Services => _app.Services;

    public Uri Url => new(_app.Urls.First());

    /// <summary>Fires when the service stops, whoever stopped it.</summary>
    public CancellationToken Stopping => _app.Lifetime.ApplicationStopping;

    /// <summary>Builds and starts a service.</summary>
    /// <param name="name">Name in telemetry.</param>
    /// <param name="port">Port on loopback; 0: any.</param>
    /// <param name="settings">Configuration, as on its command line.</param>
    /// <param name="add">The service's <c>AddXxx</c>.</param>
    /// <param name="map">The service's <c>MapXxx</c>.</param>
    /// <param name="cancellationToken">Gives up starting.</param>
    public static async Task<DemoService> StartAsync(
        string name,
        int port,
        IEnumerable<KeyValuePair<string, object>> settings,
        Action<WebApplicationBuilder> add,
        Action<WebApplication> map,
        CancellationToken cancellationToken)
    {
        var builder = ImddHost.CreateBuilder(
        [
            string.Create(CultureInfo.InvariantCulture, $"--urls=http://127.0.0.1:{port}"),
            "--Logging:LogLevel:Default=Warning",
            .. settings.Select(setting => string.Create(CultureInfo.InvariantCulture, $"--{setting.Key}={setting.Value}")),
        ]);
        builder.AddImddDefaults(name);
        builder.Services.AddSingleton<IHostLifetime, HeldLifetime>();
        add(builder);
        var app = builder.Build();
        try
        {
            app.MapImddDefaults();
            map(app);
            await app.StartAsync(cancellationToken);
            return new DemoService(name, app);
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
