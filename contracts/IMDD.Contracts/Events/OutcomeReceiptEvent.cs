using IMDD.Contracts.CloudEvents;
using IMDD.Contracts.Identity;

namespace IMDD.Contracts.Events;

/// <summary>Makes the message of <c>outcome/{camera}</c>.</summary>
public static class OutcomeReceiptEvent
{
    /// <summary>The receipt of an outcome, made once the outcome is durable.</summary>
    /// <exception cref="ArgumentException">The outcome's id is not the frame's, or the verdict is unknown.</exception>
    public static CloudEvent Create(CameraPath camera, OutcomeReceipt receipt, EventContext context)
    {
        var outcomeId = EventId.ForOutcome(camera, receipt.FrameId);
        EventGuard.That(receipt.OutcomeId == outcomeId, $"OutcomeId is '{receipt.OutcomeId}': expected '{outcomeId}', the frame's.", nameof(receipt.OutcomeId));
        EventGuard.That(receipt.Verdict != Verdict.Unknown, "Verdict is unknown: expected pass, fail or undecided.", nameof(receipt.Verdict));
        return new EventBuilder(EventTypes.OutcomeReceipt, context)
            .Key(camera.ToString())
            .Set(CloudEventAttributes.CausationId, receipt.FrameId)
            .BuildJson(EventId.ForReceipt(outcomeId), EventBuilder.Subject(camera, receipt.PartId), receipt);
    }
}
