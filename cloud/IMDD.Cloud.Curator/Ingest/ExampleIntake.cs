using IMDD.Cloud.Curator.Blind;
using IMDD.Cloud.Curator.Labels;
using IMDD.Cloud.Curator.Queue;
using IMDD.Cloud.Curator.Ranking;
using IMDD.Cloud.Curator.State;
using IMDD.Contracts.Events;
using IMDD.Contracts.Review;
using IMDD.Messaging.Kafka;
using IMDD.Relational;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace IMDD.Cloud.Curator.Ingest;

/// <summary>
/// Puts frames into the queue, a batch in one transaction. A frame that comes twice, as a failed one and as a hard one or after a crash,
/// is one row; a picture that was taken twice is looked at once, and so are pictures that look the same.
/// </summary>
internal sealed class ExampleIntake(
    IDbContextFactory<CuratorDbContext> contexts,
    CuratorTelemetry telemetry,
    IOptions<CuratorOptions> options,
    TimeProvider time,
    ILogger<ExampleIntake> logger)
{
    private const string Malformed = "malformed";
    private const int PrunedAtOnce = 1000;

    /// <summary>Marks the names of the configuration as known.</summary>
    public void SeedVocabulary()
    {
        using var context = contexts.CreateDbContext();
        Vocabulary.Know(context, options.Value.Vocabulary.Select(text => DefectName.TryNormalise(text, out var name) ? name : text));
    }

    /// <summary>Takes a batch in.</summary>
    /// <exception cref="System.Data.Common.DbException">The database failed; nothing was taken.</exception>
    public void Take(IReadOnlyList<KafkaConsumed> records)
    {
        using var context = contexts.CreateDbContext();
        using var transaction = context.Database.BeginTransaction();
        int offered = 0, deadLettered = 0;
        HashSet<string> names = new(StringComparer.Ordinal);
        List<(KafkaConsumed Record, ParsedExample Parsed)> examples = [.. records.Select(record => (record, ExampleParser.Parse(record)))];
        LookAlikes.Lock(context, examples.Select(e => e.Parsed).OfType<ParsedExample.Offered>().Where(e => e.Embedding is not null).Select(e => CameraOf(e.Frame)));
        foreach (var (record, parsed) in examples)
        {
            switch (parsed)
            {
                case ParsedExample.Offered example:
                    offered += Offer(context, example) ? 1 : 0;
                    names.UnionWith(example.Frame.Regions.Select(region => region.Class));
                    break;
                case ParsedExample.Stored stored:
                    Announce(context, stored.Data, stored.Time ?? record.Timestamp);
                    break;
                case ParsedExample.Poison poison:
                    deadLettered++;
                    Outbox.AddDeadLetter(context, record, Malformed, poison.Detail, time.GetUtcNow());
                    Log.RecordSetAside(logger, record.Topic, record.Partition, record.Offset, Malformed, poison.Detail);
                    break;
            }

            // Each before the next: two records of a batch may be of one frame or of one picture.
            context.SaveChanges();
        }

        names.Remove(Vocabulary.UnknownDefect);
        Vocabulary.Know(context, names);
        Prune(context);
        transaction.Commit();
        telemetry.BatchDone(offered, deadLettered);
    }

    private bool Offer(CuratorDbContext context, ParsedExample.Offered example)
    {
        var frame = example.Frame;
        var row = Row(context, frame.OutcomeId, frame.Frame.Digest, frame.Time);
        if (row is null)
        {
            return false;
        }

        var (isNew, isUncompared) = (row.Data is null, row.Embedding is null);
        var worthBefore = TeachingValue.Base(row.Uncertainty, row.Novelty);
        var known = isNew ? frame : Merge(ImddJsonText.Read<ReviewFrame>(row.Data!), frame);
        row.Data = ImddJsonText.Write(known);
        row.Time = known.Time;
        row.Uncertainty = known.Uncertainty;
        row.Novelty = example.Novelty ?? row.Novelty;
        if (example.Embedding is { } embedding)
        {
            (row.Model, row.Embedding) = (embedding.Model, embedding.Vector);
        }

        row.Camera = CameraOf(known);
        if (isNew && BlindRule.IsDrawn(row.OutcomeId, options.Value.BlindSeed, options.Value.BlindShare))
        {
            row.BlindLook = BlindLook.Drawn;
        }

        if (isUncompared && row.Embedding is not null && IsFree(context, row))
        {
            Merge(context, row, known);
        }

        // Its rank comes later, and it does not wait for it. One that is told again keeps the rank that it has, unless more is known of it now.
        var worth = TeachingValue.Base(row.Uncertainty, row.Novelty);
        if (isNew || worth > worthBefore)
        {
            row.Priority = worth * TeachingValue.Unknown;
        }

        Decide(row);
        return isNew;
    }

    private static string CameraOf(ReviewFrame frame) => $"{frame.AssetPath}/{frame.CameraId}";

    /// <summary>Nobody has it before them or has judged it, and it stands for no other.</summary>
    private bool IsFree(CuratorDbContext context, FrameRow row)
        => row.Revision == 0 && !(row.LeaseUntil > time.GetUtcNow()) && !context.Frames.Any(f => f.MergedInto == row.OutcomeId);

    private void Merge(CuratorDbContext context, FrameRow row, ReviewFrame frame)
    {
        var (similarity, memory) = (options.Value.DuplicateSimilarity, options.Value.RankMemory);
        row.MergedInto = similarity < 1 ? LookAlikes.Find(context, row, frame, similarity, time.GetUtcNow() - memory) : null;
    }

    private void Announce(CuratorDbContext context, FrameStored stored, DateTimeOffset at)
    {
        if (Row(context, stored.OutcomeId, stored.Frame.Digest, at) is { } row)
        {
            row.Announced = ImddJsonText.Write(stored);
            Decide(row);
        }
    }

    private void Decide(FrameRow row)
    {
        row.Changed = time.GetUtcNow();
        if (row.Data is null)
        {
            return;
        }

        var frame = FrameMapping.ToFrame(row);
        row.BlindLook = BlindRule.Next(row.BlindLook, frame.Verdict, (int)row.Labels, row.BlindLook == BlindLook.Given);
        row.Wait(frame.Frame.Uri is not null, ConsensusRule.WantsMore(row.State, (int)row.Labels));
    }

    /// <summary>The row of a frame, locked, or a new one; null where another frame has the same picture.</summary>
    private static FrameRow? Row(CuratorDbContext context, string outcomeId, string digest, DateTimeOffset at)
    {
        Sql.Execute(context, "UPDATE frames SET changed_us = changed_us WHERE outcome_id = {0}", [outcomeId]);
        if (context.Frames.Find(outcomeId) is { } row)
        {
            return row.Digest == digest ? row : null;
        }

        if (context.Frames.Any(f => f.Digest == digest))
        {
            return null;
        }

        row = new FrameRow { OutcomeId = outcomeId, Digest = digest, Time = at };
        context.Frames.Add(row);
        return row;
    }

    /// <summary>The fuller of two accounts of a frame, with the reasons of both.</summary>
    private static ReviewFrame Merge(ReviewFrame known, ReviewFrame come)
    {
        var fuller = Fullness(come).CompareTo(Fullness(known)) >= 0 ? come : known;
        return fuller with
        {
            Frame = fuller.Frame with { Uri = fuller.Frame.Uri ?? known.Frame.Uri ?? come.Frame.Uri },
            Model = fuller.Model ?? known.Model ?? come.Model,
            Reasons = [.. known.Reasons.Union(come.Reasons, StringComparer.Ordinal)],
            Uncertainty = known.Uncertainty is { } a && come.Uncertainty is { } b ? Math.Max(a, b) : known.Uncertainty ?? come.Uncertainty,
        };
    }

    /// <summary>An event that had no room for a mask, or no place for one yet, tells less than one that has it.</summary>
    private static (int Regions, int Masks) Fullness(ReviewFrame frame)
        => (frame.Regions.Count, frame.Regions.Count(region => region.MaskRle is not null || region.MaskUri is not null));

    /// <summary>What nobody has judged goes when it is too old or too much; what somebody has judged stays.</summary>
    private void Prune(CuratorDbContext context)
    {
        var now = Timestamp.ToMicroseconds(time.GetUtcNow());
        Sql.Execute(context, "DELETE FROM skips WHERE until_us <= {0}", [now]);
        Sql.Execute(context, "DELETE FROM looks WHERE NOT EXISTS (SELECT 1 FROM frames f WHERE f.outcome_id = looks.outcome_id)", []);
        Sql.Execute(
            context,
            "DELETE FROM frames WHERE revision = 0 AND changed_us < {0} AND (lease_until_us IS NULL OR lease_until_us <= {1})",
            [Timestamp.ToMicroseconds(time.GetUtcNow() - options.Value.Retention), now]);
        Sql.Execute(
            context,
            $$"""
            DELETE FROM frames WHERE revision = 0 AND (lease_until_us IS NULL OR lease_until_us <= {1}) AND outcome_id IN (
                SELECT outcome_id FROM frames WHERE revision = 0
                ORDER BY CASE WHEN merged_into IS NULL THEN 0 ELSE 1 END, priority DESC, time_us DESC, outcome_id LIMIT {{PrunedAtOnce}} OFFSET {0})
            """,
            [options.Value.Capacity, now]);
    }
}
