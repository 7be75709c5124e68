using IMDD.Dapr.Notices;
using IMDD.Dapr.Tests.Double;
using IMDD.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace IMDD.Dapr.Tests;

/// <summary>A service as ours are, with nothing in it but what this project adds.</summary>
internal sealed class TestService : IAsyncDisposable
{
    private readonly WebApplication _app;

    private TestService(WebApplication app) => _app = app;

    public IServiceProvider Provider => _app.Services;

    public string Url => _app.Urls.First();

    public static async Task<TestService> StartAsync(
        IReadOnlyDictionary<string, string?> settings, TimeProvider? time = null, Action<WebApplicationBuilder>? add = null, Action<WebApplication>? map = null)
    {
        var builder = ImddHost.CreateBuilder([]);
        builder.Configuration.AddInMemoryCollection([new("urls", "http://127.0.0.1:0"), .. settings]);
        builder.Services.AddSingleton(time ?? TimeProvider.System);
        builder.AddImddDefaults("test");
        builder.AddDapr();
        add?.Invoke(builder);
        var app = builder.Build();
        app.MapNotices();
        map?.Invoke(app);
        app.MapImddDefaults();
        await app.StartAsync();
        return new TestService(app);
    }

    /// <summary>The settings that point a service at a double.</summary>
    public static Dictionary<string, string?> With(SidecarDouble sidecar) => new()
    {
        ["Dapr:Enabled"] = "true",
        ["Dapr:HttpEndpoint"] = sidecar.HttpUrl,
        ["Dapr:GrpcEndpoint"] = sidecar.GrpcUrl,
    };

    public T Get<T>()
        where T : notnull
        => _app.Services.GetRequiredService<T>();

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
