using IMDD.Contracts.Events;
using IMDD.Contracts.Models;

namespace IMDD.Inference.Regions;

/// <summary>
/// Names a region by the mean score per class over it. The segmenter gives every pixel its best row alone, so a row's score counts as zero
/// where another row fits better, and the rows of one class, of which at most one is best at a pixel, add up to the class's mean.
/// The class's own best row must reach its threshold where it is best; else the class has no say, and the next one names the region that reaches its
/// own threshold and is best on at least a third of the region. Where there is none the region is an unknown defect: never the nearest word, but a
/// word whose threshold was set high takes from the others no more than the cells it is best on.
/// </summary>
internal sealed class RegionNaming(IReadOnlyList<BundleRow> rows)
{
    private const int MaxAlternatives = 2;

    // Less of a region is its edge, or what happens to fit anywhere.
    private const double LeastShareOfNext = 1.0 / 3;

    private readonly double[] _sums = new double[rows.Count];
    private readonly int[] _counts = new int[rows.Count];
    private readonly List<int> _seen = [];

    /// <summary>Forgets the last region.</summary>
    public void Start()
    {
        foreach (var row in _seen)
        {
            _sums[row] = 0;
            _counts[row] = 0;
        }

        _seen.Clear();
    }

    /// <summary>Counts a pixel of the region.</summary>
    /// <exception cref="SegmenterException">The model names a row that the bundle does not have, or its score is not a number.</exception>
    public void Add(int row, float score)
    {
        if ((uint)row >= (uint)_sums.Length)
        {
            throw new SegmenterException($"Output 'class' names row {row}; the bundle has {_sums.Length} rows.");
        }

        if (!float.IsFinite(score))
        {
            throw new SegmenterException($"Output 'class_score' is {score} within a region: expected a number from 0 to 1.", fault: SegmenterFault.NotFinite);
        }

        if (_counts[row]++ == 0)
        {
            _seen.Add(row);
        }

        _sums[row] += score;
    }

    /// <summary>The class, its alternatives, best first, and how sure that is.</summary>
    public (string Class, IReadOnlyList<ClassScore> Alternatives, NameEvidence Evidence) Finish()
    {
        var total = _seen.Sum(row => _counts[row]);
        var classes = _seen
            .GroupBy(row => rows[row].ClassId, StringComparer.Ordinal)
            .Select(group => (
                Score: new ClassScore(group.Key, RegionExtractor.Round(group.Sum(row => _sums[row]) / total)),
                BestRow: group.OrderByDescending(row => _sums[row]).ThenBy(row => row).First(),
                Share: (double)group.Sum(row => _counts[row]) / total))
            .OrderByDescending(entry => entry.Score.Score)
            .ThenBy(entry => entry.Score.Class, StringComparer.Ordinal)
            .ToList();
        var chosen = classes.FindIndex(entry
            => _sums[entry.BestRow] / _counts[entry.BestRow] >= rows[entry.BestRow].Threshold && (entry == classes[0] || entry.Share >= LeastShareOfNext));
        var best = classes[Math.Max(chosen, 0)];
        NameEvidence evidence = new(best.Score.Score, _sums[best.BestRow] / _counts[best.BestRow], rows[best.BestRow].Threshold);
        var others = classes.Where((_, index) => index != chosen).Take(MaxAlternatives).Select(entry => entry.Score).ToArray();
        return (chosen < 0 ? BundleClass.UnknownDefect : best.Score.Class, others, evidence);
    }
}
