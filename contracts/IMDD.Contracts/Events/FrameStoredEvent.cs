using IMDD.Contracts.CloudEvents;
using IMDD.Contracts.Identity;

namespace IMDD.Contracts.Events;

/// <summary>Makes the event of <c>imdd.frame.stored.v1</c>.</summary>
public static class FrameStoredEvent
{
    /// <summary>The event that names a frame's blob after its defect event went out without.</summary>
    /// <exception cref="ArgumentException">No URI, or the outcome or digest is not the frame's.</exception>
    public static CloudEvent Create(CameraPath camera, FrameStored stored, EventContext context)
    {
        var outcomeId = EventId.ForOutcome(camera, stored.FrameId);
        EventGuard.That(stored.OutcomeId == outcomeId, $"OutcomeId is '{stored.OutcomeId}': expected '{outcomeId}', the frame's.", nameof(stored.OutcomeId));
        EventGuard.NotEmpty(stored.Frame.Uri, "Frame.Uri");
        EventGuard.Digest(stored.Frame.Digest, "Frame.Digest");
        return new EventBuilder(EventTypes.FrameStored, context)
            .Key(camera.ToString())
            .Set(CloudEventAttributes.CausationId, stored.FrameId)
            .Set(CloudEventAttributes.FrameDigest, stored.Frame.Digest)
            .BuildJson(EventId.ForFrameStored(outcomeId), camera.Camera, stored);
    }
}
