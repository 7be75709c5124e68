using IMDD.Cloud.Dashboard.State;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace IMDD.Cloud.Dashboard.Feeds;

/// <summary>Ready when the counts are current.</summary>
public sealed class AggregatorHealthCheck(PlantStore store, FigureFreshness freshness) : IHealthCheck
{
    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var plant = store.Current;
        return Task.FromResult(plant.Figures is not null && !freshness.IsStale(plant)
            ? HealthCheckResult.Healthy()
            : HealthCheckResult.Degraded(plant.Problem ?? "no answer from the aggregator yet"));
    }
}
