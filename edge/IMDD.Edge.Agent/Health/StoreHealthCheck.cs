using IMDD.Edge.Agent.Outcomes;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace IMDD.Edge.Agent.Health;

/// <summary>Whether outcomes can be kept, and whether Kafka takes them in good time.</summary>
internal sealed class StoreHealthCheck(OutcomeStore store, AgentOptions options, TimeProvider time) : IHealthCheck
{
    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
        => Task.FromResult(Check());

    private HealthCheckResult Check()
    {
        if (store.Admission.Reason is { } reason)
        {
            return HealthCheckResult.Unhealthy(reason);
        }

        var age = store.Reader.OldestUnconfirmed() is { } oldest ? time.GetUtcNow() - oldest : TimeSpan.Zero;
        if (age > options.BacklogAgeLimit)
        {
            return HealthCheckResult.Unhealthy($"Kafka has not confirmed an outcome of {age.TotalSeconds:F0} s ago ({store.Writer.Backlog} wait)");
        }

        return store.Damaged is { } folder
            ? HealthCheckResult.Degraded($"a damaged store was moved to {folder} at the start")
            : HealthCheckResult.Healthy($"{store.Writer.Backlog} records unconfirmed");
    }
}
