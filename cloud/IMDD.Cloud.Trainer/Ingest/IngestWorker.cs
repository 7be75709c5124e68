using System.Data.Common;
using IMDD.Contracts.Topics;
using IMDD.Messaging.Kafka;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace IMDD.Cloud.Trainer.Ingest;

/// <summary>
/// One thread that polls, stores and commits, in this order: after a crash records are read again, which changes nothing.
/// </summary>
internal sealed class IngestWorker(
    IKafkaClientFactory kafka, LabelIntake intake, IngestHealth health, IOptions<TrainerOptions> options, TimeProvider time, ILogger<IngestWorker> logger)
    : BackgroundService
{
    private const int BatchRecords = 200;
    private const int BatchBytes = 8 << 20;
    private static readonly TimeSpan IdlePoll = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan BatchTime = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan FirstRetry = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromSeconds(10);

    protected override Task ExecuteAsync(CancellationToken stoppingToken)
        => Task.Factory.StartNew(() => Run(stoppingToken), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private void Run(CancellationToken stoppingToken)
    {
        try
        {
            using var consumer = kafka.CreateConsumer(options.Value.GroupId);
            consumer.Subscribe(
            [
                KafkaTopics.Consensus,
                .. options.Value.OnDrift ? [KafkaTopics.Alarm] : (string[])[],
                .. options.Value.Predict.Enabled ? [KafkaTopics.DefectDetected, KafkaTopics.HardExample] : (string[])[],
                .. options.Value.Predict.Enabled || options.Value.DriftReference ? [KafkaTopics.CameraStatistics] : (string[])[],
            ]);

            // In a new plant nothing comes for long, and people ask for runs all the same.
            health.Working();
            while (!stoppingToken.IsCancellationRequested)
            {
                var batch = Read(consumer);
                if (batch.Count > 0)
                {
                    Persist(() => intake.Take(batch), batch.Count, stoppingToken);
                    consumer.Commit([.. batch.GroupBy(r => new KafkaPartition(r.Topic, r.Partition)).Select(g => new KafkaPosition(g.Key, g.Last().Offset + 1))]);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopped while the database was away: what was not stored is read again.
        }
    }

    private List<KafkaConsumed> Read(IKafkaConsumer consumer)
    {
        List<KafkaConsumed> batch = [];
        long bytes = 0;
        var started = time.GetTimestamp();
        var wait = IdlePoll;
        while (batch.Count < BatchRecords && bytes < BatchBytes && wait > TimeSpan.Zero && consumer.Poll(wait) is { } record)
        {
            batch.Add(record);
            bytes += record.Value?.Length ?? 0;
            wait = BatchTime - time.GetElapsedTime(started);
        }

        return batch;
    }

    /// <summary>Tries until the database takes it or the service stops: there is nowhere else to put it.</summary>
    private void Persist(Action action, int records, CancellationToken stoppingToken)
    {
        for (var delay = FirstRetry; ; delay = delay * 2 < LongestRetry ? delay * 2 : LongestRetry)
        {
            try
            {
                action();
                health.Working();
                return;
            }
            catch (Exception e) when (IsOfTheDatabase(e))
            {
                health.Failing($"the database refuses batches: {e.GetBaseException().Message}");
                Log.BatchFailed(logger, records, delay, e.GetBaseException().Message);
                Task.Delay(delay, time, stoppingToken).GetAwaiter().GetResult();
            }
        }
    }

    private static bool IsOfTheDatabase(Exception e)
        => e is DbException or DbUpdateException or TimeoutException or IOException
        || (e is InvalidOperationException { InnerException: { } inner } && IsOfTheDatabase(inner));
}
