using IMDD.Contracts.CloudEvents;
using IMDD.Contracts.Identity;

namespace IMDD.Contracts.Events;

/// <summary>Makes events of <c>imdd.example.hard.v1</c>.</summary>
public static class HardExampleEvent
{
    /// <summary>Room for the picture's address, bytes.</summary>
    private const int UriAllowance = 2048;

    /// <summary>The same example with as many of its regions, masks and contours as the event has room for, also once it has the picture's address.</summary>
    public static HardExample Fit(HardExample example)
    {
        ArgumentNullException.ThrowIfNull(example);
        return example with { Regions = RegionBudget.Fit(example.Regions, ImddJson.Serialize(example with { Regions = [] }).Length + UriAllowance) };
    }

    /// <summary>
    /// A frame for a person to look at. Where <see cref="HardReason.Overruled"/> is its one reason the event has an id of its own: the edge may have offered the
    /// same frame before.
    /// </summary>
    /// <exception cref="ArgumentException">No reason, no picture, or the outcome is not the frame's.</exception>
    public static CloudEvent Create(HardExample example, EventContext context)
    {
        var camera = CameraPath.Parse($"{example.AssetPath}/{example.CameraId}");
        var outcomeId = EventId.ForOutcome(camera, example.FrameId);
        EventGuard.That(example.OutcomeId == outcomeId, $"OutcomeId is '{example.OutcomeId}': expected '{outcomeId}', the frame's.", nameof(example.OutcomeId));
        EventGuard.That(example.Reasons.Count > 0, "There is no reason: expected at least one.", nameof(example.Reasons));
        EventGuard.NotEmpty(example.Frame.Uri, "Frame.Uri");
        EventGuard.Digest(example.Frame.Digest, "Frame.Digest");
        EventGuard.That(
            example.Embedding is not { Count: > HardExample.MaxEmbedding },
            $"The embedding has {example.Embedding?.Count} elements: expected at most {HardExample.MaxEmbedding}.",
            nameof(example.Embedding));
        foreach (var score in example.Scores.Values)
        {
            EventGuard.Score(score, nameof(example.Scores));
        }

        return new EventBuilder(EventTypes.ExampleCollected, context)
            .Key(camera.ToString())
            .Set(CloudEventAttributes.CausationId, example.FrameId)
            .Set(CloudEventAttributes.FrameDigest, example.Frame.Digest)
            .Set(CloudEventAttributes.ModelDigest, example.Model?.Digest)
            .Set(CloudEventAttributes.Simulated, example.Simulated)
            .BuildJson(example.Reasons is [HardReason.Overruled] ? EventId.ForOverruled(outcomeId) : EventId.ForHardExample(outcomeId), camera.Camera, example);
    }
}
