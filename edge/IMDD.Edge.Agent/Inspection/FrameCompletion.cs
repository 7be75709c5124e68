using IMDD.Contracts.Events;
using IMDD.Edge.Agent.DeadLetters;
using IMDD.Edge.Agent.Examples;
using IMDD.Edge.Agent.Faults;
using IMDD.Edge.Agent.Intake;
using IMDD.Edge.Agent.Outcomes;
using IMDD.Edge.Agent.Publishing;
using IMDD.Edge.Agent.Telemetry;

namespace IMDD.Edge.Agent.Inspection;

/// <summary>
/// The end of every frame: its outcome is built, put in the camera's order, stored; when it is durable, and not before, the frame is
/// acknowledged and the receipt sent.
/// </summary>
internal sealed class FrameCompletion(
    OutcomeBuilder builder,
    OutcomeStore store,
    AttemptJournal journal,
    InFlightFrames inFlight,
    DeadLetterFolder deadLetters,
    ReceiptPublisher receipts,
    HardExamples examples,
    AgentTelemetry telemetry,
    TimeProvider time,
    CrashPoints crashPoints)
{
    /// <summary>Ends a frame that cannot be used: undecided with a reason, and a copy in the dead-letter folder.</summary>
    public void Refuse(FrameInFlight frame, string reason, string detail)
    {
        deadLetters.Keep(frame, reason, detail);
        frame.Line.Watch.Usable(detail);
        Complete(frame, Decision.Undecided(reason, detail));
    }

    /// <summary>Ends a frame.</summary>
    public void Complete(FrameInFlight frame, Decision decision)
    {
        Prepare(frame, decision);
        HandIn(frame);
    }

    /// <summary>Ends the decided frames of a batch, together: so that they are made durable together.</summary>
    public void Complete(IReadOnlyList<FrameInFlight> batch)
    {
        foreach (var frame in batch)
        {
            crashPoints.Pass(CrashPoint.AfterInspect);
            Prepare(frame, frame.Decision!);
        }

        foreach (var frame in batch)
        {
            HandIn(frame);
        }
    }

    /// <summary>The next outcome of a camera in the order of its frames.</summary>
    public void Store(FrameInFlight frame)
        => store.Writer.Enqueue(new AppendOutcome(frame.Draft!, crashPoints, _ => Durable(frame)));

    private void Prepare(FrameInFlight frame, Decision decision)
    {
        frame.Decision = decision;
        if (decision.ImageScore is not null)
        {
            frame.Line.Watch.Usable(null);
        }

        // What comes late, after an outage, is late by any recipe.
        if (frame.Recipe is { } recipe && !frame.Header.Simulated && time.GetUtcNow() - frame.Happened <= EventContext.HistoricalAfter)
        {
            frame.Line.Group.Recipes.Judged(recipe, decision);
        }

        Build(frame);
        telemetry.Decided(frame.Line.Key, frame.Decision);
    }

    private static void HandIn(FrameInFlight frame) => frame.Line.Order.Complete(frame.Ticket, frame);

    /// <summary>
    /// What a camera or a model says can be read and still make no event. Such a frame must not hold its camera's order up, nor be inspected
    /// over and over: it ends without those words.
    /// </summary>
    private void Build(FrameInFlight frame)
    {
        try
        {
            frame.Draft = builder.Build(frame, frame.Decision!);
        }
        catch (Exception e) when (e is ArgumentException or FormatException or EventTooLargeException)
        {
            deadLetters.Keep(frame, UndecidedReason.Malformed, e.Message);
            frame.Decision = Decision.Undecided(UndecidedReason.Malformed, e.Message);
            frame.Header = frame.Header.Bare();
            frame.Example = null;
            frame.Draft = builder.Build(frame, frame.Decision);
        }
    }

    private void Durable(FrameInFlight frame)
    {
        crashPoints.Pass(CrashPoint.BeforeAck);
        inFlight.Leave(frame);
        AgentTelemetry.Durable(frame, time.GetElapsedTime(frame.ReceivedTimestamp));
        crashPoints.Pass(CrashPoint.AfterAck);
        examples.Durable(frame);
        if (frame.IsInJournal)
        {
            journal.End(frame.OutcomeId);
        }

        receipts.Send(frame.Line.Path, new OutcomeReceipt
        {
            FrameId = frame.Header.FrameId,
            OutcomeId = frame.OutcomeId,
            Verdict = frame.Draft!.Verdict,
            Reason = frame.Draft.Reason,
            DeadlineMet = frame.Draft.DeadlineMet,
            PartId = frame.Header.PartId,
        }, frame.Happened);
    }
}
