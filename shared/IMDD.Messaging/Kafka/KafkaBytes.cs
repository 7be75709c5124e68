using System.Runtime.InteropServices;
using System.Text;
using Confluent.Kafka;

namespace IMDD.Messaging.Kafka;

/// <summary>Values and headers as the client library wants them.</summary>
internal static class KafkaBytes
{
    /// <summary>The array itself where the memory is a whole array, else a copy; librdkafka copies it again.</summary>
    public static byte[]? ToArray(ReadOnlyMemory<byte>? value) =>
        value is not { } memory ? null
        : MemoryMarshal.TryGetArray(memory, out var segment) && segment.Offset == 0 && segment.Array!.Length == segment.Count ? segment.Array
        : memory.ToArray();

    /// <summary>Headers, UTF-8.</summary>
    public static Headers ToHeaders(IReadOnlyList<KeyValuePair<string, string>> headers)
    {
        var result = new Headers();
        foreach (var (name, value) in headers)
        {
            result.Add(name, Encoding.UTF8.GetBytes(value));
        }

        return result;
    }

    /// <summary>Headers as text; bytes that are not UTF-8 become U+FFFD, a null value the empty text.</summary>
    public static IReadOnlyList<KeyValuePair<string, string>> FromHeaders(Headers? headers) => headers is null or { Count: 0 }
        ? []
        : [.. headers.Select(h => KeyValuePair.Create(h.Key, Encoding.UTF8.GetString(h.GetValueBytes() ?? [])))];
}
