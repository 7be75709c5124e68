using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace IMDD.Hosting;

/// <summary>Runs a service and turns how it ended into an exit code (<see cref="ExitCodes"/>).</summary>
public static class ImddHost
{
    /// <summary>
    /// Builds and runs a service: the body of every <c>Program.cs</c>. <c>--config FILE</c> among <paramref name="args"/> reads one more JSON
    /// file, below the environment and the command line in precedence.
    /// </summary>
    /// <param name="serviceName">Name in telemetry and messages.</param>
    /// <param name="args">Command line: <c>--Section:Key=value</c>.</param>
    /// <param name="add">The service's <c>AddXxx</c>.</param>
    /// <param name="map">The service's <c>MapXxx</c>.</param>
    /// <param name="defaultPort">Loopback port where the configuration names none.</param>
    public static async Task<int> RunAsync(
        string serviceName, string[] args, Action<WebApplicationBuilder> add, Action<WebApplication> map, int? defaultPort = null)
    {
        ArgumentNullException.ThrowIfNull(add);
        ArgumentNullException.ThrowIfNull(map);
        WebApplication app;
        try
        {
            var builder = CreateBuilder(args);
            builder.AddImddDefaults(serviceName, defaultPort);
            add(builder);
            app = builder.Build();
            map(app);
            app.MapImddDefaults();
        }
        catch (InvalidDataException exception)
        {
            // The JSON provider's message names the file, its cause the line.
            var unreadable = new ConfigurationError("file", $"{exception.Message} {exception.GetBaseException().Message}");
            ConfigurationReport.Write(Console.Error, serviceName, [unreadable], configuration: null);
            return ExitCodes.ConfigurationInvalid;
        }
        catch (Exception exception) when (ConfigurationErrorsOf(exception) is { Count: > 0 } errors)
        {
            ConfigurationReport.Write(Console.Error, serviceName, errors, configuration: null);
            return ExitCodes.ConfigurationInvalid;
        }

        return await RunAsync(app).ConfigureAwait(false);
    }

    /// <summary>A builder that reads appsettings.json of the current folder, <c>--config FILE</c>, the environment and the command line.</summary>
    /// <exception cref="ConfigurationInvalidException"><c>--config</c> names no readable file.</exception>
    public static WebApplicationBuilder CreateBuilder(string[] args)
    {
        // Configuration is read once: a service is restarted to change it, and many hosts in one process would use up the inotify watches.
        var builder = WebApplication.CreateBuilder(["--hostBuilder:reloadConfigOnChange=false", .. args]);
        if (builder.Configuration["config"] is { Length: > 0 } file)
        {
            var path = Path.GetFullPath(file);
            if (!File.Exists(path))
            {
                throw new ConfigurationInvalidException("--config", $"must name a JSON file; {path} does not exist");
            }

            var after = builder.Configuration.Sources
                .Select((source, index) => source is FileConfigurationSource ? index + 1 : 0)
                .Max();
            var json = new Microsoft.Extensions.Configuration.Json.JsonConfigurationSource { Path = path, Optional = false };
            json.ResolveFileProvider();
            builder.Configuration.Sources.Insert(after, json);
        }

        return builder;
    }

    /// <summary>Checks the configuration, starts, waits for SIGTERM or SIGINT, stops.</summary>
    public static Task<int> RunAsync(WebApplication app) => RunAsync(app, Console.Error);

    /// <summary>As <see cref="RunAsync(WebApplication)"/>; what must be said about a refused start goes to <paramref name="errors"/>.</summary>
    public static async Task<int> RunAsync(WebApplication app, TextWriter errors)
    {
        ArgumentNullException.ThrowIfNull(app);
        ArgumentNullException.ThrowIfNull(errors);
        await using (app.ConfigureAwait(false))
        {
            var name = app.Services.GetService<ServiceIdentity>()?.Name ?? app.Environment.ApplicationName;
            if (app.Services.GetService<ConfigurationChecker>()?.Check(app.Services) is { Count: > 0 } found)
            {
                ConfigurationReport.Write(errors, name, found, app.Configuration);
                return ExitCodes.ConfigurationInvalid;
            }

            try
            {
                await app.StartAsync().ConfigureAwait(false);
                await app.WaitForShutdownAsync().ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (app.Lifetime.ApplicationStopping.IsCancellationRequested)
            {
                // Told to stop, or failed by a worker, before the start was complete.
            }
            catch (Exception exception)
            {
                return Report(exception, app, name, errors);
            }

            return FailedWorker(app) is { } failure ? Report(failure, app, name, errors) : ExitCodes.Stopped;
        }
    }

    /// <summary>The host logs a failed worker and stops as if asked to: the exit code must say otherwise.</summary>
    private static Exception? FailedWorker(WebApplication app) => app.Services.GetServices<IHostedService>()
        .OfType<BackgroundService>()
        .Select(worker => worker.ExecuteTask is { IsFaulted: true } task ? task.Exception.InnerException : null)
        .FirstOrDefault(failure => failure is not null);

    private static int Report(Exception exception, WebApplication app, string name, TextWriter errors)
    {
        if (ConfigurationErrorsOf(exception) is { Count: > 0 } found)
        {
            ConfigurationReport.Write(errors, name, found, app.Configuration);
            return ExitCodes.ConfigurationInvalid;
        }

        if (Causes(exception).OfType<StoreUnavailableException>().FirstOrDefault() is { } store)
        {
            errors.WriteLine($"{name}: {store.Message}");
            return ExitCodes.StoreUnavailable;
        }

        // The host has logged the exception with its trace.
        errors.WriteLine($"{name}: failed: {exception.Message}");
        return ExitCodes.Failed;
    }

    private static List<ConfigurationError> ConfigurationErrorsOf(Exception exception) =>
    [
        .. Causes(exception).SelectMany(cause => cause switch
        {
            OptionsValidationException invalid => ConfigurationChecker.ErrorsOf(invalid),
            ConfigurationInvalidException invalid => invalid.Errors,
            _ => [],
        }),
    ];

    private static IEnumerable<Exception> Causes(Exception exception)
    {
        IEnumerable<Exception> inner = exception is AggregateException aggregate
            ? aggregate.InnerExceptions
            : exception.InnerException is { } single ? [single] : [];
        return inner.SelectMany(Causes).Prepend(exception);
    }
}
