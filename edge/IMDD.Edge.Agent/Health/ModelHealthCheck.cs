using IMDD.Edge.Agent.Inspection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace IMDD.Edge.Agent.Health;

/// <summary>Whether there is a model to inspect with.</summary>
internal sealed class ModelHealthCheck(ModelSlot slot) : IHealthCheck
{
    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
        => Task.FromResult(slot.Model is { } model
            ? HealthCheckResult.Healthy($"{model.Name} {model.Version}")
            : HealthCheckResult.Unhealthy("no model is loaded"));
}
