namespace IMDD.Contracts.CloudEvents;

/// <summary>Lists an event's attributes by their bare names, in a fixed order, without the data's media type.</summary>
internal static class CloudEventWriter
{
    /// <summary>The attributes in the order in which they are written.</summary>
    /// <exception cref="CloudEventFormatException">A required attribute is empty, a name or a value is not legal.</exception>
    public static List<KeyValuePair<string, string>> Attributes(CloudEvent cloudEvent)
    {
        List<KeyValuePair<string, string>> attributes = new(8 + cloudEvent.Extensions.Count);
        Add(attributes, CloudEventAttributes.SpecVersion, CloudEventAttributes.SpecVersionValue);
        Add(attributes, CloudEventAttributes.Id, cloudEvent.Id);
        Add(attributes, CloudEventAttributes.Source, cloudEvent.Source);
        Add(attributes, CloudEventAttributes.Type, cloudEvent.Type);
        if (cloudEvent.Time is { } time)
        {
            Add(attributes, CloudEventAttributes.Time, CloudEventText.Time(time));
        }

        if (cloudEvent.Subject is { } subject)
        {
            Add(attributes, CloudEventAttributes.Subject, subject);
        }

        if (cloudEvent.DataSchema is { } schema)
        {
            Add(attributes, CloudEventAttributes.DataSchema, schema);
        }

        foreach (var (name, value) in cloudEvent.Extensions)
        {
            if (!CloudEventText.IsAttributeName(name) || CloudEventAttributes.IsCore(name))
            {
                throw new CloudEventFormatException(
                    $"Extension '{Excerpt.Of(name)}' is not a legal name: expected 1 to 20 lower-case letters and digits, and no attribute of the specification.");
            }

            Add(attributes, name, value);
        }

        return attributes;
    }

    private static void Add(List<KeyValuePair<string, string>> attributes, string name, string value)
    {
        CloudEventAttributes.Check(name, value);
        attributes.Add(new(name, value));
    }
}
