namespace IMDD.Learning.Evaluation.Ranking;

/// <summary>Recall at k and mean average precision of ranked answers. Streams: keeps sums only.</summary>
public sealed class Retrieval(params int[] ks)
{
    private readonly int[] _hits = new int[ks.Length];
    private double _averagePrecision;

    /// <summary>Queries that have at least one relevant answer.</summary>
    public int Queries { get; private set; }

    /// <summary>Queries without any relevant answer: they have no rank and are left out of the means.</summary>
    public int QueriesWithoutAnswer { get; private set; }

    /// <summary>Adds a query.</summary>
    /// <param name="relevance">Whether each answer is relevant, best first.</param>
    public void Add(IReadOnlyList<bool> relevance)
    {
        var relevant = relevance.Count(r => r);
        if (relevant == 0)
        {
            QueriesWithoutAnswer++;
            return;
        }

        Queries++;
        var first = 0;
        while (!relevance[first])
        {
            first++;
        }

        for (var i = 0; i < ks.Length; i++)
        {
            _hits[i] += first < ks[i] ? 1 : 0;
        }

        double sum = 0;
        var found = 0;
        for (var rank = 0; rank < relevance.Count; rank++)
        {
            if (relevance[rank])
            {
                sum += (double)++found / (rank + 1);
            }
        }

        _averagePrecision += sum / relevant;
    }

    /// <summary>Share of queries with a relevant answer among the first k.</summary>
    public MetricValue RecallAt(int k)
    {
        var index = Array.IndexOf(ks, k);
        return index < 0
            ? throw new ArgumentException($"k = {k} was not asked for at construction.", nameof(k))
            : MetricValue.Ratio(_hits[index], Queries, "no query has a relevant answer");
    }

    /// <summary>Mean over queries of average precision.</summary>
    public MetricValue MeanAveragePrecision() => MetricValue.Ratio(_averagePrecision, Queries, "no query has a relevant answer");
}
