using IMDD.Contracts.Events;
using IMDD.Edge.Agent.Evidence;
using IMDD.Edge.Agent.Intake;
using IMDD.Edge.Agent.Outcomes;

namespace IMDD.Edge.Agent.Inspection;

/// <summary>Makes the events of a decided frame.</summary>
internal sealed class OutcomeBuilder(AgentIdentity identity, EvidenceSpool spool, TimeProvider time)
{
    /// <summary>A camera's time further from the agent's than this is not believed.</summary>
    public static readonly TimeSpan BelievableOffset = TimeSpan.FromMinutes(10);

    /// <summary>The outcome, and of a fail the defect, its evidence in the spool as far as the budget allows.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="decision">What was decided.</param>
    public OutcomeDraft Build(FrameInFlight frame, Decision decision)
    {
        var now = time.GetUtcNow();
        var header = frame.Header;
        EventContext context = new()
        {
            Source = identity.Source,
            Time = header.Time ?? frame.ReceivedAt,
            RecordedTime = now,
            TraceParent = header.TraceParent ?? frame.Span?.Id,
            TraceState = header.TraceState,
        };
        var outcome = Outcome(frame, decision, now);
        OutcomeDraft draft = new()
        {
            OutcomeId = frame.OutcomeId,
            CameraKey = frame.Line.Key,
            Verdict = decision.Verdict,
            Reason = decision.Reason,
            DeadlineMet = outcome.DeadlineMet,
            Happened = frame.Happened,
            Outcome = new PreparedRecord(OutcomeEvent.Create(outcome, context), frame.Span?.Id),
            BootId = header.BootId,
            Sequence = header.Sequence,
        };
        return decision.Verdict == Verdict.Fail ? WithDefect(draft, Defect(outcome, frame, decision), frame, context) : draft;
    }

    private OutcomeDraft WithDefect(OutcomeDraft draft, DefectDetected whole, FrameInFlight frame, EventContext context)
    {
        var moved = DefectEventBudget.MasksToMove(whole);
        var slim = DefectEventBudget.WithoutMasks(whole, moved);
        var evidence = spool.TryKeep(frame, Masks(whole, moved, slim.Regions.Count));
        try
        {
            // Without a place for them, as many masks as fit stay in the event.
            var defect = evidence is null ? DefectEventBudget.Fit(whole) : slim;
            return draft with
            {
                Defect = new PreparedRecord(DefectEvent.Create(defect, context), frame.Span?.Id),
                FrameStored = evidence is null ? null : new FrameStored { FrameId = defect.FrameId, OutcomeId = defect.OutcomeId, Frame = defect.Frame },
                Evidence = evidence,
            };
        }
        catch
        {
            if (evidence is not null)
            {
                spool.Forget(evidence);
            }

            throw;
        }
    }

    private static List<(int Region, byte[] Content)> Masks(DefectDetected defect, IReadOnlyList<int> moved, int regions)
        => [.. moved.Where(i => i < regions).Select(i => (i, ImddJson.Serialize(defect.Regions[i].MaskRle!)))];

    private InspectionOutcome Outcome(FrameInFlight frame, Decision decision, DateTimeOffset now)
    {
        var header = frame.Header;
        var recipe = frame.Recipe ??= frame.Line.Group.Recipes.Current;
        return new InspectionOutcome
        {
            FrameId = header.FrameId,
            IdDerived = header.IdDerived,
            InspectionId = header.InspectionId ?? header.FrameId,
            CameraId = frame.Line.Path.Camera,
            AssetPath = frame.Line.Path.Asset.ToString(),
            PartId = header.PartId,
            LotId = header.LotId,
            RecipeId = recipe.Recipe.Id,
            RecipeDigest = recipe.Digest,
            ConfigDigest = frame.Line.ConfigDigest,
            Simulated = header.Simulated,
            ResultState = decision.Verdict == Verdict.Undecided && decision.Reason != UndecidedReason.Uncertain ? ResultState.Aborted : ResultState.Completed,
            Verdict = decision.Verdict,
            Reason = decision.Reason,
            ReasonDetail = decision.Detail,
            DeadlineMet = !recipe.IsLate(frame, now),
            ImageScore = decision.ImageScore,
            Defects = Count(decision.Regions),
            Model = decision.Model,
            Timing = new InspectionTiming
            {
                CaptureToReceiveMs = header.Time is { } exposure ? Milliseconds((frame.ReceivedAt - exposure).TotalMilliseconds) : null,
                QueueMs = Milliseconds(frame.QueueMs),
                PreprocessMs = Milliseconds(frame.PreprocessMs),
                InferenceMs = Milliseconds(frame.InferenceMs),
                PostprocessMs = Milliseconds(frame.PostprocessMs),
                TotalMs = Milliseconds(time.GetElapsedTime(frame.ReceivedTimestamp).TotalMilliseconds),
            },
            Frame = frame.Digest is { } digest
                ? new FrameReference
                {
                    Digest = digest,
                    SizeBytes = frame.Payload.Length,
                    Width = frame.Width,
                    Height = frame.Height,
                    ContentType = header.ContentType,
                }
                : null,
            Clock = header.Clock,
            WindowTime = IsClockKnown(header.Clock) && header.Time is { } said && (said - now).Duration() <= BelievableOffset
                ? WindowTimeSource.Time
                : WindowTimeSource.RecordedTime,
        };
    }

    private static DefectDetected Defect(InspectionOutcome outcome, FrameInFlight frame, Decision decision) => new()
    {
        FrameId = outcome.FrameId,
        OutcomeId = frame.OutcomeId,
        InspectionId = outcome.InspectionId,
        CameraId = outcome.CameraId,
        AssetPath = outcome.AssetPath,
        PartId = outcome.PartId,
        LotId = outcome.LotId,
        RecipeId = outcome.RecipeId,
        RecipeDigest = outcome.RecipeDigest,
        Verdict = outcome.Verdict,
        Simulated = outcome.Simulated,
        DeadlineMet = outcome.DeadlineMet,
        ImageScore = outcome.ImageScore,
        Model = outcome.Model!,
        Regions = decision.Regions,
        RegionsOmitted = decision.RegionsOmitted,
        Timing = outcome.Timing,
        Frame = outcome.Frame!,
    };

    private static List<DefectCount> Count(IReadOnlyList<DefectRegion> regions)
    {
        List<DefectCount> counts = [];
        foreach (var region in regions)
        {
            var known = counts.FindIndex(c => c.Class == region.Class && c.Severity == region.Severity);
            if (known < 0)
            {
                counts.Add(new DefectCount(region.Class, region.Severity, 1));
            }
            else
            {
                counts[known] = counts[known] with { Count = counts[known].Count + 1 };
            }
        }

        return counts;
    }

    private static bool IsClockKnown(ClockQuality? clock) => clock is { Source: "ptp" or "ntp" };

    /// <summary>Microseconds are more than the clock can tell; further digits would only fill the event.</summary>
    private static double Milliseconds(double value) => Math.Round(value, 3);
}
