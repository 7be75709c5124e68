using System.ComponentModel.DataAnnotations;

namespace IMDD.Hosting;

/// <summary>How long a service may take to stop, and where telemetry goes.</summary>
public sealed class HostingOptions
{
    public const string Section = "Hosting";

    /// <summary>Time to finish what is under way after SIGTERM; 25 s stays below the 30 s after which Kubernetes kills.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan ShutdownTimeout { get; set; } = TimeSpan.FromSeconds(25);

    /// <summary>
    /// OTLP collector, e.g. <c>http://collector:4317</c>. Without it the standard <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> counts; without either
    /// nothing is exported.
    /// </summary>
    [Url]
    public string? OtlpEndpoint { get; set; }
}
