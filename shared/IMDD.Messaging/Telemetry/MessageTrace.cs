using System.Diagnostics;

namespace IMDD.Messaging.Telemetry;

/// <summary>What a message says of the trace it belongs to.</summary>
/// <param name="MessageId">CloudEvents id.</param>
/// <param name="TraceParent">W3C <c>traceparent</c>; anything else is ignored, as the standard asks.</param>
/// <param name="TraceState">W3C <c>tracestate</c>.</param>
public readonly record struct MessageTrace(string? MessageId, string? TraceParent, string? TraceState)
{
    private const string TraceParentName = "traceparent";
    private const string TraceStateName = "tracestate";

    /// <summary>The context to go on from; default where there is none.</summary>
    internal ActivityContext Context => ActivityContext.TryParse(TraceParent, TraceState, isRemote: true, out var context) ? context : default;

    /// <summary>
    /// Reads it from headers or user properties. The plain <c>traceparent</c> is that of the last hop, on Kafka beside <c>ce_traceparent</c>,
    /// which stays that of the first.
    /// </summary>
    internal static MessageTrace Read(IReadOnlyList<KeyValuePair<string, string>> headers, string idName)
    {
        string? id = null, parent = null, state = null;
        for (var i = 0; i < headers.Count; i++)
        {
            var (name, value) = headers[i];
            if (name == TraceParentName)
            {
                parent = value;
            }
            else if (name == TraceStateName)
            {
                state = value;
            }
            else if (name == idName)
            {
                id = value;
            }
        }

        return new MessageTrace(id, parent, state);
    }

    /// <summary>The headers with <paramref name="hop"/> as the trace of this hop.</summary>
    internal static IReadOnlyList<KeyValuePair<string, string>> WithHop(IReadOnlyList<KeyValuePair<string, string>> headers, string hop)
        => [.. headers.Where(h => h.Key != TraceParentName), new(TraceParentName, hop)];
}
