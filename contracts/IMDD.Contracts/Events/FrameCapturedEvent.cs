using IMDD.Contracts.CloudEvents;
using IMDD.Contracts.Identity;

namespace IMDD.Contracts.Events;

/// <summary>Makes the message of <c>frame/{camera}</c>: the payload is the picture, everything else is attributes.</summary>
public static class FrameCapturedEvent
{
    /// <summary>The event of a frame; its id is <c>{bootId}-{sequence}</c>, which stays when it is sent again.</summary>
    /// <exception cref="ArgumentException">The boot id or the media type is empty.</exception>
    public static CloudEvent Create(FrameCapture frame)
    {
        EventGuard.NotEmpty(frame.BootId, nameof(frame.BootId));
        EventGuard.NotEmpty(frame.ContentType, nameof(frame.ContentType));
        EventContext context = new()
        {
            Source = EventSource.Camera(frame.Camera),
            Time = frame.Time,
            RecordedTime = frame.RecordedTime,
            Sequence = frame.Sequence,
            TraceParent = frame.TraceParent,
            TraceState = frame.TraceState,
            Historical = frame.Historical,
        };
        return new EventBuilder(EventTypes.FrameCaptured, context)
            .Key(frame.Camera.ToString())
            .Set(CloudEventAttributes.CorrelationId, frame.InspectionId)
            .Set(CloudEventAttributes.PartId, frame.PartId)
            .Set(CloudEventAttributes.LotId, frame.LotId)
            .Set(CloudEventAttributes.RecipeId, frame.RecipeId)
            .Set(CloudEventAttributes.FrameDigest, ContentDigest.Of(frame.Image.Span))
            .Set(CloudEventAttributes.ImageWidth, frame.Width)
            .Set(CloudEventAttributes.ImageHeight, frame.Height)
            .Set(CloudEventAttributes.PixelFormat, frame.PixelFormat)
            .Set(CloudEventAttributes.ClockSource, frame.Clock?.Source)
            .Set(CloudEventAttributes.ClockOffsetMs, frame.Clock?.OffsetMs)
            .Set(CloudEventAttributes.ClockErrorMs, frame.Clock?.ErrorMs)
            .Set(CloudEventAttributes.Simulated, frame.Simulated)
            .Set(CloudEventAttributes.ExpiryTime, frame.ExpiryTime is { } expiry ? CloudEventText.Time(expiry) : null)
            .Build(EventId.ForFrame(frame.BootId, frame.Sequence), EventBuilder.Subject(frame.Camera, frame.PartId), frame.ContentType, frame.Image);
    }
}
