using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace IMDD.Cloud.Registry.Rollouts;

/// <summary>Takes every rollout on as far as it goes, again and again.</summary>
internal sealed class RolloutWorker(RolloutDriver driver, IOptions<RegistryOptions> options, TimeProvider time, ILogger<RolloutWorker> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                foreach (var id in await driver.OpenAsync(stoppingToken))
                {
                    while (await driver.AdvanceAsync(id, stoppingToken))
                    {
                    }
                }
            }
            catch (Exception e) when (e is DbException or DbUpdateException or TimeoutException)
            {
                Log.PeriodicTaskFailed(logger, "taking rollouts on", e.GetBaseException().Message);
            }

            await Task.Delay(options.Value.PublishPeriod, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
