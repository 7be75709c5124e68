using System.Text.Json;
using IMDD.Contracts.Events;
using IMDD.Imaging.Masks;

namespace IMDD.Browser.Tests;

/// <summary>The camera gateway's truth file: what synthetic frames really show.</summary>
internal static class TruthLog
{
    /// <summary>What each frame with one defect shows, by frame id, in words.</summary>
    public static Dictionary<string, string> Names(string path) => Frames(path)
        .Where(frame => frame.GetProperty("defects").GetArrayLength() == 1)
        .GroupBy(frame => frame.GetProperty("frameId").GetString()!, StringComparer.Ordinal)
        .ToDictionary(
            group => group.Key, group => group.First().GetProperty("defects")[0].GetProperty("kind").GetString()!.Replace('-', ' '), StringComparer.Ordinal);

    /// <summary>The mask of all defects by frame id, row-major; good frames are left out.</summary>
    public static Dictionary<string, bool[]> Read(string path) => Frames(path)
        .Where(frame => frame.TryGetProperty("maskRle", out var mask) && mask.ValueKind == JsonValueKind.Object)
        .GroupBy(frame => frame.GetProperty("frameId").GetString()!, StringComparer.Ordinal)
        .ToDictionary(
            group => group.Key,
            group => CocoRle.Decode(group.First().GetProperty("maskRle").Deserialize<MaskRle>(ImddJson.Options)!).Select(value => value > 0).ToArray(),
            StringComparer.Ordinal);

    private static IEnumerable<JsonElement> Frames(string path) => File.ReadLines(path).Select(line => JsonDocument.Parse(line).RootElement);
}
