using System.Data.Common;
using Microsoft.Extensions.Options;

namespace IMDD.Cloud.Curator.Ranking;

/// <summary>Ranks by the clock. While the database is away the queue keeps the order that it has.</summary>
internal sealed class RankWorker(QueueRanker ranker, IOptions<CuratorOptions> options, TimeProvider time, ILogger<RankWorker> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using PeriodicTimer timer = new(options.Value.RankPeriod, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                Rank();
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The order is what was last written.
        }
    }

    private void Rank()
    {
        try
        {
            ranker.Rank();
        }
        catch (Exception e) when (e is DbException or TimeoutException or IOException or InvalidOperationException)
        {
            Log.RankFailed(logger, e.GetBaseException().Message);
        }
    }
}
