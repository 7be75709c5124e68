using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace IMDD.Edge.Camera.Gateway;

/// <summary>Ready while the broker is connected: only then do frames leave the spool.</summary>
internal sealed class GatewayHealthCheck(CameraGatewayStatus status) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
        => Task.FromResult(status.IsConnected
            ? HealthCheckResult.Healthy($"{status.Pending} frames wait for their outcome")
            : HealthCheckResult.Unhealthy($"no connection to the broker; {status.Pending} frames wait in the spool"));
}
