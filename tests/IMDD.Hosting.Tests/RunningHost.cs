using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace IMDD.Hosting.Tests;

/// <summary>A service with the defaults on a free port, and what it said when it was run.</summary>
internal static class RunningHost
{
    public static WebApplication Build(Action<IServiceCollection> configure, params string[] args)
    {
        var builder = ImddHost.CreateBuilder(["--urls=http://127.0.0.1:0", "--environment=Production", .. args]);
        builder.AddImddDefaults("probe");
        configure(builder.Services);
        return builder.Build().MapImddDefaults();
    }

    public static async Task<(int ExitCode, string Errors)> RunAsync(Action<IServiceCollection> configure, params string[] args)
    {
        await using var errors = new StringWriter();
        var exitCode = await ImddHost.RunAsync(Build(configure, args), errors);
        return (exitCode, errors.ToString());
    }

    public static void StopWhenStarted(IServiceCollection services) => services.AddHostedService<StopAtOnce>();

    private sealed class StopAtOnce(IHostApplicationLifetime lifetime) : BackgroundService
    {
        protected override Task ExecuteAsync(CancellationToken stoppingToken)
        {
            lifetime.StopApplication();
            return Task.CompletedTask;
        }
    }
}
