using System.Globalization;
using IMDD.Contracts.CloudEvents;
using IMDD.Contracts.Events;
using IMDD.Contracts.Identity;
using IMDD.Messaging.Mqtt;

namespace IMDD.Edge.Agent.Intake;

/// <summary>
/// Reads the attributes of a frame's message. Never throws: a message that cannot be read still is a frame that was sent, and gets an id,
/// so that it is counted.
/// </summary>
internal static class FrameHeaderReader
{
    private const int MaxIdLength = 256;
    private const string Placeholder = "-";

    /// <summary>Reads the message; <paramref name="payload"/> is the picture (not the message, in structured mode).</summary>
    public static FrameHeader Read(MqttIncoming message, DateTimeOffset receivedAt, out ReadOnlyMemory<byte> payload, out string digest)
    {
        payload = message.Payload;
        CloudEvent? cloudEvent = null;
        string? problem = null;
        var givenId = GivenId(message);
        try
        {
            cloudEvent = MqttBinding.Read(givenId is null ? Completed(message) : message.UserProperties, message.ContentType, message.Payload);
            payload = cloudEvent.Data;
            problem = cloudEvent.Type == EventTypes.FrameCaptured
                ? null
                : $"Attribute 'type' is '{cloudEvent.Type}': expected '{EventTypes.FrameCaptured}'.";
        }
        catch (CloudEventFormatException e)
        {
            problem = e.Message;
        }

        digest = ContentDigest.Of(payload.Span);
        if (message.Retain)
        {
            problem = "The frame was published retained: a broker repeats it at every subscription, long after the part has gone.";
        }

        // A structured message has its id inside.
        var id = givenId ?? (cloudEvent is { } read && read.Id != Placeholder ? read.Id : null);
        var idDerived = id is null;

        // The same retained frame comes at every subscription, in any second: without the second it stays one frame.
        id ??= EventId.DeriveFrameId(message.Topic, digest, message.Retain ? DateTimeOffset.UnixEpoch : receivedAt);
        return Header(id, idDerived, problem, cloudEvent, message.ContentType);
    }

    private static FrameHeader Header(string id, bool idDerived, string? problem, CloudEvent? cloudEvent, string? contentType)
    {
        var sequenced = TrySplit(id, cloudEvent?.Extension(CloudEventAttributes.Sequence), out var bootId, out var sequence);
        return new FrameHeader
        {
            FrameId = id,
            IdDerived = idDerived,
            Problem = problem,
            Time = cloudEvent?.Time,
            Clock = cloudEvent is null ? null : Clock(cloudEvent),
            InspectionId = cloudEvent?.Extension(CloudEventAttributes.CorrelationId),
            PartId = cloudEvent?.Extension(CloudEventAttributes.PartId),
            LotId = cloudEvent?.Extension(CloudEventAttributes.LotId),
            Simulated = cloudEvent?.Extension(CloudEventAttributes.Simulated) == CloudEventAttributes.TrueValue,
            ContentType = cloudEvent is null ? contentType : cloudEvent.DataContentType,
            StatedDigest = cloudEvent?.Extension(CloudEventAttributes.FrameDigest),
            TraceParent = cloudEvent?.Extension(CloudEventAttributes.TraceParent),
            TraceState = cloudEvent?.Extension(CloudEventAttributes.TraceState),
            BootId = sequenced ? bootId : null,
            Sequence = sequence,
        };
    }

    /// <summary>The id as given, where it can serve as one.</summary>
    private static string? GivenId(MqttIncoming message)
    {
        foreach (var (name, value) in message.UserProperties)
        {
            if (name == CloudEventAttributes.Id)
            {
                return value.Length is > 0 and <= MaxIdLength && CloudEventText.IsAttributeValue(value) ? value : null;
            }
        }

        return null;
    }

    /// <summary>A foreign camera's properties, with what CloudEvents requires put in where it is missing.</summary>
    private static IEnumerable<KeyValuePair<string, string>> Completed(MqttIncoming message)
    {
        yield return new(CloudEventAttributes.SpecVersion, CloudEventAttributes.SpecVersionValue);
        yield return new(CloudEventAttributes.Source, message.Topic);
        yield return new(CloudEventAttributes.Type, EventTypes.FrameCaptured);
        foreach (var property in message.UserProperties)
        {
            if (property.Key != CloudEventAttributes.Id && property.Value.Length > 0)
            {
                yield return property;
            }
        }

        yield return new(CloudEventAttributes.Id, Placeholder);
    }

    /// <summary>Takes <c>{bootId}-{sequence}</c> apart; the stated sequence, where there is one, must agree.</summary>
    private static bool TrySplit(string id, string? statedSequence, out string bootId, out long sequence)
    {
        var cut = id.LastIndexOf('-');
        bootId = cut > 0 ? id[..cut] : "";
        sequence = 0;
        return cut > 0
            && CloudEventText.TryParseSequence(id[(cut + 1)..], out sequence)
            && CloudEventText.TryParseSequence(statedSequence, out var stated)
            && stated == sequence
            && EventId.ForFrame(bootId, sequence) == id;
    }

    private static ClockQuality? Clock(CloudEvent cloudEvent)
        => cloudEvent.Extension(CloudEventAttributes.ClockSource) is { } source
            ? new ClockQuality(
                source, Milliseconds(cloudEvent.Extension(CloudEventAttributes.ClockOffsetMs)), Milliseconds(cloudEvent.Extension(CloudEventAttributes.ClockErrorMs)))
            : null;

    private static double? Milliseconds(string? text)
        => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value) ? value : null;
}
