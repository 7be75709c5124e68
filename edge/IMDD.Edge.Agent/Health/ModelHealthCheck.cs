using IMDD.Edge.Agent.Groups;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace IMDD.Edge.Agent.Health;

/// <summary>Whether there is a model to inspect with, for each group of cameras.</summary>
internal sealed class ModelHealthCheck(CameraGroups groups) : IHealthCheck
{
    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => Task.FromResult(Check());

    private HealthCheckResult Check()
    {
        List<string> models = [];
        foreach (var group in groups.All)
        {
            if (group.Slot.Model is not { } model)
            {
                var missing = group.Name is { } of ? $"no model is loaded for group {of}" : "no model is loaded";
                return HealthCheckResult.Unhealthy(group.Slot.Fault is { } fault ? $"{missing}: {fault}" : missing);
            }

            models.Add(group.Name is { } name ? $"{name}: {model.Name} {model.Version}" : $"{model.Name} {model.Version}");
        }

        return HealthCheckResult.Healthy(string.Join("; ", models));
    }
}
