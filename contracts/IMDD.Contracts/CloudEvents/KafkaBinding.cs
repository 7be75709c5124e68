namespace IMDD.Contracts.CloudEvents;

/// <summary>
/// CloudEvents Kafka protocol binding 1.0: binary mode out (headers <c>ce_*</c> and <c>content-type</c>, value = data only),
/// binary and structured mode in.
/// </summary>
public static class KafkaBinding
{
    private const string Prefix = "ce_";
    private const string ContentType = "content-type";
    private const string StructuredPrefix = "application/cloudevents";

    /// <summary>
    /// Headers of a record. <c>ce_traceparent</c> keeps the trace that started the transmission; the plain <c>traceparent</c>,
    /// which OpenTelemetry reads, starts out equal and may be replaced per hop.
    /// </summary>
    public static IReadOnlyList<KeyValuePair<string, string>> WriteHeaders(CloudEvent cloudEvent) => WriteHeaders(cloudEvent, hop: null);

    /// <summary>Headers of a record that is made within a span.</summary>
    /// <param name="cloudEvent">The event.</param>
    /// <param name="hop">The span's <c>traceparent</c>, for the plain header; null: none.</param>
    public static IReadOnlyList<KeyValuePair<string, string>> WriteHeaders(CloudEvent cloudEvent, string? hop)
    {
        List<KeyValuePair<string, string>> headers = [];
        if (cloudEvent.DataContentType is { } contentType)
        {
            headers.Add(new(ContentType, contentType));
        }

        foreach (var (name, value) in CloudEventWriter.Attributes(cloudEvent))
        {
            headers.Add(new(Prefix + name, value));
            if (name is CloudEventAttributes.TraceParent or CloudEventAttributes.TraceState)
            {
                headers.Add(new(name, name == CloudEventAttributes.TraceParent && hop is not null ? hop : value));
            }
        }

        return headers;
    }

    /// <summary>The record's key: the event's <c>partitionkey</c>, so that what belongs together keeps its order.</summary>
    /// <exception cref="CloudEventFormatException">The event has none.</exception>
    public static string Key(CloudEvent cloudEvent)
        => cloudEvent.Extension(CloudEventAttributes.PartitionKey)
        ?? throw new CloudEventFormatException($"Event '{cloudEvent.Id}' has no '{CloudEventAttributes.PartitionKey}': expected the key of its Kafka record.");

    /// <summary>Reads a record in either mode.</summary>
    /// <exception cref="CloudEventFormatException">Not a CloudEvent.</exception>
    public static CloudEvent Read(IEnumerable<KeyValuePair<string, string>> headers, ReadOnlyMemory<byte> value)
    {
        Dictionary<string, string> attributes = new(StringComparer.Ordinal);
        string? contentType = null;
        foreach (var (name, text) in headers)
        {
            // Written in lower case always; read in any, since not every foreign producer does so.
            if (name.Equals(ContentType, StringComparison.OrdinalIgnoreCase))
            {
                contentType = text;
            }
            else if (name.StartsWith(Prefix, StringComparison.Ordinal))
            {
                attributes[name[Prefix.Length..]] = text;
            }
        }

        return contentType?.StartsWith(StructuredPrefix, StringComparison.OrdinalIgnoreCase) == true
            ? CloudEventReader.FromStructured(value)
            : CloudEventReader.FromAttributes(attributes, contentType, value);
    }
}
