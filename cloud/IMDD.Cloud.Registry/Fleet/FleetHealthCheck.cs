using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace IMDD.Cloud.Registry.Fleet;

/// <summary>Whether agents can be told.</summary>
internal sealed class FleetHealthCheck(FleetLink link) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
        => Task.FromResult(link.IsConnected ? HealthCheckResult.Healthy("connected") : HealthCheckResult.Unhealthy("not connected to the broker"));
}
