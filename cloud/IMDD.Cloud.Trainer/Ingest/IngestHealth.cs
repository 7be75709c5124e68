using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace IMDD.Cloud.Trainer.Ingest;

/// <summary>Ready while labels reach the database.</summary>
internal sealed class IngestHealth : IHealthCheck
{
    private volatile string? _failure = "not started";

    public void Working() => _failure = null;

    public void Failing(string why) => _failure = why;

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
        => Task.FromResult(_failure is { } why ? HealthCheckResult.Unhealthy(why) : HealthCheckResult.Healthy("collecting"));
}
