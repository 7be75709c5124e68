using IMDD.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;

namespace IMDD.Cli.Tests.Support;

/// <summary>A cloud service as it runs in production, at an address of its own.</summary>
internal static class RunningService
{
    /// <summary>Starts it; the caller's to stop.</summary>
    public static async Task<WebApplication> StartAsync(
        string name, IEnumerable<(string Key, string? Value)> settings, Action<WebApplicationBuilder> add, Action<WebApplication> map)
    {
        var builder = WebApplication.CreateBuilder();
        builder.AddImddDefaults(name);
        builder.Logging.ClearProviders();
        builder.Configuration["urls"] = "http://127.0.0.1:0";
        foreach (var (key, value) in settings)
        {
            builder.Configuration[key] = value;
        }

        add(builder);
        var app = builder.Build();
        map(app);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return app;
    }
}
