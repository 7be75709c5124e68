using System.Data.Common;
using IMDD.Cloud.Registry.State;
using IMDD.Messaging.Kafka;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace IMDD.Cloud.Registry.Publishing;

/// <summary>
/// Publishes what was committed and removes it once Kafka has it. A crash in between publishes again, under the same id. One instance at a
/// time publishes, by a lease that outlives every record it may still have in flight, so that the record that compaction keeps is the newest.
/// </summary>
internal sealed class OutboxRelay(
    IDbContextFactory<RegistryDbContext> contexts, IKafkaClientFactory kafka, IOptions<KafkaOptions> kafkaOptions, IOptions<RegistryOptions> options,
    TimeProvider time, ILogger<OutboxRelay> logger) : BackgroundService
{
    private const int RecordsPerRound = 200;
    private static readonly TimeSpan QueueFullDelay = TimeSpan.FromMilliseconds(20);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var publisher = kafka.CreatePublisher();
        while (!stoppingToken.IsCancellationRequested)
        {
            var isMore = false;
            try
            {
                isMore = await RelayAsync(publisher, stoppingToken);
            }
            catch (Exception e) when (e is DbException or DbUpdateException or TimeoutException or KafkaUnavailableException)
            {
                Log.PeriodicTaskFailed(logger, "publishing", e.GetBaseException().Message);
            }

            if (!isMore)
            {
                await Task.Delay(options.Value.PublishPeriod, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <summary>One round; true when there may be more to publish at once.</summary>
    private async Task<bool> RelayAsync(IKafkaPublisher publisher, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        if (!await TakeLeaseAsync(context, cancellationToken))
        {
            return false;
        }

        // One record per key in a round: a record that has to be tried again must not be overtaken by the next of its key.
        var rows = await context.Outbox.AsNoTracking().Where(row => row.Refused == null)
            .OrderBy(row => row.Sequence).Take(RecordsPerRound).ToListAsync(cancellationToken);
        var round = rows.DistinctBy(row => (row.Topic, row.Key)).ToList();
        var reports = await Task.WhenAll(round.Select(row => PublishAsync(publisher, row, cancellationToken)));
        for (var i = 0; i < round.Count; i++)
        {
            var (row, report) = (round[i], reports[i]);
            if (report.Result == PublishResult.Persisted)
            {
                await context.Outbox.Where(r => r.Sequence == row.Sequence).ExecuteDeleteAsync(CancellationToken.None);
            }
            else if (report.Result == PublishResult.Permanent)
            {
                Log.PublishRefused(logger, row.EventId, row.Topic, report.Error);
                await context.Outbox.Where(r => r.Sequence == row.Sequence)
                    .ExecuteUpdateAsync(set => set.SetProperty(r => r.Refused, report.Error), CancellationToken.None);
            }
        }

        return round.Count < rows.Count && reports.All(report => report.Result != PublishResult.Retriable);
    }

    private async Task<PublishReport> PublishAsync(IKafkaPublisher publisher, OutboxRow row, CancellationToken cancellationToken)
    {
        TaskCompletionSource<PublishReport> reported = new(TaskCreationOptions.RunContinuationsAsynchronously);
        while (!publisher.TryPublish(Outbox.ToRecord(row), report => reported.TrySetResult(report)))
        {
            await Task.Delay(QueueFullDelay, time, cancellationToken);
        }

        return await reported.Task;
    }

    private async Task<bool> TakeLeaseAsync(RegistryDbContext context, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var owner = options.Value.InstanceName;
        var expires = Timestamp.ToMicroseconds(now + (kafkaOptions.Value.DeliveryTimeout * 2));
        return await context.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO leases (name, owner, expires_us) VALUES ('outbox', {owner}, {expires})
            ON CONFLICT (name) DO UPDATE SET owner = excluded.owner, expires_us = excluded.expires_us
            WHERE leases.owner = excluded.owner OR leases.expires_us < {Timestamp.ToMicroseconds(now)}
            """,
            cancellationToken) == 1;
    }
}
