using System.Numerics.Tensors;

namespace IMDD.Learning.Training.Words;

/// <summary>
/// Rows for a word, the most far-reaching first that seems to leave the old names theirs. Of regions: fitted to them, which weigh less and less against
/// the old names. Of words alone: the row made longer, so that it fits more, then less and less of that, to shorter than the others.
/// </summary>
/// <param name="old">Picture by picture, defects that go by old names, rightly.</param>
/// <param name="rows">Rows that there are.</param>
/// <param name="scale">Of the naming head's cosine.</param>
/// <param name="bias">Of the naming head.</param>
/// <param name="maxLostPoints">Of the old names.</param>
internal sealed class RowCandidates(IReadOnlyList<IReadOnlyList<DefectEmbeddings>> old, int rows, double scale, double bias, double maxLostPoints)
{
    // As many as there is time for: each is tried on whole pictures.
    private const int Most = 4;

    private const int Stride = 3;

    private const int Folds = 4;

    private static readonly double[] Weights = [3, 2, 1.4, 1, 0.7, 0.5, 0.35, 0.25, 0.18, 0.12, 0.06, 0.03];
    private static readonly double[] Gains = [1.8, 1.6, 1.5, 1.4, 1.3, 1.2, 1.1, 1, 0.9, 0.8, 0.7, 0.6];

    private readonly List<DefectEmbeddings> _all = [.. old.SelectMany(picture => picture)];

    // By pictures: two defects of one are more alike than of two.
    private readonly List<(List<DefectEmbeddings> Fitted, List<DefectEmbeddings> Counted)> _folds =
    [
        .. Enumerable.Range(0, Folds).Select(fold => (
            old.Where((_, i) => i % Folds != fold).SelectMany(picture => picture).ToList(), old.Where((_, i) => i % Folds == fold).SelectMany(picture => picture).ToList())),
    ];

    /// <summary>Fitted to regions. What each takes from the old names is counted on pictures that it was not fitted to, a part after the other.</summary>
    /// <param name="prototype">Where they begin.</param>
    /// <param name="own">The regions.</param>
    public IEnumerable<float[]> OfRegions(float[] prototype, IReadOnlyList<DefectEmbeddings> own)
    {
        return Few(Weights, weight => _folds.Sum(fold => Taken(fold.Counted, Fit(fold.Fitted, weight)))).Select(weight => Fit(_all, weight));

        float[] Fit(IReadOnlyList<DefectEmbeddings> others, double weight) => FittedRow.Fit(prototype, own, others, weight, scale, bias);
    }

    /// <summary>Of words alone: how long the row is made.</summary>
    /// <param name="row">Unit length.</param>
    public IEnumerable<double> OfWords(float[] row) => Few(Gains, gain => Taken(_all, Longer(row, gain)));

    /// <summary>A row of another length.</summary>
    public static float[] Longer(float[] row, double gain) => Array.ConvertAll(row, value => value * (float)gain);

    /// <summary>The first that takes no more than it may, some that are clearly less than it, and the least.</summary>
    private IEnumerable<double> Few(double[] values, Func<double, int> taken)
        => values.SkipWhile(value => value != values[^1] && taken(value) > maxLostPoints * _all.Count / 100).Where((_, i) => i % Stride == 0).Take(Most - 1).Append(values[^1]).Distinct();

    private int Taken(IReadOnlyList<DefectEmbeddings> defects, float[] row) => defects.Count(defect => defect.Winner(rows, cell => Logit(row, cell)) == rows);

    private double Logit(float[] row, float[] cell) => scale * TensorPrimitives.Dot<float>(row, cell) + bias;
}
