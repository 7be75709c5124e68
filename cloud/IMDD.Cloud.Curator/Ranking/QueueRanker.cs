using System.Runtime.InteropServices;
using IMDD.Cloud.Curator.Queue;
using IMDD.Cloud.Curator.State;
using IMDD.Relational;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace IMDD.Cloud.Curator.Ranking;

/// <summary>
/// Puts what waits in order again. Frames are given out meanwhile: a rank is one column, written in small batches. Instances that share a database
/// come to the same order, so that it does not matter which of them wrote last.
/// </summary>
internal sealed class QueueRanker(IDbContextFactory<CuratorDbContext> contexts, IOptions<CuratorOptions> options, TimeProvider time)
{
    private const int WrittenAtOnce = 200;

    /// <summary>Most frames that have been seen and others are compared with.</summary>
    private const int MostSeen = 256;

    private (long Count, DateTimeOffset? Changed, long Leased, long Remembered) _last;

    /// <summary>Ranks; the number of frames whose rank has changed.</summary>
    public int Rank()
    {
        using var context = contexts.CreateDbContext();
        var now = time.GetUtcNow();
        var since = now - options.Value.RankMemory;
        var state = (
            FrameGroups.Waiting(context).LongCount(), context.Frames.Max(f => (DateTimeOffset?)f.Changed), context.Frames.LongCount(f => f.LeaseUntil > now),
            context.Frames.LongCount(f => f.Labels > 0 && f.Changed > since));
        if (state == _last)
        {
            return 0;
        }

        // What somebody has begun to judge keeps its place: its second word is not kept waiting because its first was said.
        var rows = FrameGroups.Waiting(context).Where(f => f.Labels == 0 && (f.LeaseUntil == null || f.LeaseUntil <= now))
            .Select(f => new { f.OutcomeId, f.Uncertainty, f.Novelty, f.Model, f.Embedding, f.Priority }).ToList();
        var groups = FrameGroups.Merged(context).GroupBy(f => f.MergedInto!).Select(g => new { g.Key, Count = g.Count() }).ToDictionary(g => g.Key, g => g.Count, StringComparer.Ordinal);
        rows.Sort((a, b) => string.CompareOrdinal(a.OutcomeId, b.OutcomeId));
        var seen = context.Frames.AsNoTracking().Where(f => f.Embedding != null && ((f.Labels > 0 && f.Changed > since) || f.LeaseUntil > now))
            .OrderByDescending(f => f.Changed).ThenBy(f => f.OutcomeId).Take(MostSeen).Select(f => new { f.OutcomeId, f.Model, f.Embedding }).ToList();
        var priorities = TeachingOrder.Rank(
            rows.ConvertAll(r => new RankedFrame(r.OutcomeId, TeachingValue.Base(r.Uncertainty, r.Novelty), r.Model, Vector(r.Embedding), 1 + groups.GetValueOrDefault(r.OutcomeId))),
            seen.ConvertAll(r => new RankedFrame(r.OutcomeId, 0, r.Model, Vector(r.Embedding))),
            options.Value.RankedFrames);
        List<(string Id, double Priority)> changed = [];
        for (var i = 0; i < rows.Count; i++)
        {
            if (rows[i].Priority != priorities[i])
            {
                changed.Add((rows[i].OutcomeId, priorities[i]));
            }
        }

        // A row that somebody else holds is passed over: who gives it out or judges it has it ranked again, and another instance writes the same. To wait for it
        // would be to wait for each other.
        var (free, isFree) = context.Database.IsNpgsql()
            ? (", free AS (SELECT frames.outcome_id FROM frames JOIN v ON frames.outcome_id = v.column1 ORDER BY frames.outcome_id FOR UPDATE OF frames SKIP LOCKED)", " AND frames.outcome_id IN (SELECT outcome_id FROM free)")
            : ("", "");
        foreach (var batch in changed.Chunk(WrittenAtOnce))
        {
            Sql.Execute(
                context,
                $"WITH v AS (SELECT * FROM (VALUES {Sql.Values(batch.Length, 2)}) AS given){free} UPDATE frames SET priority = v.column2 FROM v WHERE frames.outcome_id = v.column1{isFree}",
                [.. batch.SelectMany(b => (object?[])[b.Id, b.Priority])]);
        }

        _last = state;
        return changed.Count;
    }

    private static float[]? Vector(byte[]? bytes) => bytes is null ? null : MemoryMarshal.Cast<byte, float>(bytes).ToArray();
}
