using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace IMDD.Edge.Agent.Health;

/// <summary>Whether frames can come and receipts go.</summary>
internal sealed class MqttHealthCheck(AgentSessions sessions) : IHealthCheck
{
    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
        => Task.FromResult(sessions.IsConnected ? HealthCheckResult.Healthy("connected") : HealthCheckResult.Unhealthy("not connected to the broker"));
}
