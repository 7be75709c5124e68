using IMDD.Contracts.Events;
using IMDD.Contracts.Topics;
using IMDD.Edge.Agent.DeadLetters;
using IMDD.Edge.Agent.Faults;
using IMDD.Edge.Agent.Inspection;
using IMDD.Edge.Agent.Outcomes;
using IMDD.Edge.Agent.Publishing;
using IMDD.Edge.Agent.Telemetry;
using IMDD.Messaging.Mqtt;
using IMDD.Messaging.Telemetry;

namespace IMDD.Edge.Agent.Intake;

/// <summary>
/// Takes a message in: reads it, finds out whether its frame is known, and passes it on or ends it. Waits where the store or the camera's
/// queue has no room; the broker then holds the rest.
/// </summary>
internal sealed class FrameIntake(
    AgentOptions options,
    CameraLines lines,
    InFlightFrames inFlight,
    OutcomeStore store,
    CameraQueues queues,
    FrameCompletion completion,
    ReceiptPublisher receipts,
    DeadLetterFolder deadLetters,
    CrashPoints crashPoints,
    AgentTelemetry telemetry,
    TimeProvider time,
    ILogger<FrameIntake> logger)
{
    private const string FrameKind = "frame";

    /// <summary>Handles one delivery; the token fires when the agent stops, and then it is left for the broker to deliver again.</summary>
    public async ValueTask HandleAsync(IMqttDelivery delivery, CancellationToken cancellationToken)
    {
        crashPoints.Pass(CrashPoint.AfterReceive);
        var message = delivery.Message;
        if (!MqttTopics.TryParseCamera(message.Topic, FrameKind, out var camera) || lines.Find(camera!) is not { } line)
        {
            deadLetters.Keep(
                new DeadLetter { Reason = "no-camera", Detail = "The topic names no camera, or one too many.", Camera = message.Topic, FrameId = "", ReceivedAt = time.GetUtcNow() },
                default);
            delivery.Acknowledge();
            return;
        }

        var frame = Read(message, line);
        telemetry.Received(line.Key);
        line.Watch.Received();
        if (!inFlight.TryEnter(frame, delivery))
        {
            telemetry.Redelivered(line.Key);
            return;
        }

        try
        {
            await TakeAsync(frame, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            inFlight.Abandon(frame);
        }
    }

    private FrameInFlight Read(MqttIncoming message, CameraLine line)
    {
        var receivedAt = time.GetUtcNow();
        var header = FrameHeaderReader.Read(message, receivedAt, out var payload, out var digest);
        return new FrameInFlight
        {
            Line = line,
            Header = header,
            OutcomeId = EventId.ForOutcome(line.Path, header.FrameId),
            Payload = payload,
            Digest = digest,
            Properties = message.UserProperties,
            ReceivedAt = receivedAt,
            ReceivedTimestamp = message.ReceivedTimestamp,
            Happened = header.Time is { } said && (said - receivedAt).Duration() <= OutcomeBuilder.BelievableOffset ? said : receivedAt,
        };
    }

    private async ValueTask TakeAsync(FrameInFlight frame, CancellationToken cancellationToken)
    {
        var header = frame.Header;
        if (header.BootId is { } bootId && frame.Line.WithGaps(gaps => gaps.Seen(bootId, header.Sequence)) is > 0 and var jump)
        {
            Log.SequenceJumped(logger, frame.Line.Key, header.FrameId, jump);
        }

        if (store.Reader.Find(frame.OutcomeId) is { } known)
        {
            RepeatReceipt(frame, known);
            return;
        }

        frame.Span = MessagingTelemetry.StartProcess(
            frame.Line.Frames, new MessageTrace(header.FrameId, header.TraceParent, header.TraceState), frame.ReceivedAt);
        await store.Admission.WaitAsync(cancellationToken);
        frame.Ticket = frame.Line.Order.Issue();
        if (Refusal(frame) is var (reason, detail))
        {
            completion.Refuse(frame, reason, detail);
        }
        else if (await queues.EnqueueAsync(frame, cancellationToken) is { } skipped)
        {
            completion.Complete(skipped, Decision.Undecided(UndecidedReason.Overload, $"More than {options.QueueCapacity} frames of this camera waited ({skipped.Line.Policy})."));
        }
    }

    /// <summary>The outcome is durable already: the receipt must have been lost.</summary>
    private void RepeatReceipt(FrameInFlight frame, KnownOutcome known)
    {
        telemetry.Redelivered(frame.Line.Key);
        inFlight.Leave(frame);
        receipts.Send(frame.Line.Path, new OutcomeReceipt
        {
            FrameId = frame.Header.FrameId,
            OutcomeId = frame.OutcomeId,
            Verdict = known.Verdict,
            Reason = known.Reason,
            DeadlineMet = known.DeadlineMet,
            PartId = frame.Header.PartId,
        }, frame.Happened);
    }

    private (string Reason, string Detail)? Refusal(FrameInFlight frame)
    {
        var header = frame.Header;
        if (header.Problem is { } problem)
        {
            return (UndecidedReason.Malformed, problem);
        }

        if (frame.Payload.Length > options.MaxFrameBytes)
        {
            return (UndecidedReason.TooLarge, $"The frame has {frame.Payload.Length} bytes: expected at most {options.MaxFrameBytes}.");
        }

        if (frame.Payload.IsEmpty)
        {
            return (UndecidedReason.Corrupt, "The frame has no bytes.");
        }

        if (header.StatedDigest is { } stated && stated != frame.Digest)
        {
            return (UndecidedReason.Corrupt, $"The payload has digest {frame.Digest}: its camera stated {stated}.");
        }

        return IsPicture(header.ContentType) ? null : (UndecidedReason.Unsupported, $"The media type is '{header.ContentType}': expected image/*.");
    }

    private static bool IsPicture(string? contentType)
        => string.IsNullOrEmpty(contentType)
        || contentType.StartsWith("image/", StringComparison.OrdinalIgnoreCase)
        || contentType.Equals("application/octet-stream", StringComparison.OrdinalIgnoreCase);
}
