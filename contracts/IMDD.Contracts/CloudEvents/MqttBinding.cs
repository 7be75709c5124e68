namespace IMDD.Contracts.CloudEvents;

/// <summary>
/// CloudEvents MQTT protocol binding 1.0 for MQTT 5: binary mode out (user properties with bare names; the media type is the PUBLISH
/// packet's Content Type), binary and structured mode in.
/// </summary>
public static class MqttBinding
{
    private const string StructuredPrefix = "application/cloudevents";

    /// <summary>User properties of a PUBLISH, without a prefix. The media type travels as the packet's Content Type, not here.</summary>
    public static IReadOnlyList<KeyValuePair<string, string>> WriteUserProperties(CloudEvent cloudEvent)
        => CloudEventWriter.Attributes(cloudEvent);

    /// <summary>Reads a PUBLISH in either mode.</summary>
    /// <exception cref="CloudEventFormatException">Not a CloudEvent.</exception>
    public static CloudEvent Read(IEnumerable<KeyValuePair<string, string>> userProperties, string? contentType, ReadOnlyMemory<byte> payload)
    {
        if (contentType?.StartsWith(StructuredPrefix, StringComparison.OrdinalIgnoreCase) == true)
        {
            return CloudEventReader.FromStructured(payload);
        }

        Dictionary<string, string> attributes = new(StringComparer.Ordinal);
        foreach (var (name, value) in userProperties)
        {
            attributes[name] = value;
        }

        return CloudEventReader.FromAttributes(attributes, contentType, payload);
    }
}
