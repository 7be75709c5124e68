using IMDD.Cloud.Trainer.Replay;
using IMDD.Cloud.Trainer.Runs;
using IMDD.Cloud.Trainer.State;
using IMDD.Contracts.CloudEvents;
using IMDD.Contracts.Events;
using IMDD.Contracts.Identity;
using IMDD.Contracts.Topics;
using IMDD.Messaging.Kafka;
using IMDD.Relational;
using Microsoft.EntityFrameworkCore;

namespace IMDD.Cloud.Trainer.Ingest;

/// <summary>
/// Keeps what is agreed of each picture, and which cameras have drifted, a batch in one transaction. A newer revision replaces an older one, whatever it says; an older one that
/// comes again changes nothing, also after a withdrawal.
/// </summary>
internal sealed class LabelIntake(IDbContextFactory<TrainerDbContext> contexts, StationBook stations, CameraReferences references, TrainerTelemetry telemetry, TimeProvider time, ILogger<LabelIntake> logger)
{
    private const string Malformed = "malformed";

    /// <summary>Takes a batch in.</summary>
    /// <exception cref="System.Data.Common.DbException">The database failed; nothing was taken.</exception>
    public void Take(IReadOnlyList<KafkaConsumed> records)
    {
        using var context = contexts.CreateDbContext();
        using var transaction = context.Database.BeginTransaction();
        var (taken, deadLettered) = (0, 0);
        HashSet<string> seen = new(StringComparer.Ordinal);
        HashSet<CameraPath> counted = [];
        foreach (var record in records)
        {
            try
            {
                switch (record.Topic)
                {
                    case KafkaTopics.Alarm:
                        Keep(context, DriftParser.Parse(record));
                        break;
                    case KafkaTopics.DefectDetected:
                        Keep(context, StationParser.Failed(record), seen);
                        break;
                    case KafkaTopics.HardExample:
                        Keep(context, StationParser.Passed(record), seen);
                        break;
                    case KafkaTopics.CameraStatistics:
                        Keep(context, StationParser.Window(record), seen, counted);
                        break;
                    default:
                        Keep(context, ConsensusParser.Parse(record));
                        break;
                }

                taken++;
            }
            catch (CloudEventFormatException e)
            {
                deadLettered++;
                Outbox.AddDeadLetter(context, record, Malformed, e.Message, time.GetUtcNow());
                Log.RecordSetAside(logger, record.Topic, record.Partition, record.Offset, Malformed, e.Message);
            }
        }

        if (seen.Count > 0)
        {
            stations.Forget(context, seen);
            references.Forget(context, counted);
        }

        context.SaveChanges();
        transaction.Commit();
        telemetry.BatchDone(taken, deadLettered);
    }

    private static void Keep(TrainerDbContext context, StationFrame? frame, HashSet<string> seen)
    {
        if (frame is not null)
        {
            StationBook.Keep(context, frame);
            seen.Add(frame.Station);
        }
    }

    private static void Keep(TrainerDbContext context, StationWindow? window, HashSet<string> seen, HashSet<CameraPath> counted)
    {
        if (window is not null)
        {
            StationBook.Keep(context, window);
            CameraReferences.Keep(context, window);
            seen.Add(window.Camera.Asset.ToString());
            counted.Add(window.Camera);
        }
    }

    /// <summary>A drift that stands is kept from when it was raised; one that is over is forgotten.</summary>
    private static void Keep(TrainerDbContext context, LineAlarm? drift)
    {
        if (drift is null)
        {
            return;
        }

        var name = $"{RunTriggers.DriftName}{drift.Line}/{drift.Alarm}";
        if (drift.State == AlarmEvent.Raised)
        {
            Sql.Execute(
                context, "INSERT INTO schedule (name, from_us) VALUES ({0}, {1}) ON CONFLICT (name) DO UPDATE SET from_us = excluded.from_us",
                [name, Timestamp.ToMicroseconds(drift.Since)]);
        }
        else
        {
            Sql.Execute(context, "DELETE FROM schedule WHERE name = {0} AND from_us <= {1}", [name, Timestamp.ToMicroseconds(drift.Since)]);
        }
    }

    private void Keep(TrainerDbContext context, ExampleConsensus consensus)
    {
        // The counter's row is locked until the transaction ends: numbers become visible in their order.
        var number = Sql.Query(
            context, "INSERT INTO counters (name, value) VALUES ('labels', 1) ON CONFLICT (name) DO UPDATE SET value = counters.value + 1 RETURNING value", [])[0][0];
        var isAgreed = consensus.State == ConsensusState.Agreed;
        Sql.Execute(
            context,
            """
            INSERT INTO labels (digest, revision, state, sequence, classes, data, changed_us) VALUES ({0}, {1}, {2}, {3}, {4}, {5}, {6})
            ON CONFLICT (digest) DO UPDATE SET revision = excluded.revision, state = excluded.state, sequence = excluded.sequence, classes = excluded.classes,
                data = excluded.data, changed_us = excluded.changed_us
            WHERE labels.revision < excluded.revision
            """,
            [
                consensus.Frame.Digest, consensus.Revision, consensus.State, number,
                isAgreed ? string.Join('\n', consensus.Regions.Select(r => r.Class).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)) : "",
                isAgreed ? ImddJsonText.Write(consensus) : null, Timestamp.ToMicroseconds(time.GetUtcNow()),
            ]);
    }
}
