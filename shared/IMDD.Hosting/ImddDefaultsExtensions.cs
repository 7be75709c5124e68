using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration.CommandLine;
using Microsoft.Extensions.Configuration.EnvironmentVariables;
using Microsoft.Extensions.Configuration.Memory;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace IMDD.Hosting;

/// <summary>What every service has: configuration, logging, telemetry, health, an orderly stop.</summary>
public static class ImddDefaultsExtensions
{
    /// <summary>Environment variables with this prefix are read last but for the command line: <c>IMDD_Edge__Store__MaxBytes</c>.</summary>
    public const string EnvironmentPrefix = "IMDD_";

    /// <summary>
    /// Configuration from appsettings.json, the environment (<see cref="EnvironmentPrefix"/>) and the command line, in rising precedence;
    /// logs on standard error; OpenTelemetry metrics, and where a collector is named traces, of everything named <c>IMDD.*</c>; health checks; time to stop.
    /// </summary>
    /// <param name="builder">The service's builder.</param>
    /// <param name="serviceName">Name in telemetry and messages, e.g. <c>edge-agent</c>.</param>
    /// <param name="defaultPort">Port on the loopback address to listen on where the configuration names none.</param>
    public static WebApplicationBuilder AddImddDefaults(this WebApplicationBuilder builder, string serviceName, int? defaultPort = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        AddConfiguration(builder, defaultPort);
        AddLogging(builder.Logging);
        AddTelemetry(builder, serviceName);

        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(new ServiceIdentity(serviceName));
        builder.Services.AddSingleton(new ConfigurationChecker(builder.Services, builder.Configuration));
        builder.Services.AddValidatedOptions<HostingOptions>();
        builder.Services.AddOptions<HostOptions>().Configure(host =>
        {
            // Read before HostingOptions are checked: the host asks while it is built.
            var configured = builder.Configuration[$"{HostingOptions.Section}:{nameof(HostingOptions.ShutdownTimeout)}"];
            host.ShutdownTimeout = TimeSpan.TryParse(configured, CultureInfo.InvariantCulture, out var time) && time > TimeSpan.Zero
                ? time
                : new HostingOptions().ShutdownTimeout;

            // A worker that cannot go on ends the process, whose supervisor starts it again; ImddHost turns it into an exit code.
            host.BackgroundServiceExceptionBehavior = BackgroundServiceExceptionBehavior.StopHost;
        });
        builder.Services.AddHealthChecks()
            .AddCheck("process", () => HealthCheckResult.Healthy(), [HealthTags.Live])
            .AddCheck<LifetimeHealthCheck>("lifetime", tags: [HealthTags.Ready]);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
        return builder;
    }

    /// <summary>Maps <c>/health/live</c>, <c>/health/ready</c> and <c>/metrics</c> (Prometheus).</summary>
    public static WebApplication MapImddDefaults(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        MapHealth(app, "/health/live", HealthTags.Live);
        MapHealth(app, "/health/ready", HealthTags.Ready);
        app.MapPrometheusScrapingEndpoint("/metrics");
        return app;
    }

    private static void MapHealth(WebApplication app, string path, string tag) => app.MapHealthChecks(path, new HealthCheckOptions
    {
        Predicate = check => check.Tags.Contains(tag),
        ResponseWriter = HealthReportWriter.WriteAsync,
    });

    private static void AddConfiguration(WebApplicationBuilder builder, int? defaultPort)
    {
        var sources = builder.Configuration.Sources;
        var commandLine = sources.FirstOrDefault(source => source is CommandLineConfigurationSource);
        sources.Insert(
            commandLine is null ? sources.Count : sources.IndexOf(commandLine),
            new EnvironmentVariablesConfigurationSource { Prefix = EnvironmentPrefix });

        var defaults = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase)
        {
            ["Logging:LogLevel:Default"] = "Information",
            ["Logging:LogLevel:Microsoft.AspNetCore"] = "Warning",
            ["Logging:LogLevel:Microsoft.EntityFrameworkCore"] = "Warning",
            ["Logging:LogLevel:System.Net.Http"] = "Warning",

            // Logs each unhealthy answer of each probe; the answer itself says why, and the service logs what happened once.
            ["Logging:LogLevel:Microsoft.Extensions.Diagnostics.HealthChecks"] = "Critical",
        };
        if (defaultPort is { } port && builder.Configuration["http_ports"] is null && builder.Configuration["https_ports"] is null)
        {
            defaults[WebHostDefaults.ServerUrlsKey] = $"http://127.0.0.1:{port}";
        }

        sources.Insert(0, new MemoryConfigurationSource { InitialData = defaults });
    }

    private static void AddLogging(ILoggingBuilder logging)
    {
        logging.ClearProviders();
        logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.UseUtcTimestamp = true;
            console.TimestampFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z' ";
            console.ColorBehavior = LoggerColorBehavior.Disabled;
        });

        // Standard output belongs to results (`--json`); everything that is said on the way goes to standard error.
        logging.Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
    }

    private static void AddTelemetry(WebApplicationBuilder builder, string serviceName)
    {
        var version = System.Reflection.Assembly.GetEntryAssembly()?.GetName().Version?.ToString(3);
        var telemetry = builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService(serviceName, "imdd", version))
            .WithMetrics(metrics => metrics
                .AddMeter("IMDD.*")
                .AddAspNetCoreInstrumentation()
                .AddRuntimeInstrumentation()
                .AddPrometheusExporter());

        var endpoint = builder.Configuration[$"{HostingOptions.Section}:{nameof(HostingOptions.OtlpEndpoint)}"];
        if (Uri.TryCreate(endpoint, UriKind.Absolute, out var collector))
        {
            AddTraces(telemetry).UseOtlpExporter(OtlpExportProtocol.Grpc, collector);
        }
        else if (builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"] is { Length: > 0 })
        {
            AddTraces(telemetry).UseOtlpExporter();
        }
    }

    /// <summary>Only where a collector takes them: spans that nobody reads would still be made for every frame.</summary>
    private static OpenTelemetryBuilder AddTraces(OpenTelemetryBuilder telemetry) => telemetry.WithTracing(traces => traces
        .AddSource("IMDD.*")
        .AddAspNetCoreInstrumentation(http => http.Filter = request => !IsProbe(request.Request.Path)));

    private static bool IsProbe(PathString path) =>
        path.StartsWithSegments("/health", StringComparison.Ordinal) || path.StartsWithSegments("/metrics", StringComparison.Ordinal);
}
