using System.Globalization;
using IMDD.Cloud.Aggregator.State;
using IMDD.Cloud.Aggregator.Windows;
using IMDD.Contracts.Events;
using IMDD.Messaging.Kafka;
using IMDD.Relational;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace IMDD.Cloud.Aggregator.Ingest;

/// <summary>
/// Counts a batch of records in one transaction: ids, windows, states, dead letters and positions stand together or not at all. Doing it
/// again after any failure is harmless.
/// </summary>
internal sealed class BatchProcessor(
    IDbContextFactory<AggregatorDbContext> contexts,
    PartitionClaims claims,
    IOptions<AggregatorOptions> options,
    TimeProvider time,
    ILogger<BatchProcessor> logger)
{
    // SQLite takes 32,766 parameters in a statement; three per row.
    private const int IdsPerStatement = 1000;

    private readonly RecordParser _parser = new(options.Value.MaxFuture, time);

    /// <summary>Counts <paramref name="records"/>; those of partitions that are no longer ours are left to their new owner.</summary>
    /// <exception cref="System.Data.Common.DbException">The database failed; nothing was counted.</exception>
    public BatchResult Process(IReadOnlyList<KafkaConsumed> records) => Process([.. records.Select(_parser.Parse)]);

    /// <summary>Sets one record aside for a reason found elsewhere.</summary>
    public BatchResult SetAside(KafkaConsumed record, string reason, string detail)
        => Process([new ParsedRecord.Poison(record, reason, detail)]);

    private BatchResult Process(List<ParsedRecord> parsed)
    {
        using var context = contexts.CreateDbContext();
        using var transaction = context.Database.BeginTransaction();
        var fenced = LockPartitions(context, parsed);
        if (fenced.Count > 0)
        {
            parsed = [.. parsed.Where(p => !fenced.Contains(PartitionOf(p.Record)))];
            claims.Release(fenced);
        }

        Batch batch = new(context, time.GetUtcNow());
        CountOutcomes(batch, parsed);
        foreach (var record in parsed)
        {
            Apply(batch, record);
        }

        AddDeadLetters(batch);
        context.SaveChanges();
        var committed = Advance(batch, parsed);
        transaction.Commit();
        return new BatchResult(committed, [.. fenced], batch.Counted, batch.Duplicates, batch.DeadLetters.Count);
    }

    private HashSet<KafkaPartition> LockPartitions(AggregatorDbContext context, List<ParsedRecord> parsed) =>
    [
        .. parsed.Select(p => PartitionOf(p.Record)).Distinct()
            .OrderBy(p => p.Topic, StringComparer.Ordinal).ThenBy(p => p.Partition)
            .Where(partition => !claims.Lock(context, partition)),
    ];

    private void CountOutcomes(Batch batch, List<ParsedRecord> parsed)
    {
        List<ParsedRecord.Outcome> outcomes = [];
        foreach (var record in parsed)
        {
            if (record is ParsedRecord.Outcome outcome)
            {
                outcomes.Add(outcome);
            }
            else if (record is ParsedRecord.Poison poison)
            {
                batch.DeadLetters.Add(poison);
            }
        }

        var cameras = LoadCameras(batch.Context, outcomes);
        List<ParsedRecord.Outcome> candidates = [];
        HashSet<string> ids = new(StringComparer.Ordinal);
        foreach (var outcome in outcomes)
        {
            var camera = cameras[outcome.Camera.ToString()];
            if (outcome.Time < camera.HighWater - options.Value.IdRetention)
            {
                batch.DeadLetters.Add(new ParsedRecord.Poison(
                    outcome.Record, PoisonReason.Expired, $"The event is more than {options.Value.IdRetention} older than the latest of its camera."));
            }
            else if (ids.Add(outcome.Id))
            {
                camera.HighWater = outcome.Time > camera.HighWater ? outcome.Time : camera.HighWater;
                candidates.Add(outcome);
            }
            else
            {
                batch.CountDuplicate(PartitionOf(outcome.Record));
            }
        }

        SaveCameras(batch.Context, cameras);
        var fresh = InsertIds(batch.Context, candidates, cameras);
        foreach (var outcome in candidates)
        {
            if (fresh.Contains(outcome.Id))
            {
                batch.Count(outcome);
            }
            else
            {
                batch.CountDuplicate(PartitionOf(outcome.Record));
            }
        }

        // From here on everything belongs to a line, and is changed under its lock.
        LineLock.Take(batch.Context, parsed.Select(LineOf).OfType<string>().ToHashSet(StringComparer.Ordinal));
        CountBoots(batch);
        CountWindows(batch);
    }

    private static string? LineOf(ParsedRecord record) => record switch
    {
        ParsedRecord.Outcome outcome => outcome.Camera.Asset.LinePath,
        ParsedRecord.Defect defect => defect.Camera.Asset.LinePath,
        ParsedRecord.Stored stored => stored.Camera.Asset.LinePath,
        ParsedRecord.AgentStatus agent => agent.Asset.LinePath,
        ParsedRecord.CameraStatus camera => camera.Path.Asset.LinePath,
        ParsedRecord.Balance balance => balance.Path.Asset.LinePath,
        ParsedRecord.Statistics statistics => statistics.Camera.Asset.LinePath,
        _ => null,
    };

    /// <summary>Rows of the cameras, locked: a camera's partition is ours, but states of the same camera may come by another.</summary>
    private static Dictionary<string, CameraRow> LoadCameras(AggregatorDbContext context, List<ParsedRecord.Outcome> outcomes)
    {
        Dictionary<string, CameraRow> cameras = new(StringComparer.Ordinal);
        foreach (var group in outcomes.GroupBy(o => o.Camera.ToString(), StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal))
        {
            var line = group.First().Camera.Asset.LinePath;
            var row = Sql.Query(
                context,
                """
                INSERT INTO cameras (camera, line, high_water_us) VALUES ({0}, {1}, 0)
                ON CONFLICT (camera) DO UPDATE SET line = excluded.line
                RETURNING key, high_water_us
                """,
                [group.Key, line])[0];
            cameras[group.Key] = new CameraRow
            {
                Key = Convert.ToInt64(row[0], CultureInfo.InvariantCulture),
                Camera = group.Key,
                Line = line,
                HighWater = Timestamp.FromMicroseconds(Convert.ToInt64(row[1], CultureInfo.InvariantCulture)),
            };
        }

        return cameras;
    }

    private static void SaveCameras(AggregatorDbContext context, Dictionary<string, CameraRow> cameras)
    {
        foreach (var camera in cameras.Values)
        {
            Sql.Execute(context, "UPDATE cameras SET high_water_us = {0} WHERE key = {1}", [Timestamp.ToMicroseconds(camera.HighWater), camera.Key]);
        }
    }

    /// <summary>The ids that were not there before. Two transactions with one id: the second waits for the first and then finds it there.</summary>
    private static HashSet<string> InsertIds(
        AggregatorDbContext context, List<ParsedRecord.Outcome> outcomes, Dictionary<string, CameraRow> cameras)
    {
        HashSet<string> inserted = new(StringComparer.Ordinal);
        foreach (var chunk in outcomes.OrderBy(o => o.Id, StringComparer.Ordinal).Chunk(IdsPerStatement))
        {
            List<object?> values = [];
            foreach (var outcome in chunk)
            {
                values.AddRange([outcome.Id, cameras[outcome.Camera.ToString()].Key, Timestamp.ToMicroseconds(outcome.Time)]);
            }

            var sql = $"INSERT INTO seen (id, camera_key, time_us) VALUES {Sql.Values(chunk.Length, 3)} ON CONFLICT DO NOTHING RETURNING id";
            inserted.UnionWith(Sql.Query(context, sql, values).Select(row => (string)row[0]!));
        }

        return inserted;
    }

    private static void CountBoots(Batch batch)
    {
        foreach (var ((camera, boot), counted) in batch.Boots)
        {
            Sql.Execute(
                batch.Context,
                """
                INSERT INTO camera_boots (camera, line, boot, outcomes, last_outcome_us, imbalanced, changed_us) VALUES ({0}, {1}, {2}, {3}, {4}, {6}, {5})
                ON CONFLICT (camera, boot) DO UPDATE SET outcomes = camera_boots.outcomes + excluded.outcomes, changed_us = excluded.changed_us,
                    last_outcome_us = CASE WHEN camera_boots.last_outcome_us > excluded.last_outcome_us
                        THEN camera_boots.last_outcome_us ELSE excluded.last_outcome_us END
                """,
                [camera, counted.Line, boot, counted.Outcomes, Timestamp.ToMicroseconds(counted.Last), Timestamp.ToMicroseconds(batch.Now), false]);
        }
    }

    private static void CountWindows(Batch batch)
    {
        foreach (var (name, counted) in batch.Lines)
        {
            var line = batch.Context.Lines.Single(row => row.Line == name);
            line.Total += counted.Counts.Total;
            line.Passed += counted.Counts.Passed;
            line.Failed += counted.Counts.Failed;
            line.Undecided += counted.Counts.Undecided;
            line.Simulated += counted.Simulated;
            VerdictCounts reasons = new();
            CountsJson.ReadReasons(line.Reasons, reasons);
            reasons.Add(counted.Counts);
            line.Reasons = CountsJson.WriteReasons(reasons);
            line.LastOutcome = counted.Last > line.LastOutcome ? counted.Last : line.LastOutcome;
        }

        foreach (var ((line, seconds, start), counts) in batch.Windows)
        {
            var window = batch.Context.Windows.Find(line, seconds, start);
            if (window is null)
            {
                window = new WindowRow { Line = line, Seconds = seconds, Start = start };
                batch.Context.Windows.Add(window);
            }

            WindowMapping.Add(window, counts, batch.Now);
        }
    }

    private void Apply(Batch batch, ParsedRecord record)
    {
        switch (record)
        {
            case ParsedRecord.Defect defect:
                UpsertFrame(batch, defect.Data.OutcomeId, defect.Camera.Asset.LinePath, defect.Camera.ToString(), defect.Time, Json(defect.Data), stored: null);
                break;
            case ParsedRecord.Stored stored:
                UpsertFrame(batch, stored.Data.OutcomeId, stored.Camera.Asset.LinePath, stored.Camera.ToString(), stored.Time, defect: null, stored.Data);
                break;
            case ParsedRecord.AgentStatus agent:
                UpsertAgent(batch, agent);
                break;
            case ParsedRecord.CameraStatus camera:
                var key = EdgeStateKey.Camera(camera.Path);
                UpsertState(batch, key, EdgeStateRow.CameraKind, camera.Path.Asset.LinePath, camera.Path.ToString(), Json(camera.Data), camera.Recorded);
                break;
            case ParsedRecord.Balance balance:
                UpsertBalance(batch, balance);
                break;
            case ParsedRecord.Statistics statistics when statistics.Data.WindowEnd >= batch.Now - options.Value.Drift.Retention:
                KeepStatistics(batch, statistics);
                break;
        }
    }

    private static void UpsertFrame(Batch batch, string outcomeId, string line, string camera, DateTimeOffset time, string? defect, FrameStored? stored) => Sql.Execute(
        batch.Context,
        """
        INSERT INTO failed_frames (outcome_id, line, camera, time_us, defect, frame, masks, changed_us) VALUES ({0}, {1}, {2}, {3}, {4}, {5}, {6}, {7})
        ON CONFLICT (outcome_id) DO UPDATE SET defect = COALESCE(failed_frames.defect, excluded.defect),
            frame = COALESCE(failed_frames.frame, excluded.frame), masks = COALESCE(failed_frames.masks, excluded.masks), changed_us = excluded.changed_us
        """,
        [outcomeId, line, camera, Timestamp.ToMicroseconds(time), defect, stored is null ? null : Json(stored.Frame), stored?.Masks is { } masks ? Json(masks) : null, Timestamp.ToMicroseconds(batch.Now)]);

    /// <summary>The death of an earlier connection must not hide the birth that followed it (Sparkplug's bdSeq).</summary>
    private static void UpsertAgent(Batch batch, ParsedRecord.AgentStatus agent)
    {
        var key = EdgeStateKey.Agent(agent.Asset, agent.Data.Agent);
        if (agent.Data.State == EdgeStateWord.Offline
            && batch.Context.EdgeStates.AsNoTracking().SingleOrDefault(row => row.Key == key) is { } stored
            && ImddJsonText.Read<AgentState>(stored.Data) is { State: EdgeStateWord.Online } online
            && (online.BootId != agent.Data.BootId || online.BdSeq != agent.Data.BdSeq))
        {
            return;
        }

        UpsertState(batch, key, EdgeStateRow.AgentKind, agent.Asset.LinePath, agent.Asset.ToString(), Json(agent.Data), agent.Recorded);
    }

    private static void UpsertState(Batch batch, string key, string kind, string line, string place, string data, DateTimeOffset recorded) => Sql.Execute(
        batch.Context,
        """
        INSERT INTO edge_states (key, kind, line, place, data, recorded_us, changed_us) VALUES ({0}, {1}, {2}, {3}, {4}, {5}, {6})
        ON CONFLICT (key) DO UPDATE SET data = excluded.data, recorded_us = excluded.recorded_us, changed_us = excluded.changed_us
        """,
        [key, kind, line, place, data, Timestamp.ToMicroseconds(recorded), Timestamp.ToMicroseconds(batch.Now)]);

    /// <summary>A gateway's counts only rise within a boot: an older report that comes late is not believed.</summary>
    private static void UpsertBalance(Batch batch, ParsedRecord.Balance balance) => Sql.Execute(
        batch.Context,
        """
        INSERT INTO camera_boots (camera, line, boot, outcomes, sent, returned, spooled, resent, reported_us, imbalanced, changed_us)
        VALUES ({0}, {1}, {2}, 0, {3}, {4}, {5}, {6}, {7}, {9}, {8})
        ON CONFLICT (camera, boot) DO UPDATE SET sent = excluded.sent, returned = excluded.returned, spooled = excluded.spooled,
            resent = excluded.resent, reported_us = excluded.reported_us, changed_us = excluded.changed_us
        WHERE camera_boots.reported_us IS NULL OR camera_boots.reported_us <= excluded.reported_us
        """,
        [
            balance.Path.ToString(), balance.Path.Asset.LinePath, balance.Data.BootId, balance.Data.Sent, balance.Data.Returned, balance.Data.Spooled,
            balance.Data.Resent, Timestamp.ToMicroseconds(balance.Recorded), Timestamp.ToMicroseconds(batch.Now), false,
        ]);

    /// <summary>Kept until the sweep compares it. One that was there before stays as it is.</summary>
    private static void KeepStatistics(Batch batch, ParsedRecord.Statistics statistics) => Sql.Execute(
        batch.Context,
        """
        INSERT INTO drift_windows (id, camera, model_digest, line, start_us, end_us, frames, pending, epoch, data)
        VALUES ({0}, {1}, {2}, {3}, {4}, {5}, {6}, {7}, 0, {8}) ON CONFLICT DO NOTHING
        """,
        [
            statistics.Id, statistics.Camera.ToString(), statistics.Data.Model.Digest, statistics.Camera.Asset.LinePath, Timestamp.ToMicroseconds(statistics.Data.WindowStart),
            Timestamp.ToMicroseconds(statistics.Data.WindowEnd), statistics.Data.Sketch.Frames, true, Json(statistics.Data),
        ]);

    private void AddDeadLetters(Batch batch)
    {
        foreach (var poison in batch.DeadLetters)
        {
            Outbox.AddDeadLetter(batch.Context, poison.Record, poison.Reason, poison.Detail, batch.Now);
            Log.RecordSetAside(logger, poison.Record.Topic, poison.Record.Partition, poison.Record.Offset, poison.Reason, poison.Detail);
        }
    }

    private List<KafkaPosition> Advance(Batch batch, List<ParsedRecord> parsed)
    {
        var deadLetters = batch.DeadLetters.GroupBy(p => PartitionOf(p.Record)).ToDictionary(g => g.Key, g => g.Count());
        List<KafkaPosition> committed = [];
        foreach (var group in parsed.GroupBy(p => PartitionOf(p.Record)))
        {
            // The last record, not the highest offset: a topic that was made anew starts at 0 again.
            KafkaPosition next = new(group.Key, group.Last().Record.Offset + 1);
            var duplicates = batch.DuplicatesOf.GetValueOrDefault(group.Key);
            if (!claims.Advance(batch.Context, next, group.Count(), duplicates, deadLetters.GetValueOrDefault(group.Key)))
            {
                throw new InvalidOperationException($"Partition {group.Key} is locked by this transaction and yet not ours.");
            }

            committed.Add(next);
        }

        return committed;
    }

    private static KafkaPartition PartitionOf(KafkaConsumed record) => new(record.Topic, record.Partition);

    private static string Json<T>(T data) => ImddJsonText.Write(data);
}
