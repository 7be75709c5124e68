using System.Data.Common;
using IMDD.Cloud.Aggregator.Windows;
using IMDD.Messaging.Kafka;
using IMDD.Messaging.Telemetry;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace IMDD.Cloud.Aggregator.Ingest;

/// <summary>
/// One thread that polls, counts and commits. Positions live in the database, beside what was counted; the group's offsets on Kafka are
/// for whoever watches the lag.
/// </summary>
internal sealed class IngestWorker(
    IngestGroup group,
    IKafkaClientFactory kafka,
    BatchProcessor processor,
    PartitionClaims claims,
    CatchUp catchUp,
    IngestHealth health,
    AggregatorTelemetry telemetry,
    IOptions<AggregatorOptions> options,
    TimeProvider time,
    ILogger<IngestWorker> logger) : BackgroundService, IKafkaRebalanceHandler
{
    private static readonly TimeSpan IdlePoll = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan FirstRetry = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromSeconds(10);

    private readonly List<KafkaConsumed> _batch = [];
    private long _batchBytes;
    private long _batchStarted;
    private IKafkaConsumer? _consumer;
    private CancellationToken _stopping;

    /// <inheritdoc/>
    public IReadOnlyList<KafkaPosition> OnAssigned(IReadOnlyList<KafkaPartition> partitions)
    {
        var positions = Persist(() => claims.Claim(partitions), partitions.Count);
        foreach (var position in positions)
        {
            Log.Assigned(logger, position.Partition.Topic, position.Partition.Partition, position.NextOffset);
        }

        catchUp.Begin();
        return positions;
    }

    /// <inheritdoc/>
    public void OnRevoked(IReadOnlyList<KafkaPartition> partitions, bool lost)
    {
        if (lost)
        {
            _batch.RemoveAll(record => partitions.Contains(new KafkaPartition(record.Topic, record.Partition)));
        }
        else
        {
            CountBatch(commitToGroup: false);
        }

        claims.Release(partitions);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken)
    {
        _stopping = stoppingToken;
        return Task.Factory.StartNew(Run, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    private void Run()
    {
        try
        {
            using (_consumer = kafka.CreateConsumer(options.Value.GroupId + group.Suffix))
            {
                _consumer.Subscribe(group.Topics, this);
                health.Working(group);
                while (!_stopping.IsCancellationRequested)
                {
                    Poll(_consumer);
                }

                CountBatch(commitToGroup: true);
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // Stopped while the database was away: what was not counted is read again.
        }
    }

    private void Poll(IKafkaConsumer consumer)
    {
        var timeout = _batch.Count == 0 ? IdlePoll : options.Value.BatchTime - time.GetElapsedTime(_batchStarted);
        var record = timeout > TimeSpan.Zero ? consumer.Poll(timeout) : null;
        if (record is not null && claims.IsOurs(new KafkaPartition(record.Topic, record.Partition)))
        {
            if (_batch.Count == 0)
            {
                _batchStarted = time.GetTimestamp();
            }

            _batch.Add(record);
            _batchBytes += record.Value?.Length ?? 0;
        }

        if (_batch.Count >= options.Value.BatchRecords || _batchBytes >= options.Value.BatchBytes
            || (_batch.Count > 0 && time.GetElapsedTime(_batchStarted) >= options.Value.BatchTime))
        {
            CountBatch(commitToGroup: true);
        }
    }

    private void CountBatch(bool commitToGroup)
    {
        if (_batch.Count == 0)
        {
            return;
        }

        List<KafkaConsumed> records = [.. _batch];
        _batch.Clear();
        _batchBytes = 0;
        try
        {
            Count(records, commitToGroup, () => processor.Process(records));
        }
        catch (Exception e) when (!IsOfTheDatabase(e) && e is not OperationCanceledException)
        {
            // A fault of ours on one record must not stop the partition for all that follow.
            Log.BatchBroken(logger, records.Count, e);
            foreach (var record in records)
            {
                CountOne(record, commitToGroup);
            }
        }
    }

    private void CountOne(KafkaConsumed record, bool commitToGroup)
    {
        try
        {
            Count([record], commitToGroup, () => processor.Process([record]));
        }
        catch (Exception e) when (!IsOfTheDatabase(e) && e is not OperationCanceledException)
        {
            Count([record], commitToGroup, () => processor.SetAside(record, e.GetType().Name, e.Message));
        }
    }

    private void Count(List<KafkaConsumed> records, bool commitToGroup, Func<BatchResult> count)
    {
        var started = time.GetTimestamp();
        var startedAt = time.GetUtcNow();
        var result = Persist(count, records.Count);
        telemetry.BatchDone(result.Counted, result.Duplicates, result.DeadLettered);
        foreach (var topic in records.Select(record => record.Topic).Distinct(StringComparer.Ordinal))
        {
            MessagingTelemetry.Processed(MessageDestination.Kafka(topic), time.GetElapsedTime(started));
        }

        foreach (var record in records)
        {
            // One transaction, and in each frame's trace a span of its length.
            MessagingTelemetry.StartProcess(record, options.Value.GroupId + group.Suffix, startedAt)?.Dispose();
        }

        foreach (var partition in result.Fenced)
        {
            Log.Fenced(logger, partition.Topic, partition.Partition);
        }

        if (commitToGroup)
        {
            _consumer!.Commit(result.Committed);
        }
    }

    /// <summary>Tries until the database takes it or the service stops: there is nowhere else to put it.</summary>
    private T Persist<T>(Func<T> action, int records)
    {
        for (var delay = FirstRetry; ; delay = delay * 2 < LongestRetry ? delay * 2 : LongestRetry)
        {
            try
            {
                var result = action();
                health.Working(group);
                return result;
            }
            catch (Exception e) when (IsOfTheDatabase(e))
            {
                health.Failing(group, $"the database refuses batches: {e.GetBaseException().Message}");
                Log.BatchFailed(logger, records, delay, e.GetBaseException().Message);
                Task.Delay(delay, time, _stopping).GetAwaiter().GetResult();
            }
        }
    }

    private static bool IsOfTheDatabase(Exception e)
        => e is DbException or DbUpdateException or TimeoutException or IOException
        || (e is InvalidOperationException { InnerException: { } inner } && IsOfTheDatabase(inner));
}
