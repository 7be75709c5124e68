using System.Text.Json;

namespace IMDD.Testing;

/// <summary>A record as kcat prints it with <c>-J</c>.</summary>
/// <param name="Topic">Topic.</param>
/// <param name="Partition">Partition.</param>
/// <param name="Offset">Offset.</param>
/// <param name="TimestampMs">Record timestamp, Unix milliseconds.</param>
/// <param name="Key">Key.</param>
/// <param name="Value">Value as text.</param>
/// <param name="Headers">Headers in order.</param>
public sealed record KcatRecord(
    string Topic, int Partition, long Offset, long TimestampMs, string? Key, string? Value, IReadOnlyList<KeyValuePair<string, string>> Headers)
{
    /// <summary>The first header of a name, or null.</summary>
    public string? Header(string name) => Headers.Where(h => h.Key == name).Select(h => h.Value).FirstOrDefault();

    /// <summary>Reads one line of kcat's.</summary>
    public static KcatRecord Parse(JsonElement json)
    {
        // kcat lists headers flat: name, value, name, value.
        var flat = json.TryGetProperty("headers", out var headers) ? headers.EnumerateArray().Select(h => h.GetString() ?? "").ToList() : [];
        return new KcatRecord(
            json.GetProperty("topic").GetString()!,
            json.GetProperty("partition").GetInt32(),
            json.GetProperty("offset").GetInt64(),
            json.TryGetProperty("ts", out var timestamp) ? timestamp.GetInt64() : -1,
            json.GetProperty("key").GetString(),
            json.GetProperty("payload").GetString(),
            [.. flat.Chunk(2).Select(pair => KeyValuePair.Create(pair[0], pair[1]))]);
    }
}
