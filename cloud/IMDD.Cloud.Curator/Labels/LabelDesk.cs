using IMDD.Cloud.Curator.Blind;
using IMDD.Cloud.Curator.Queue;
using IMDD.Cloud.Curator.State;
using IMDD.Contracts.Audit;
using IMDD.Contracts.Events;
using IMDD.Contracts.Identity;
using IMDD.Contracts.Review;
using IMDD.Contracts.Topics;
using IMDD.Relational;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using EventId = IMDD.Contracts.Identity.EventId;

namespace IMDD.Cloud.Curator.Labels;

/// <summary>
/// Takes what people say. A word, what it makes of the consensus, and both events stand in one transaction, under the lock of the frame's row:
/// a crash loses nothing, and what is published twice has the same id.
/// </summary>
internal sealed class LabelDesk(
    IDbContextFactory<CuratorDbContext> contexts,
    MaskBlobs masks,
    InstanceIdentity instance,
    CuratorTelemetry telemetry,
    IOptions<CuratorOptions> options,
    TimeProvider time,
    ILogger<LabelDesk> logger)
{
    private readonly EventSource _source = EventSource.Service("curator", instance.Name);

    /// <summary>Takes a verdict; the same one sent again changes nothing.</summary>
    public async Task<LabelOutcome> LabelAsync(string outcomeId, LabelRequest request, CancellationToken cancellationToken)
    {
        // Again where the frame was put before this rater in another way meanwhile, in another of their tabs.
        LabelOutcome? outcome;
        while ((outcome = await TryLabelAsync(outcomeId, request, cancellationToken)) is null)
        {
        }

        return outcome;
    }

    private async Task<LabelOutcome?> TryLabelAsync(string outcomeId, LabelRequest request, CancellationToken cancellationToken)
    {
        if (Read(outcomeId, request.RaterId) is not var (frame, blind))
        {
            return new LabelOutcome.Unknown();
        }

        LabelProblems problems = new();
        if (LabelRules.Read(frame, request, blind, problems) is not { } word)
        {
            return new LabelOutcome.Invalid(problems.Errors);
        }

        ExampleLabel label = new()
        {
            Frame = frame.Frame,
            RaterId = request.RaterId,
            Revision = 1,
            CameraId = frame.CameraId,
            AssetPath = frame.AssetPath,
            FrameId = frame.FrameId,
            OutcomeId = frame.OutcomeId,
            Judgement = blind && word.Verdict == Verdict.Pass && frame.Verdict == Verdict.Pass ? LabelJudgement.Confirmed : request.Judgement,
            Verdict = word.Verdict,
            Regions = await masks.FitAsync(word.Regions, cancellationToken),
            Model = blind ? null : frame.Model,
            Blind = blind,
            Comment = string.IsNullOrWhiteSpace(request.Comment) ? null : request.Comment.Trim(),
        };
        try
        {
            return Commit(label, frame.Verdict, request);
        }
        catch (EventTooLargeException e)
        {
            return new LabelOutcome.Invalid(new Dictionary<string, string[]>(StringComparer.Ordinal) { ["drawn"] = [e.Message] });
        }
    }

    /// <summary>Takes back the last word of a rater that stands; the outcome it was about, or null where there is none.</summary>
    public string? Undo(string rater)
    {
        using var context = contexts.CreateDbContext();
        using var transaction = context.Database.BeginTransaction();
        var last = context.Labels.AsNoTracking().Where(l => l.Rater == rater && l.Standing).OrderByDescending(l => l.Sequence).FirstOrDefault();
        if (last is null || Lock(context, last.OutcomeId) is not { } row)
        {
            return null;
        }

        // Under the lock: another tab of the same person may just have done it.
        if (context.Labels.SingleOrDefault(l => l.Sequence == last.Sequence && l.Standing) is not { } standing)
        {
            return null;
        }

        var label = ImddJsonText.Read<ExampleLabel>(standing.Data);
        standing.Standing = false;
        Vocabulary.Release(context, label);
        var withdrawn = label with
        {
            Revision = standing.Revision + 1,
            Judgement = LabelJudgement.Withdrawn,
            Verdict = Verdict.Undecided,
            Regions = [],
            Comment = null,
        };
        Write(context, withdrawn, FrameMapping.ToFrame(row).Verdict, stands: false);
        context.SaveChanges();
        Conclude(context, row, withdrawn);
        context.SaveChanges();
        transaction.Commit();
        telemetry.Labelled(LabelJudgement.Withdrawn);
        Log.Labelled(logger, rater, LabelJudgement.Withdrawn, row.Digest, row.State);
        return row.OutcomeId;
    }

    private (ReviewFrame Frame, bool Blind)? Read(string outcomeId, string rater)
    {
        using var context = contexts.CreateDbContext();
        return context.Frames.AsNoTracking().SingleOrDefault(f => f.OutcomeId == outcomeId && f.Data != null) is { } row
            ? (FrameMapping.ToFrame(row), Looks.IsBlind(context, row, rater))
            : null;
    }

    /// <summary>Null where it was read as blind and is not any more, or the other way round.</summary>
    private LabelOutcome? Commit(ExampleLabel label, Verdict outcome, LabelRequest request)
    {
        using var context = contexts.CreateDbContext();
        using var transaction = context.Database.BeginTransaction();
        if (Lock(context, label.OutcomeId!) is not { } row)
        {
            return new LabelOutcome.Unknown();
        }

        if (row.LeaseUntil is { } until && until > time.GetUtcNow() && row.LeaseHolder != ReviewQueue.HolderOf(request))
        {
            return new LabelOutcome.Held(until);
        }

        if (Looks.IsBlind(context, row, label.RaterId) != label.Blind)
        {
            return null;
        }

        var earlier = context.Labels.Where(l => l.Digest == row.Digest && l.Rater == label.RaterId).ToList();
        var standing = earlier.Find(l => l.Standing);
        label = label with { Revision = earlier.Count == 0 ? 1 : earlier.Max(l => l.Revision) + 1 };
        if (standing is not null && standing.Data == ImddJsonText.Write(label with { Revision = standing.Revision }))
        {
            return new LabelOutcome.Taken(new LabelReceipt(
                EventId.ForLabel(row.Digest, label.RaterId, standing.Revision), row.Digest, standing.Revision, row.State, []));
        }

        var proposed = Vocabulary.Use(context, label);
        if (standing is not null)
        {
            standing.Standing = false;
            Vocabulary.Release(context, ImddJsonText.Read<ExampleLabel>(standing.Data));
        }

        Looks.Note(context, row, label.RaterId, label.Blind);
        var first = context.Labels.AsNoTracking().Where(l => l.Digest == row.Digest && l.Standing && !l.Blind && l.Rater != label.RaterId)
            .OrderBy(l => l.Sequence).Select(l => l.Verdict).FirstOrDefault();
        var id = Write(context, label, outcome, stands: true);
        (row.LeaseHolder, row.LeaseUntil) = (null, null);
        context.SaveChanges();
        Conclude(context, row, label);
        context.SaveChanges();
        transaction.Commit();
        telemetry.Labelled(label.Judgement);
        if (label.Blind)
        {
            telemetry.LookedBlind(ofLabel: first is not null, flipped: WordOf(label.Verdict) != (first ?? WordOf(outcome)));
        }

        Log.Labelled(logger, label.RaterId, label.Judgement, row.Digest, row.State);
        foreach (var term in proposed)
        {
            Log.TermProposed(logger, term, label.RaterId);
        }

        return new LabelOutcome.Taken(new LabelReceipt(id, row.Digest, label.Revision, row.State, proposed));
    }

    private FrameRow? Lock(CuratorDbContext context, string outcomeId)
    {
        Sql.Execute(context, "UPDATE frames SET changed_us = {0} WHERE outcome_id = {1}", [Timestamp.ToMicroseconds(time.GetUtcNow()), outcomeId]);
        return context.Frames.SingleOrDefault(f => f.OutcomeId == outcomeId && f.Data != null);
    }

    /// <summary>Adds the word and its event; the event's id.</summary>
    private string Write(CuratorDbContext context, ExampleLabel label, Verdict outcome, bool stands)
    {
        var now = time.GetUtcNow();
        context.Labels.Add(new LabelRow
        {
            Digest = label.Frame.Digest,
            OutcomeId = label.OutcomeId!,
            Rater = label.RaterId,
            Revision = label.Revision,
            Judgement = label.Judgement,
            Verdict = WordOf(label.Verdict),
            Names = RegionOverlap.NamesOf(label),
            Blind = label.Blind,
            Outcome = WordOf(outcome),
            Data = ImddJsonText.Write(label),
            Standing = stands,
            Time = now,
        });
        var said = ExampleLabelEvent.Create(label, Context(now));
        Outbox.Add(context, KafkaTopics.Labelled, said, now);
        AuditLog.Append(
            context, label.RaterId, label.Judgement == LabelJudgement.Withdrawn ? AuditAction.Withdraw : AuditAction.Label, label.Frame.Digest, AuditOutcome.Done,
            $"{label.Judgement} {RegionOverlap.NamesOf(label)}".TrimEnd(), now);
        return said.Id;
    }

    /// <summary>What all standing words amount to now; published where it has changed.</summary>
    private void Conclude(CuratorDbContext context, FrameRow row, ExampleLabel last)
    {
        var policy = options.Value.Policy;
        var labels = context.Labels.AsNoTracking().Where(l => l.Digest == row.Digest && l.Standing).OrderBy(l => l.Sequence).Select(l => l.Data).ToList()
            .ConvertAll(ImddJsonText.Read<ExampleLabel>);
        var (state, word) = ConsensusRule.Judge(policy, labels, options.Value.AgreementIou);
        row.State = state;
        row.Labels = labels.Count;
        var frame = FrameMapping.ToFrame(row);
        row.BlindLook = BlindRule.Next(row.BlindLook, frame.Verdict, labels.Count, labels.Exists(l => l.Blind));
        row.Wait(last.Frame.Uri is not null, ConsensusRule.WantsMore(state, labels.Count));
        ExampleConsensus consensus = new()
        {
            Frame = last.Frame,
            Revision = Math.Max(1, row.Revision),
            CameraId = last.CameraId,
            AssetPath = last.AssetPath,
            OutcomeId = last.OutcomeId,
            State = state,
            Verdict = word?.Verdict ?? Verdict.Undecided,
            Regions = word?.Regions ?? [],
            Labels = [.. labels.Select(label => new LabelReference(label.RaterId, label.Revision))],
            Policy = ConsensusRule.NameOf(ConsensusRule.Effective(policy, labels)),
        };
        if (row.Consensus == ImddJsonText.Write(consensus))
        {
            return;
        }

        row.Revision++;
        consensus = consensus with { Revision = row.Revision };
        row.Consensus = ImddJsonText.Write(consensus);
        var now = time.GetUtcNow();
        Outbox.Add(context, KafkaTopics.Consensus, ExampleConsensusEvent.Create(consensus, Context(now)), now);
        if (state == ConsensusState.Agreed && !row.Overruled && frame.Frame.Uri is not null && OverruleRule.IsOverruled(frame, consensus.Verdict, consensus.Regions))
        {
            row.Overruled = true;
            Outbox.Add(context, KafkaTopics.HardExample, HardExampleEvent.Create(OverruleRule.Example(frame), Context(now) with { Time = frame.Time }), now);
        }
    }

    private static string WordOf(Verdict verdict) => verdict == Verdict.Fail ? "fail" : verdict == Verdict.Pass ? "pass" : "undecided";

    private EventContext Context(DateTimeOffset now) => new() { Source = _source, Time = now, RecordedTime = now };
}
