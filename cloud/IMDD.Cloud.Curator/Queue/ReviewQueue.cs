using IMDD.Cloud.Curator.Blind;
using IMDD.Cloud.Curator.Labels;
using IMDD.Cloud.Curator.State;
using IMDD.Contracts.Events;
using IMDD.Contracts.Identity;
using IMDD.Contracts.Review;
using IMDD.Relational;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace IMDD.Cloud.Curator.Queue;

/// <summary>
/// Who looks at what. A frame is leased to one holder at a time: taking it is one statement that the database serialises, so that two
/// browsers never get the same frame, and a browser that is closed gives it back when its lease ends.
/// </summary>
internal sealed class ReviewQueue(IDbContextFactory<CuratorDbContext> contexts, IOptions<CuratorOptions> options, TimeProvider time)
{
    /// <summary>The name a lease is held under.</summary>
    public static string HolderOf(ReviewRequest request) => $"{request.RaterId}/{request.Holder}";

    /// <summary>What the holder has already, or else the most informative frame that is free and that the rater has not judged; null where there is none.</summary>
    public ReviewFrame? Next(ReviewRequest request)
    {
        using var context = contexts.CreateDbContext();
        var now = time.GetUtcNow();
        var holder = HolderOf(request);
        if (context.Frames.AsNoTracking().Where(f => f.LeaseHolder == holder && f.LeaseUntil > now && f.Data != null).Select(f => f.OutcomeId).FirstOrDefault() is { } own)
        {
            return Lease(context, own, request);
        }

        using var transaction = context.Database.BeginTransaction();

        // A row that another transaction is taking is passed over rather than waited for, and found taken.
        var passOver = context.Database.IsNpgsql() ? "FOR UPDATE SKIP LOCKED" : "";
        var taken = Sql.Query(
            context,
            $$"""
            UPDATE frames SET lease_holder = {0}, lease_until_us = {1}
            WHERE outcome_id = (
                SELECT f.outcome_id FROM frames f
                WHERE f.waiting = {2} AND NOT {{FrameGroups.IsMerged}} AND (f.lease_until_us IS NULL OR f.lease_until_us <= {3})
                    AND NOT EXISTS (SELECT 1 FROM labels l WHERE l.digest = f.digest AND l.rater = {4} AND l.standing = {2})
                    AND (NOT f.blind_only OR NOT EXISTS (SELECT 1 FROM looks k WHERE k.outcome_id = f.outcome_id AND k.rater = {4} AND NOT k.blind))
                    AND NOT EXISTS (SELECT 1 FROM skips s WHERE s.outcome_id = f.outcome_id AND s.rater = {4} AND s.until_us > {3})
                ORDER BY f.priority DESC, f.time_us DESC, f.outcome_id
                LIMIT 1 {{passOver}})
            RETURNING outcome_id
            """,
            [holder, Timestamp.ToMicroseconds(now + options.Value.LeaseTime), true, Timestamp.ToMicroseconds(now), request.RaterId]);
        if (taken.Count == 0)
        {
            return null;
        }

        var frame = Show(context, (string)taken[0][0]!, request.RaterId);
        transaction.Commit();
        return frame;
    }

    /// <summary>One frame by its outcome or its picture, judged or not; null where somebody else has it, and then until when.</summary>
    public (ReviewFrame? Frame, DateTimeOffset? HeldUntil) Lease(string name, ReviewRequest request)
    {
        using var context = contexts.CreateDbContext();
        var outcomeId = Resolve(context, name);
        if (Lease(context, outcomeId, request) is { } frame)
        {
            return (frame, null);
        }

        return (null, context.Frames.AsNoTracking().Where(f => f.OutcomeId == outcomeId && f.Data != null).Select(f => f.LeaseUntil).FirstOrDefault());
    }

    /// <summary>Gives a frame back; true when the holder had it.</summary>
    public bool Skip(string outcomeId, ReviewRequest request)
    {
        using var context = contexts.CreateDbContext();
        using var transaction = context.Database.BeginTransaction();
        var until = Timestamp.ToMicroseconds(time.GetUtcNow() + options.Value.SkipTime);
        var released = Sql.Execute(
            context,
            "UPDATE frames SET lease_holder = NULL, lease_until_us = NULL WHERE outcome_id = {0} AND lease_holder = {1}",
            [outcomeId, HolderOf(request)]) == 1;
        if (released)
        {
            Sql.Execute(
                context,
                "INSERT INTO skips (rater, outcome_id, until_us) VALUES ({0}, {1}, {2}) ON CONFLICT (rater, outcome_id) DO UPDATE SET until_us = excluded.until_us",
                [request.RaterId, outcomeId, until]);
        }

        transaction.Commit();
        return released;
    }

