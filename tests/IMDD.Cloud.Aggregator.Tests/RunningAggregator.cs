using IMDD.Contracts.Events;
using IMDD.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using System.Text.Json;

namespace IMDD.Cloud.Aggregator.Tests;

/// <summary>An aggregator as it runs in production: real Kestrel on a port of its own, real Kafka client, real clock.</summary>
internal sealed class RunningAggregator : IAsyncDisposable
{
    private readonly WebApplication _app;

    private RunningAggregator(WebApplication app)
    {
        _app = app;
        Http = new HttpClient { BaseAddress = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()) };
    }

    public HttpClient Http { get; }

    public IServiceProvider Services => _app.Services;

    public static async Task<RunningAggregator> StartAsync(string bootstrapServers, string directory, string name = "one", params (string Key, string? Value)[] settings)
    {
        var builder = WebApplication.CreateBuilder();
        builder.AddImddDefaults("aggregator");
        builder.Logging.ClearProviders();
        builder.Configuration["urls"] = "http://127.0.0.1:0";
        builder.Configuration["Kafka:BootstrapServers"] = bootstrapServers;
        builder.Configuration["Kafka:SessionTimeout"] = "00:00:06";
        builder.Configuration["Aggregator:Directory"] = directory;
        builder.Configuration["Aggregator:InstanceName"] = name;
        builder.Configuration["Aggregator:EmitPeriod"] = "00:00:00.200";
        foreach (var (key, value) in settings)
        {
            builder.Configuration[key] = value;
        }

        builder.AddAggregator();
        var app = builder.Build();
        app.MapAggregator().MapImddDefaults();
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new RunningAggregator(app);
    }

    public async Task<T> GetAsync<T>(string path)
        => ImddJson.Deserialize<T>(await Http.GetByteArrayAsync(path, TestContext.Current.CancellationToken));

    /// <summary>Asks until the answer is as wanted.</summary>
    public async Task<T> WaitForAsync<T>(string path, Func<T, bool> wanted)
    {
        using CancellationTokenSource patience = new(TimeSpan.FromSeconds(60));
        while (true)
        {
            var answer = await GetAsync<T>(path);
            if (wanted(answer) || patience.IsCancellationRequested)
            {
                wanted(answer).ShouldBeTrue(JsonSerializer.Serialize(answer, ImddJson.Options));
                return answer;
            }

            await Task.Delay(100, TestContext.Current.CancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
