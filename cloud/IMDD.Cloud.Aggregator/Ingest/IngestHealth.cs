using System.Collections.Concurrent;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace IMDD.Cloud.Aggregator.Ingest;

/// <summary>Ready while the batches of every group reach the database.</summary>
internal sealed class IngestHealth : IHealthCheck
{
    private readonly ConcurrentDictionary<string, string> _failures =
        new(IngestGroup.All.Select(group => KeyValuePair.Create(group.Name, "not started")), StringComparer.Ordinal);

    public void Working(IngestGroup group) => _failures.TryRemove(group.Name, out _);

    public void Failing(IngestGroup group, string why) => _failures[group.Name] = why;

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var failures = _failures.Select(failure => $"{failure.Key}: {failure.Value}").Order(StringComparer.Ordinal).ToList();
        return Task.FromResult(failures.Count == 0 ? HealthCheckResult.Healthy("counting") : HealthCheckResult.Unhealthy(string.Join("; ", failures)));
    }
}