    /// <summary>Frames that wait, in the order in which they are given out.</summary>
    public async Task<IReadOnlyList<ReviewFrame>> WaitingAsync(int limit, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var rows = await FrameGroups.Waiting(context)
            .OrderByDescending(f => f.Priority).ThenByDescending(f => f.Time).ThenBy(f => f.OutcomeId)
            .Take(limit).ToListAsync(cancellationToken);
        var sizes = FrameGroups.Sizes(context, rows.ConvertAll(row => row.OutcomeId));
        return rows.ConvertAll(row => Open(context, row, FrameMapping.ToFrame(row) with { Alike = sizes.GetValueOrDefault(row.OutcomeId) }));
    }

    /// <summary>Frames that one stands for, the newest first; null where it is not known.</summary>
    /// <param name="name">Its outcome or its picture.</param>
    /// <param name="limit">Most frames.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<IReadOnlyList<ReviewFrame>?> AlikeAsync(string name, int limit, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var outcomeId = Resolve(context, name);
        if (!await context.Frames.AnyAsync(f => f.OutcomeId == outcomeId && f.Data != null, cancellationToken))
        {
            return null;
        }

        var rows = await FrameGroups.Merged(context).Where(f => f.MergedInto == outcomeId && f.Data != null)
            .OrderByDescending(f => f.Time).ThenBy(f => f.OutcomeId).Take(limit).ToListAsync(cancellationToken);
        return rows.ConvertAll(row => Open(context, row, FrameMapping.ToFrame(row) with { MergedInto = outcomeId }));
    }

    /// <summary>One frame by its outcome or its picture, or null.</summary>
    /// <param name="name">Its outcome or its picture.</param>
    /// <param name="asker">Who asks; whoever has it before them with the prediction is given that here too.</param>
    public ReviewFrame? Find(string name, ReviewRequest? asker = null)
    {
        using var context = contexts.CreateDbContext();
        var outcomeId = Resolve(context, name);
        if (context.Frames.AsNoTracking().SingleOrDefault(f => f.OutcomeId == outcomeId && f.Data != null) is not { } row)
        {
            return null;
        }

        var holds = asker is not null && row.LeaseUntil > time.GetUtcNow() && row.LeaseHolder == HolderOf(asker) && Looks.IsSighted(context, row, asker.RaterId);
        return holds ? Whole(context, row) : Open(context, row, Whole(context, row));
    }

    public async Task<IReadOnlyList<VocabularyTerm>> VocabularyAsync(CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var rows = await context.Terms.AsNoTracking().OrderByDescending(t => t.Uses).ThenBy(t => t.Class).ToListAsync(cancellationToken);
        return rows.ConvertAll(row => new VocabularyTerm(row.Class, row.Proposed, row.Uses, row.ProposedBy));
    }

    public async Task<ReviewSummary> SummaryAsync(CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var now = time.GetUtcNow();
        return new ReviewSummary
        {
            Waiting = await FrameGroups.Waiting(context).LongCountAsync(cancellationToken),
            WaitingBlind = await FrameGroups.Waiting(context).LongCountAsync(f => f.BlindOnly, cancellationToken),
            Merged = await FrameGroups.Merged(context).LongCountAsync(cancellationToken),
            Leased = await context.Frames.LongCountAsync(f => f.LeaseUntil > now, cancellationToken),
            ByState = await context.Frames.Where(f => f.Revision > 0).GroupBy(f => f.State)
                .Select(g => new { g.Key, Count = g.LongCount() }).ToDictionaryAsync(g => g.Key, g => g.Count, StringComparer.Ordinal, cancellationToken),
            ByRater = await context.Labels.Where(l => l.Standing).GroupBy(l => l.Rater)
                .Select(g => new { g.Key, Count = g.LongCount() }).ToDictionaryAsync(g => g.Key, g => g.Count, StringComparer.Ordinal, cancellationToken),
            Policy = ConsensusRule.NameOf(options.Value.Policy),
        };
    }

    /// <summary>What was said of a frame's picture, the newest first; null where it is not known.</summary>
    /// <param name="name">Its outcome or its picture.</param>
    /// <param name="limit">Most words.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<IReadOnlyList<FrameLabel>?> LabelsAsync(string name, int limit, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var outcomeId = Resolve(context, name);
        if (await context.Frames.AsNoTracking().Where(f => f.OutcomeId == outcomeId).Select(f => new { f.Digest, f.BlindLook }).SingleOrDefaultAsync(cancellationToken) is not { } frame)
        {
            return null;
        }

        if (BlindRule.IsHeldBack(frame.BlindLook))
        {
            return [];
        }

        var rows = await context.Labels.AsNoTracking().Where(l => l.Digest == frame.Digest).OrderByDescending(l => l.Sequence).Take(limit).ToListAsync(cancellationToken);
        return rows.ConvertAll(row => new FrameLabel(ImddJsonText.Read<ExampleLabel>(row.Data), row.Time, row.Standing));
    }

    /// <summary>A picture that was taken twice is in the queue under its first outcome: whoever has another finds it by its digest.</summary>
    private static string Resolve(CuratorDbContext context, string name) => ContentDigest.IsValid(name)
        ? context.Frames.AsNoTracking().Where(f => f.Digest == name).Select(f => f.OutcomeId).FirstOrDefault() ?? name
        : name;

    /// <summary>Everything that is known of a frame.</summary>
    private static ReviewFrame Whole(CuratorDbContext context, FrameRow row) => FrameMapping.ToFrame(row) with
    {
        Alike = FrameGroups.Sizes(context, [row.OutcomeId]).GetValueOrDefault(row.OutcomeId),
        MergedInto = FrameGroups.Merged(context).Where(f => f.OutcomeId == row.OutcomeId).Select(f => f.MergedInto).SingleOrDefault(),
    };

    /// <summary>What anybody may know of a frame. What looks the same was decided upon in the same way, so that it would tell.</summary>
    private static ReviewFrame Open(CuratorDbContext context, FrameRow row, ReviewFrame frame)
        => BlindRule.IsHeldBack(row.BlindLook)
            || (row.MergedInto is not null && context.Frames.AsNoTracking().Any(f => f.OutcomeId == row.MergedInto && (f.BlindLook == BlindLook.Drawn || f.BlindLook == BlindLook.Owed)))
            ? BlindRule.HoldBack(frame)
            : frame;

    /// <summary>The frame as it is put before a rater who has its lease, which is noted.</summary>
    private static ReviewFrame Show(CuratorDbContext context, string outcomeId, string rater)
    {
        var row = context.Frames.AsNoTracking().Single(f => f.OutcomeId == outcomeId);
        var frame = Whole(context, row) with { LeasedUntil = row.LeaseUntil };
        return Looks.Begin(context, row, rater) ? BlindRule.HoldBack(frame) : frame;
    }

    /// <summary>Takes or renews a lease, and gives up any other that the holder has: a browser shows one frame.</summary>
    private ReviewFrame? Lease(CuratorDbContext context, string outcomeId, ReviewRequest request)
    {
        using var transaction = context.Database.BeginTransaction();
        var (now, holder) = (time.GetUtcNow(), HolderOf(request));
        var leased = Sql.Execute(
            context,
            """
            UPDATE frames SET lease_holder = {0}, lease_until_us = {1}
            WHERE outcome_id = {2} AND data IS NOT NULL AND (lease_until_us IS NULL OR lease_until_us <= {3} OR lease_holder = {0})
            """,
            [holder, Timestamp.ToMicroseconds(now + options.Value.LeaseTime), outcomeId, Timestamp.ToMicroseconds(now)]) == 1;
        if (!leased)
        {
            return null;
        }

        Sql.Execute(
            context, "UPDATE frames SET lease_holder = NULL, lease_until_us = NULL WHERE lease_holder = {0} AND outcome_id <> {1}", [holder, outcomeId]);
        var frame = Show(context, outcomeId, request.RaterId);
        transaction.Commit();
        return frame;
    }
}
