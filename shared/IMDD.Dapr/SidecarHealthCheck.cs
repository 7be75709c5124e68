using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace IMDD.Dapr;

/// <summary>Unhealthy while the sidecar is away.</summary>
internal sealed class SidecarHealthCheck(Sidecar sidecar) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
        => await sidecar.IsThereAsync(cancellationToken)
            ? HealthCheckResult.Healthy()
            : HealthCheckResult.Unhealthy($"the Dapr sidecar at {sidecar.Address.Http} does not answer");
}
