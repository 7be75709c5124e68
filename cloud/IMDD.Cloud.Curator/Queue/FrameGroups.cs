using IMDD.Cloud.Curator.State;
using IMDD.Contracts.Events;
using Microsoft.EntityFrameworkCore;

namespace IMDD.Cloud.Curator.Queue;

/// <summary>
/// Frames that look the same are a group, of which the first stands before people. Whether a member is asked about is not stored but follows from the
/// first: it is while that is gone, or the words on it were taken back. So nothing has to be given back to the queue, and nothing can be forgotten in it.
/// </summary>
internal static class FrameGroups
{
    /// <summary>In SQL, true of a frame <c>f</c> that another stands for.</summary>
    public const string IsMerged = $"EXISTS (SELECT 1 FROM frames h WHERE h.outcome_id = f.merged_into AND h.state <> '{ConsensusState.Withdrawn}')";

    /// <summary>Frames that people are asked about.</summary>
    public static IQueryable<FrameRow> Waiting(CuratorDbContext context) => context.Frames.AsNoTracking()
        .Where(f => f.Waiting && (f.MergedInto == null || !context.Frames.Any(h => h.OutcomeId == f.MergedInto && h.State != ConsensusState.Withdrawn)));

    /// <summary>Frames that another stands for, and that nobody has judged by themselves.</summary>
    public static IQueryable<FrameRow> Merged(CuratorDbContext context) => context.Frames.AsNoTracking()
        .Where(f => f.Labels == 0 && context.Frames.Any(h => h.OutcomeId == f.MergedInto && h.State != ConsensusState.Withdrawn));

    /// <summary>How many frames each of these stands for; those that stand for none are left out.</summary>
    public static Dictionary<string, int> Sizes(CuratorDbContext context, IReadOnlyCollection<string> outcomeIds)
        => Merged(context).Where(f => outcomeIds.Contains(f.MergedInto!)).GroupBy(f => f.MergedInto!).Select(g => new { g.Key, Count = g.Count() })
            .ToDictionary(g => g.Key, g => g.Count, StringComparer.Ordinal);
}
