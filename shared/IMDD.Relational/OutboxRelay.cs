using System.Data.Common;
using IMDD.Messaging.Kafka;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace IMDD.Relational;

/// <summary>
/// Publishes what was committed and removes it once Kafka has it. A crash in between publishes again, under the same id. One instance at a
/// time publishes, by a lease that outlives every record it may still have in flight, so that an older revision of a window cannot come
/// after a newer one and be the one that compaction keeps.
/// </summary>
public sealed class OutboxRelay<TContext>(
    IDbContextFactory<TContext> contexts,
    IKafkaClientFactory kafka,
    InstanceIdentity instance,
    IOptions<KafkaOptions> kafkaOptions,
    IDatabaseOptions options,
    IEnumerable<IOutboxObserver> observers,
    TimeProvider time,
    ILogger<OutboxRelay<TContext>> logger) : BackgroundService
    where TContext : DbContext
{
    private const string LeaseName = "outbox";
    private const int RecordsPerRound = 500;
    private static readonly TimeSpan QueueFullDelay = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var publisher = kafka.CreatePublisher();
        var idle = options.EmitPeriod / 2;
        while (!stoppingToken.IsCancellationRequested)
        {
            var delay = idle;
            try
            {
                delay = await RelayAsync(publisher, stoppingToken) ? TimeSpan.Zero : idle;
            }
            catch (Exception e) when (e is DbException or DbUpdateException or TimeoutException or KafkaUnavailableException)
            {
                Log.PeriodicTaskFailed(logger, "publishing", e.GetBaseException().Message);
                delay = RetryDelay;
            }

            if (delay > TimeSpan.Zero)
            {
                await Task.Delay(delay, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }

        ReleaseLease();
    }

    /// <summary>One round; true when there may be more to publish at once.</summary>
    public async Task<bool> RelayAsync(IKafkaPublisher publisher, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        if (!TakeLease(context))
        {
            return false;
        }

        // One record per key in a round: a record that has to be tried again must not be overtaken by the next of its key.
        var rows = await context.Set<OutboxRow>().AsNoTracking().Where(row => row.Refused == null)
            .OrderBy(row => row.Sequence).Take(RecordsPerRound).ToListAsync(cancellationToken);
        var round = rows.DistinctBy(row => (row.Topic, row.Key)).ToList();
        if (round.Count == 0)
        {
            return false;
        }

        var reports = await Task.WhenAll(round.Select(row => PublishAsync(publisher, row, cancellationToken)));
        var persisted = round.Where((_, i) => reports[i].Result == PublishResult.Persisted).Select(row => row.Sequence).ToList();
        await context.Set<OutboxRow>().Where(row => persisted.Contains(row.Sequence)).ExecuteDeleteAsync(CancellationToken.None);
        if (persisted.Count > 0)
        {
            var topics = round.Where((_, i) => reports[i].Result == PublishResult.Persisted).Select(row => row.Topic).ToHashSet(StringComparer.Ordinal);
            foreach (var observer in observers)
            {
                observer.Published(topics);
            }
        }

        for (var i = 0; i < round.Count; i++)
        {
            if (reports[i].Result == PublishResult.Permanent)
            {
                var (sequence, error) = (round[i].Sequence, reports[i].Error);
                Log.PublishRefused(logger, round[i].EventId, round[i].Topic, error);
                await context.Set<OutboxRow>().Where(row => row.Sequence == sequence)
                    .ExecuteUpdateAsync(set => set.SetProperty(row => row.Refused, error), CancellationToken.None);
            }
        }

        if (Array.FindIndex(reports, report => report.Result == PublishResult.Retriable) is >= 0 and var failed)
        {
            Log.PublishDelayed(logger, rows.Count, reports[failed].Error);
            return false;
        }

        return round.Count < rows.Count || rows.Count == RecordsPerRound;
    }

    private async Task<PublishReport> PublishAsync(IKafkaPublisher publisher, OutboxRow row, CancellationToken cancellationToken)
    {
        TaskCompletionSource<PublishReport> reported = new(TaskCreationOptions.RunContinuationsAsynchronously);
        var record = Outbox.ToRecord(row);
        while (!publisher.TryPublish(record, report => reported.TrySetResult(report)))
        {
            await Task.Delay(QueueFullDelay, time, cancellationToken);
        }

        return await reported.Task;
    }

    private bool TakeLease(TContext context)
    {
        var now = time.GetUtcNow();
        return Sql.Execute(
            context,
            """
            INSERT INTO leases (name, owner, expires_us) VALUES ({0}, {1}, {2})
            ON CONFLICT (name) DO UPDATE SET owner = excluded.owner, expires_us = excluded.expires_us
            WHERE leases.owner = excluded.owner OR leases.expires_us < {3}
            """,
            [LeaseName, instance.Name, Timestamp.ToMicroseconds(now + LeaseTime), Timestamp.ToMicroseconds(now)]) == 1;
    }

    private TimeSpan LeaseTime => kafkaOptions.Value.DeliveryTimeout * 2;

    private void ReleaseLease()
    {
        try
        {
            using var context = contexts.CreateDbContext();
            Sql.Execute(context, "DELETE FROM leases WHERE name = {0} AND owner = {1}", [LeaseName, instance.Name]);
        }
        catch (DbException e)
        {
            Log.PeriodicTaskFailed(logger, "releasing the lease", e.Message);
        }
    }
}
