using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace IMDD.Hosting;

/// <summary>Ready from the moment all hosted services have started until the service is told to stop, so that a balancer drains it first.</summary>
internal sealed class LifetimeHealthCheck(IHostApplicationLifetime lifetime) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult((lifetime.ApplicationStarted.IsCancellationRequested, lifetime.ApplicationStopping.IsCancellationRequested) switch
        {
            (_, true) => HealthCheckResult.Unhealthy("stopping"),
            (false, _) => HealthCheckResult.Unhealthy("starting"),
            _ => HealthCheckResult.Healthy("running"),
        });
}
