namespace IMDD.Cloud.Aggregator.Drift;

/// <summary>
/// Puts the fine bins of a histogram together by what the reference has in them: about ten of equal share inside of its range, and one beyond each end of it.
/// None inside is narrower than two fine bins, and the ends begin one further out: a shift that small is no matter however steady the camera was.
/// </summary>
internal sealed class ReferenceBins
{
    private const int Inside = 10;
    private const int Narrowest = 2;
    private const int Margin = 1;

    private readonly int[] _binOf;

    public ReferenceBins(IReadOnlyList<long> reference)
    {
        _binOf = new int[reference.Count];
        var occupied = Enumerable.Range(0, reference.Count).Where(bin => reference[bin] > 0).ToList();
        if (occupied.Count == 0)
        {
            Count = 1;
            return;
        }

        var (first, last) = (Math.Max(0, occupied[0] - Margin), Math.Min(reference.Count - 1, occupied[^1] + Margin));
        var share = reference.Sum() / (double)Inside;
        var (bin, width, held) = (1, 0, 0L);
        for (var fine = 0; fine < reference.Count; fine++)
        {
            if (fine < first)
            {
                continue;
            }

            if (fine > last)
            {
                _binOf[fine] = bin + 1;
                continue;
            }

            // A bin is closed before the one that does not belong to it any more, never leaving less than a bin behind.
            if (width >= Narrowest && held >= share && last - fine + 1 >= Narrowest)
            {
                (bin, width, held) = (bin + 1, 0, 0);
            }

            _binOf[fine] = bin;
            width++;
            held += reference[fine];
        }

        Count = bin + 2;
    }

    /// <summary>Number of bins.</summary>
    public int Count { get; }

    /// <summary>Counts of the fine bins, put together.</summary>
    public long[] Of(IReadOnlyList<long> fine)
    {
        var counts = new long[Count];
        for (var bin = 0; bin < fine.Count; bin++)
        {
            counts[_binOf[bin]] += fine[bin];
        }

        return counts;
    }
}
