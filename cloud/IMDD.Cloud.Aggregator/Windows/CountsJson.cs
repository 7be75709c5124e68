using System.Text.Json;
using IMDD.Contracts.Events;

namespace IMDD.Cloud.Aggregator.Windows;

/// <summary>Text form of reasons and regions in the database.</summary>
internal static class CountsJson
{
    public static string WriteReasons(VerdictCounts counts) => JsonSerializer.Serialize(counts.Reasons, ImddJson.Options);

    public static string WritePareto(VerdictCounts counts)
        => JsonSerializer.Serialize(counts.Pareto.Select(entry => new StoredRegions(entry.Class, entry.Severity, entry.Count)), ImddJson.Options);

    public static void ReadReasons(string json, VerdictCounts into)
    {
        foreach (var (reason, count) in JsonSerializer.Deserialize<Dictionary<string, long>>(json, ImddJson.Options)!)
        {
            into.AddReason(reason, count);
        }
    }

    public static void ReadPareto(string json, VerdictCounts into)
    {
        foreach (var entry in JsonSerializer.Deserialize<List<StoredRegions>>(json, ImddJson.Options)!)
        {
            into.AddRegions(entry.Class, entry.Severity, entry.Count);
        }
    }

    private sealed record StoredRegions(string Class, Severity Severity, long Count);
}
