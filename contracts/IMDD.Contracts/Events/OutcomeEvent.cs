using IMDD.Contracts.CloudEvents;
using IMDD.Contracts.Identity;

namespace IMDD.Contracts.Events;

/// <summary>Makes the event of <c>imdd.inspection.outcome.v1</c>.</summary>
public static class OutcomeEvent
{
    /// <summary>A longer <see cref="InspectionOutcome.ReasonDetail"/> is cut here, characters.</summary>
    public const int MaxReasonDetailLength = 1024;

    /// <summary>
    /// The event of an outcome. Its id is a function of the frame, so that an outcome made twice is counted once; it is caused by the
    /// frame, correlated by the inspection, keyed by the camera.
    /// </summary>
    /// <exception cref="ArgumentException">A field breaks its own rule: verdict unknown, reason without undecided or the reverse, a score
    /// outside 0 to 1, a malformed digest. The message names it.</exception>
    /// <exception cref="FormatException">Asset path, camera or an id cannot be written as an attribute.</exception>
    /// <exception cref="EventTooLargeException">Above 256 KiB.</exception>
    public static CloudEvent Create(InspectionOutcome outcome, EventContext context)
    {
        Check(outcome);
        if (outcome.ReasonDetail is { Length: > MaxReasonDetailLength } detail)
        {
            outcome = outcome with { ReasonDetail = detail[..MaxReasonDetailLength] };
        }

        var camera = new CameraPath(AssetPath.Parse(outcome.AssetPath), outcome.CameraId);
        return new EventBuilder(EventTypes.InspectionOutcome, context)
            .Key(camera.ToString())
            .Set(CloudEventAttributes.CorrelationId, outcome.InspectionId)
            .Set(CloudEventAttributes.CausationId, outcome.FrameId)
            .Set(CloudEventAttributes.FrameDigest, outcome.Frame?.Digest)
            .Set(CloudEventAttributes.ModelDigest, outcome.Model?.Digest)
            .Set(CloudEventAttributes.Simulated, outcome.Simulated)
            .BuildJson(EventId.ForOutcome(camera, outcome.FrameId), EventBuilder.Subject(camera, outcome.PartId), outcome);
    }

    private static void Check(InspectionOutcome outcome)
    {
        EventGuard.NotEmpty(outcome.FrameId, nameof(outcome.FrameId));
        EventGuard.NotEmpty(outcome.InspectionId, nameof(outcome.InspectionId));
        EventGuard.That(outcome.Verdict != Verdict.Unknown, "Verdict is unknown: expected pass, fail or undecided.", nameof(outcome.Verdict));
        EventGuard.That(
            (outcome.Verdict == Verdict.Undecided) == !string.IsNullOrEmpty(outcome.Reason),
            $"Verdict is {outcome.Verdict} and Reason is '{outcome.Reason}': expected a reason exactly when undecided.",
            nameof(outcome.Reason));
        EventGuard.Score(outcome.ImageScore, nameof(outcome.ImageScore));
        EventGuard.Digest(outcome.RecipeDigest, nameof(outcome.RecipeDigest));
        EventGuard.Digest(outcome.Model?.Digest, "Model.Digest");
        EventGuard.Digest(outcome.Frame?.Digest, "Frame.Digest");
    }
}
