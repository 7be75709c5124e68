using IMDD.Contracts.Events;

namespace IMDD.Cloud.Aggregator.Drift;

/// <summary>Adds windows up to a reference.</summary>
internal static class SketchSum
{
    /// <summary>A reference holds this many embeddings, the first that come.</summary>
    public const int MaxEmbeddings = 256;

    /// <summary>Both together; of no window and one, that one.</summary>
    public static StatisticsSketch Of(StatisticsSketch? sum, StatisticsSketch window) => sum is null ? window : new StatisticsSketch
    {
        Frames = sum.Frames + window.Frames,
        BinsVersion = window.BinsVersion,
        Histograms = sum.Histograms.Keys.Union(window.Histograms.Keys, StringComparer.Ordinal).ToDictionary(
            name => name, name => Added(sum.Histograms.GetValueOrDefault(name), window.Histograms.GetValueOrDefault(name)), StringComparer.Ordinal),
        Verdicts = Added(sum.Verdicts, window.Verdicts),
        Classes = Added(sum.Classes, window.Classes),
        Embeddings = [.. sum.Embeddings.Concat(window.Embeddings).Take(MaxEmbeddings)],
    };

    private static IReadOnlyList<long> Added(IReadOnlyList<long>? a, IReadOnlyList<long>? b)
        => a is null ? b! : b is null ? a : a.Count == b.Count ? [.. a.Zip(b, (x, y) => x + y)] : b;

    private static Dictionary<string, long> Added(IReadOnlyDictionary<string, long> a, IReadOnlyDictionary<string, long> b)
        => a.Keys.Union(b.Keys, StringComparer.Ordinal).ToDictionary(name => name, name => a.GetValueOrDefault(name) + b.GetValueOrDefault(name), StringComparer.Ordinal);
}
