using System.Globalization;
using IMDD.Contracts.CloudEvents;
using IMDD.Contracts.Identity;

namespace IMDD.Contracts.Events;

/// <summary>Puts context attributes and data together; one per event that is made.</summary>
internal sealed class EventBuilder
{
    private const string JsonContentType = "application/json";

    private readonly Dictionary<string, string> _extensions = new(StringComparer.Ordinal);
    private readonly string _type;
    private readonly EventContext _context;

    public EventBuilder(string type, EventContext context)
    {
        _type = type;
        _context = context;
        Set(CloudEventAttributes.RecordedTime, CloudEventText.Time(context.RecordedTime));
        Set(CloudEventAttributes.Sequence, context.Sequence is { } sequence ? CloudEventText.Sequence(sequence) : null);
        Set(CloudEventAttributes.Historical, context.Historical);
        if (CloudEventText.IsTraceParent(context.TraceParent))
        {
            Set(CloudEventAttributes.TraceParent, context.TraceParent);
            Set(CloudEventAttributes.TraceState, IsUsable(context.TraceState) ? context.TraceState : null);
        }
    }

    /// <summary>Sets an extension; null and empty leave it out.</summary>
    public EventBuilder Set(string name, string? value)
    {
        if (!string.IsNullOrEmpty(value))
        {
            _extensions[name] = value;
        }

        return this;
    }

    public EventBuilder Set(string name, bool value) => Set(name, value ? CloudEventAttributes.TrueValue : null);

    public EventBuilder Set(string name, double? value) => Set(name, value?.ToString("R", CultureInfo.InvariantCulture));

    public EventBuilder Set(string name, int? value) => Set(name, value?.ToString(CultureInfo.InvariantCulture));

    /// <summary>The key of the record on Kafka.</summary>
    public EventBuilder Key(string key) => Set(CloudEventAttributes.PartitionKey, key);

    /// <summary>
    /// <c>cam1/part/SN123456</c>, or the camera alone where there is no part, or one whose name leaves no room: the data has it in full,
    /// and no frame may go without its outcome because of a name.
    /// </summary>
    public static string Subject(CameraPath camera, string? partId)
    {
        var subject = string.IsNullOrEmpty(partId) ? camera.Camera : $"{camera.Camera}/part/{partId}";
        return subject.Length <= CloudEventText.MaxAttributeLength ? subject : camera.Camera;
    }

    /// <exception cref="EventTooLargeException">The data is above <see cref="ImddJson.MaxEventBytes"/>.</exception>
    public CloudEvent BuildJson<T>(string id, string subject, T data)
    {
        var json = ImddJson.Serialize(data);
        return json.Length <= ImddJson.MaxEventBytes
            ? Build(id, subject, JsonContentType, json)
            : throw new EventTooLargeException(
                $"Event '{id}' of type {_type} has {json.Length} bytes of data: expected at most {ImddJson.MaxEventBytes}.");
    }

    public CloudEvent Build(string id, string subject, string contentType, ReadOnlyMemory<byte> data)
    {
        var cloudEvent = new CloudEvent
        {
            Id = id,
            Source = _context.Source.ToString(),
            Type = _type,
            Time = _context.Time,
            DataContentType = contentType,
            DataSchema = EventTypes.SchemaUri(_type),
            Subject = subject,
            Extensions = _extensions,
            Data = data,
        };

        // What cannot be written is found where it is made, not by the publisher that has only bytes left.
        _ = CloudEventWriter.Attributes(cloudEvent);
        return cloudEvent;
    }

    private static bool IsUsable(string? value)
        => value is { Length: <= CloudEventText.MaxAttributeLength } && CloudEventText.IsAttributeValue(value);
}
