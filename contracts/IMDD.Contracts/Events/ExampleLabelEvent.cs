using System.Globalization;
using IMDD.Contracts.CloudEvents;
using IMDD.Contracts.Identity;

namespace IMDD.Contracts.Events;

/// <summary>Makes events of <c>imdd.example.labelled.v1</c>.</summary>
public static class ExampleLabelEvent
{
    /// <summary>A person's word on a frame.</summary>
    /// <exception cref="ArgumentException">No rater, no revision, a good frame with defects, or a bad one without.</exception>
    public static CloudEvent Create(ExampleLabel label, EventContext context)
    {
        EventGuard.NotEmpty(label.RaterId, nameof(label.RaterId));
        EventGuard.That(!label.RaterId.Contains('/', StringComparison.Ordinal), $"RaterId is '{label.RaterId}': expected no '/'.", nameof(label.RaterId));
        EventGuard.That(label.Revision >= 1, $"Revision is {label.Revision}: expected at least 1.", nameof(label.Revision));
        ExampleGuard.Check(label.Frame, label.Verdict, label.Regions);
        return new EventBuilder(EventTypes.ExampleLabelled, context)
            .Key($"{label.Frame.Digest}/{label.RaterId}/{label.Revision.ToString(CultureInfo.InvariantCulture)}")
            .Set(CloudEventAttributes.FrameDigest, label.Frame.Digest)
            .Set(CloudEventAttributes.ModelDigest, label.Model?.Digest)
            .BuildJson(EventId.ForLabel(label.Frame.Digest, label.RaterId, label.Revision), label.CameraId, label);
    }
}
