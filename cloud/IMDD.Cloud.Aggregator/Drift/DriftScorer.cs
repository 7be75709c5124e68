using IMDD.Contracts.Events;
using IMDD.Contracts.Queries;

namespace IMDD.Cloud.Aggregator.Drift;

/// <summary>Compares a window with references: a function of them and the seed.</summary>
internal sealed class DriftScorer(DriftOptions options)
{
    /// <summary>One score per statistic that both have.</summary>
    /// <param name="window">The window.</param>
    /// <param name="own">The camera's own reference; null while it is not complete.</param>
    /// <param name="bundle">What the model's bundle says; stands before the camera's own where it says something.</param>
    /// <param name="seed">Of the permutations.</param>
    public IReadOnlyList<DriftScore> Compare(StatisticsSketch window, StatisticsSketch? own, StatisticsSketch? bundle, int seed)
    {
        List<DriftScore> scores = [];
        foreach (var name in StatisticBins.Names)
        {
            if ((Histogram(bundle, name) ?? Histogram(own, name)) is { } reference && Histogram(window, name) is { } current)
            {
                ReferenceBins bins = new(reference);
                var (distance, p) = KolmogorovSmirnov.Of(reference, current);
                scores.Add(new DriftScore(name, StabilityIndex.Of(bins.Of(reference), bins.Of(current)), p, IsSignal: false, distance));
            }
        }

        AddNames(scores, StatisticName.Verdict, sketch => sketch.Verdicts, window, own, bundle);
        AddNames(scores, StatisticName.Class, sketch => sketch.Classes, window, own, bundle);
        if ((Embeddings(bundle, window) ?? Embeddings(own, window)) is { } embeddings)
        {
            var (squared, p) = MeanDiscrepancy.Of(embeddings, window.Embeddings, options.Permutations, options.Seed ^ seed);
            scores.Add(new DriftScore(StatisticName.Embedding, squared, p, IsSignal: false));
        }

        var discovered = FalseDiscoveryRate.Threshold(scores.Select(score => score.PValue), options.FalseDiscoveries);
        return scores.ConvertAll(score => score with { IsSignal = score.Effect >= LevelOf(score.Statistic) && score.PValue <= discovered });
    }

    /// <summary>From where on a statistic counts as drifted.</summary>
    public double LevelOf(string statistic) => statistic == StatisticName.Embedding ? options.EmbeddingLevel : options.DriftLevel;

    /// <summary>The statistics that a bundle's sketch says something of.</summary>
    public static IReadOnlyList<string> NamesOf(StatisticsSketch? bundle) => bundle is null ? [] :
    [
        .. StatisticBins.Names.Where(name => Histogram(bundle, name) is not null),
        .. bundle.Verdicts.Count > 0 ? [StatisticName.Verdict] : (string[])[],
        .. bundle.Classes.Count > 0 ? [StatisticName.Class] : (string[])[],
        .. bundle.Embeddings.Count >= MeanDiscrepancy.LeastVectors ? [StatisticName.Embedding] : (string[])[],
    ];

    private static void AddNames(
        List<DriftScore> scores, string statistic, Func<StatisticsSketch, IReadOnlyDictionary<string, long>> of, StatisticsSketch window, StatisticsSketch? own, StatisticsSketch? bundle)
    {
        var reference = bundle is not null && of(bundle).Count > 0 ? of(bundle) : own is not null ? of(own) : null;
        var current = of(window);
        if (reference is not { Count: > 0 } || current.Count == 0)
        {
            return;
        }

        var names = reference.Keys.Union(current.Keys, StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        List<long> before = names.ConvertAll(name => reference.GetValueOrDefault(name)), now = names.ConvertAll(name => current.GetValueOrDefault(name));
        scores.Add(new DriftScore(statistic, StabilityIndex.Of(before, now), ChiSquareTest.PValue(before, now), IsSignal: false));
    }

    private static IReadOnlyList<long>? Histogram(StatisticsSketch? sketch, string name)
        => sketch?.BinsVersion == StatisticBins.Version && sketch.Histograms.TryGetValue(name, out var counts) && counts.Count == StatisticBins.Count(name) && counts.Any(count => count > 0)
            ? counts
            : null;

    private static IReadOnlyList<IReadOnlyList<double>>? Embeddings(StatisticsSketch? reference, StatisticsSketch window)
        => reference is { Embeddings.Count: >= MeanDiscrepancy.LeastVectors } && window.Embeddings.Count >= MeanDiscrepancy.LeastVectors
            && reference.Embeddings[0].Count == window.Embeddings[0].Count
            ? reference.Embeddings
            : null;
}
