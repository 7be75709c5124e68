using System.Text.Json;
using IMDD.Contracts.CloudEvents;

namespace IMDD.Contracts.Events;

/// <summary>Reads the data of an event of a known type, bounded.</summary>
public static class EventReader
{
    /// <summary>The data of <paramref name="cloudEvent"/>.</summary>
    /// <exception cref="CloudEventFormatException">Another type of event, not JSON by its media type, or larger than any event of ours.</exception>
    /// <exception cref="JsonException">Not valid JSON, or a required field is missing; the message names it.</exception>
    public static T Read<T>(CloudEvent cloudEvent, string expectedType)
    {
        if (cloudEvent.Type != expectedType)
        {
            throw new CloudEventFormatException($"Event '{Excerpt.Of(cloudEvent.Id)}' has type '{Excerpt.Of(cloudEvent.Type)}': expected '{expectedType}'.");
        }

        if (!IsJson(cloudEvent.DataContentType))
        {
            throw new CloudEventFormatException($"Event '{Excerpt.Of(cloudEvent.Id)}' has media type '{Excerpt.Of(cloudEvent.DataContentType)}': expected application/json.");
        }

        return cloudEvent.Data.Length <= ImddJson.MaxEventBytes
            ? ImddJson.Deserialize<T>(cloudEvent.Data.Span)
            : throw new CloudEventFormatException(
                $"Event '{Excerpt.Of(cloudEvent.Id)}' has {cloudEvent.Data.Length} bytes of data: expected at most {ImddJson.MaxEventBytes}.");
    }

    private static bool IsJson(string? contentType)
    {
        var mediaType = (contentType ?? "").Split(';', 2)[0].Trim();
        return mediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase)
            || mediaType.EndsWith("+json", StringComparison.OrdinalIgnoreCase);
    }
}
