using IMDD.Learning.Evaluation.Distributions;
using IMDD.Learning.Evaluation.Ranking;
using MathNet.Numerics.LinearAlgebra;

namespace IMDD.Learning.Evaluation.Features;

/// <summary>Metrics of feature files: generated against real pictures, and retrieval.</summary>
public static class FeatureMetrics
{
    private const double SumTolerance = 1e-3;
    private const int MaxLabelBytes = 64 << 20;

    private static readonly int[] Recalls = [1, 5, 10];

    /// <summary>All metrics that the files allow.</summary>
    /// <exception cref="FeatureFileException">A file cannot be used, or the files do not go together.</exception>
    public static IReadOnlyList<KeyValuePair<string, MetricValue>> Of(FeatureRequest request)
    {
        Pair(request.Real, "--real", request.Generated, "--generated");
        Pair(request.Queries, "--queries", request.Gallery, "--gallery");
        Pair(request.QueryLabels, "--query-labels", request.GalleryLabels, "--gallery-labels");
        List<KeyValuePair<string, MetricValue>> metrics = [];
        if (request is { Real: { } real, Generated: { } generated })
        {
            metrics.AddRange(Distances(FeatureFile.Read(real), FeatureFile.Read(generated), request.Seed));
        }

        if (request.Probabilities is { } probabilities)
        {
            metrics.AddRange(Inception(FeatureFile.Read(probabilities), probabilities, request.Splits));
        }

        if (request.Logits is { } logits)
        {
            metrics.AddRange(Inception(Softmax(FeatureFile.Read(logits)), logits, request.Splits));
        }

        if (request is { Queries: { } queries, Gallery: { } gallery })
        {
            metrics.AddRange(Retrieved(FeatureFile.Read(queries), FeatureFile.Read(gallery), request));
        }

        return metrics.Count > 0 ? metrics : throw new FeatureFileException("Nothing to measure: expected --real and --generated, --probabilities or --logits, or --queries and --gallery.");
    }

    private static IEnumerable<KeyValuePair<string, MetricValue>> Distances(Matrix<double> real, Matrix<double> generated, int seed)
    {
        if (real.ColumnCount != generated.ColumnCount)
        {
            throw new FeatureFileException($"Real features have {real.ColumnCount} numbers, generated ones {generated.ColumnCount}: expected as many.");
        }

        yield return new("real_samples", MetricValue.Of(real.RowCount));
        yield return new("generated_samples", MetricValue.Of(generated.RowCount));
        yield return new("frechet_distance", FrechetDistance.Of(Statistics(real), Statistics(generated)));
        yield return new("kernel_distance", KernelDistance.Of(real, generated, seed: seed));
    }

    private static IEnumerable<KeyValuePair<string, MetricValue>> Inception(Matrix<double> probabilities, string path, int splits)
    {
        var rows = probabilities.ToRowArrays();
        if (Array.Exists(rows, r => Math.Abs(r.Sum() - 1) > SumTolerance || Array.Exists(r, p => p < 0)))
        {
            throw new FeatureFileException($"'{path}' has rows that are not probabilities; --logits takes raw outputs.");
        }

        if (splits < 1 || splits > rows.Length)
        {
            throw new FeatureFileException($"--splits is {splits}: expected 1 to {rows.Length}, the number of samples.");
        }

        var score = InceptionScore.Of(rows, splits);
        yield return new("inception_score", MetricValue.Of(score.Mean));
        yield return new("inception_score_std", MetricValue.Of(score.StandardDeviation));
    }

    private static IEnumerable<KeyValuePair<string, MetricValue>> Retrieved(Matrix<double> queries, Matrix<double> gallery, FeatureRequest request)
    {
        if (queries.ColumnCount != gallery.ColumnCount)
        {
            throw new FeatureFileException($"Queries have {queries.ColumnCount} numbers, the gallery {gallery.ColumnCount}: expected as many.");
        }

        if (request.QueryLabels is null && queries.RowCount != gallery.RowCount)
        {
            throw new FeatureFileException($"There are {queries.RowCount} queries and {gallery.RowCount} answers: without labels expected as many, row for row.");
        }

        var labels = request is { QueryLabels: { } a, GalleryLabels: { } b } ? (Queries: Labels(a, queries.RowCount), Gallery: Labels(b, gallery.RowCount)) : default;
        var cosines = queries.NormalizeRows(2).TransposeAndMultiply(gallery.NormalizeRows(2));
        Retrieval retrieval = new(Recalls);
        for (var query = 0; query < queries.RowCount; query++)
        {
            var row = cosines.Row(query);
            retrieval.Add([.. Enumerable.Range(0, gallery.RowCount).OrderByDescending(g => row[g]).Select(IsRight)]);

            bool IsRight(int answer) => labels.Queries is null ? answer == query : labels.Queries[query] == labels.Gallery[answer];
        }

        foreach (var k in Recalls)
        {
            yield return new($"recall_at_{k}", retrieval.RecallAt(k));
        }

        yield return new("mean_average_precision", retrieval.MeanAveragePrecision());
        yield return new("queries_without_answer", MetricValue.Of(retrieval.QueriesWithoutAnswer));
    }

    private static FeatureStatistics Statistics(Matrix<double> features)
    {
        FeatureStatistics statistics = new(features.ColumnCount);
        foreach (var row in features.EnumerateRows())
        {
            statistics.Add(row.ToArray());
        }

        return statistics;
    }

    private static Matrix<double> Softmax(Matrix<double> logits)
    {
        foreach (var (index, row) in logits.EnumerateRowsIndexed())
        {
            var exponentials = (row - row.Maximum()).PointwiseExp();
            logits.SetRow(index, exponentials / exponentials.Sum());
        }

        return logits;
    }

    private static string[] Labels(string path, int expected)
    {
        try
        {
            var length = new FileInfo(path).Length;
            var lines = length <= MaxLabelBytes ? File.ReadAllLines(path) : throw new FeatureFileException($"'{path}' has {length} bytes: expected at most {MaxLabelBytes}.");
            return lines.Length == expected ? lines : throw new FeatureFileException($"'{path}' has {lines.Length} labels: expected {expected}, one a line.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FeatureFileException($"'{path}' cannot be read: {e.Message}", e);
        }
    }

    private static void Pair(string? first, string firstName, string? second, string secondName)
    {
        if (first is null != second is null)
        {
            throw new FeatureFileException($"{(first is null ? firstName : secondName)} is missing beside {(first is null ? secondName : firstName)}.");
        }
    }
}
