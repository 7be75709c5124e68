using IMDD.Learning.Training.Models;

namespace IMDD.Learning.Training.Words;

/// <summary>Counts names without and with a word, at each threshold.</summary>
internal sealed class WordTally(IReadOnlyList<TrainedClass> oldClasses, string wordId, int thresholds)
{
    private readonly int[] _regions = new int[oldClasses.Count];
    private readonly int[] _before = new int[oldClasses.Count];
    private readonly int[,] _after = new int[oldClasses.Count, thresholds];
    private readonly int[] _named = new int[thresholds];
    private int _pictures;
    private int _detected;

    /// <summary>Counts a picture of a frozen set.</summary>
    public void AddFrozen(IReadOnlyList<TriedRegion> regions)
    {
        foreach (var region in regions.Where(r => r.Truth < oldClasses.Count))
        {
            var name = oldClasses[region.Truth].Id;
            _regions[region.Truth]++;
            _before[region.Truth] += region.Before == name ? 1 : 0;
            for (var t = 0; t < thresholds; t++)
            {
                _after[region.Truth, t] += region.After[t] == name ? 1 : 0;
            }
        }
    }

    /// <summary>Counts a picture of the word.</summary>
    /// <param name="regions">Its regions.</param>
    /// <param name="truth">Index of the class that stands for the word.</param>
    public void AddExample(IReadOnlyList<TriedRegion> regions, int truth)
    {
        var own = regions.Where(r => r.Truth == truth).ToList();
        _pictures++;
        _detected += own.Count > 0 ? 1 : 0;
        for (var t = 0; t < thresholds; t++)
        {
            _named[t] += own.Any(r => r.After[t] == wordId) ? 1 : 0;
        }
    }

    /// <summary>The old names that have regions.</summary>
    public IReadOnlyList<NameCounts> OldNames(int threshold) =>
    [
        .. oldClasses.Select((c, i) => new NameCounts(c.Id, _regions[i], _before[i], _after[i, threshold])).Where(c => c.Regions > 0),
    ];

    /// <summary>All of them together.</summary>
    public NameCounts Pooled(int threshold)
    {
        var names = OldNames(threshold);
        return new NameCounts("all", names.Sum(n => n.Regions), names.Sum(n => n.Before), names.Sum(n => n.After));
    }

    /// <summary>The word's own; null where there are no examples.</summary>
    public WordNaming? Naming(int threshold) => _pictures == 0 ? null : new WordNaming(_pictures, _detected, _named[threshold]);
}
