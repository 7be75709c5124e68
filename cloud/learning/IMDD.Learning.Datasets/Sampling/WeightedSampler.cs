namespace IMDD.Learning.Datasets.Sampling;

/// <summary>
/// Draws indices with replacement by Vose's alias method. The n-th draw is a function of seed and n, so that a run resumes where it stopped by
/// its step alone.
/// </summary>
public sealed class WeightedSampler
{
    private readonly double[] _keep;
    private readonly int[] _alias;
    private readonly ulong _seed;

    /// <summary>Prepares the table.</summary>
    /// <param name="weights">Not negative, not all zero.</param>
    /// <param name="seed">Recorded with the run.</param>
    public WeightedSampler(IReadOnlyList<double> weights, ulong seed)
    {
        var total = weights.Sum();
        if (weights.Count == 0 || !(total > 0) || weights.Any(w => !(w >= 0)))
        {
            throw new ArgumentException("Expected weights that are not negative and not all zero.", nameof(weights));
        }

        _seed = seed;
        _keep = new double[weights.Count];
        _alias = new int[weights.Count];
        var scaled = weights.Select(w => w * weights.Count / total).ToArray();
        Stack<int> small = new(Enumerable.Range(0, scaled.Length).Where(i => scaled[i] < 1).Reverse());
        Stack<int> large = new(Enumerable.Range(0, scaled.Length).Where(i => scaled[i] >= 1).Reverse());
        while (small.Count > 0 && large.Count > 0)
        {
            int less = small.Pop(), more = large.Pop();
            (_keep[less], _alias[less]) = (scaled[less], more);
            scaled[more] -= 1 - scaled[less];
            (scaled[more] < 1 ? small : large).Push(more);
        }

        // What is left is 1 but for rounding.
        foreach (var i in small.Concat(large))
        {
            (_keep[i], _alias[i]) = (1, i);
        }
    }

    /// <summary>The index drawn at this position.</summary>
    public int Draw(ulong position)
    {
        var bits = Mix(_seed ^ Mix(position));
        var column = (int)((UInt128)bits * (ulong)_keep.Length >> 64);
        var fraction = (Mix(bits) >> 11) * (1.0 / (1UL << 53));
        return fraction < _keep[column] ? column : _alias[column];
    }

    /// <summary>SplitMix64's finaliser (Steele, Lea, Flood 2014).</summary>
    private static ulong Mix(ulong z)
    {
        z += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
