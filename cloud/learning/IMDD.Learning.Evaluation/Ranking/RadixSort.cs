namespace IMDD.Learning.Evaluation.Ranking;

/// <summary>Least-significant-digit radix sort, ascending, 11 bits a pass: three passes for 32-bit keys, whatever their number.</summary>
internal static class RadixSort
{
    private const int DigitBits = 11;
    private const int Buckets = 1 << DigitBits;
    private const int Passes = 3;

    /// <summary>Sorts <paramref name="keys"/>; <paramref name="scratch"/> must be as long.</summary>
    public static void Sort(Span<uint> keys, Span<uint> scratch)
    {
        var counts = Histogram(keys);
        Span<uint> from = keys, to = scratch;
        for (var pass = 0; pass < Passes; pass++)
        {
            var offsets = counts.AsSpan(pass * Buckets, Buckets);
            var shift = pass * DigitBits;
            if (PrefixSum(offsets, from.Length))
            {
                continue;
            }

            foreach (var key in from)
            {
                to[offsets[(int)(key >> shift) & (Buckets - 1)]++] = key;
            }

            var sorted = to;
            to = from;
            from = sorted;
        }

        if (from != keys)
        {
            from.CopyTo(keys);
        }
    }

    /// <summary>Sorts <paramref name="keys"/> and carries <paramref name="values"/> along.</summary>
    public static void Sort(Span<uint> keys, Span<int> values, Span<uint> keyScratch, Span<int> valueScratch)
    {
        var counts = Histogram(keys);
        Span<uint> fromKeys = keys, toKeys = keyScratch;
        Span<int> fromValues = values, toValues = valueScratch;
        for (var pass = 0; pass < Passes; pass++)
        {
            var offsets = counts.AsSpan(pass * Buckets, Buckets);
            var shift = pass * DigitBits;
            if (PrefixSum(offsets, fromKeys.Length))
            {
                continue;
            }

            for (var i = 0; i < fromKeys.Length; i++)
            {
                var target = offsets[(int)(fromKeys[i] >> shift) & (Buckets - 1)]++;
                toKeys[target] = fromKeys[i];
                toValues[target] = fromValues[i];
            }

            var sortedKeys = toKeys;
            toKeys = fromKeys;
            fromKeys = sortedKeys;
            var sortedValues = toValues;
            toValues = fromValues;
            fromValues = sortedValues;
        }

        if (fromKeys != keys)
        {
            fromKeys.CopyTo(keys);
            fromValues.CopyTo(values);
        }
    }

    private static int[] Histogram(ReadOnlySpan<uint> keys)
    {
        var counts = new int[Passes * Buckets];
        foreach (var key in keys)
        {
            counts[key & (Buckets - 1)]++;
            counts[Buckets + ((key >> DigitBits) & (Buckets - 1))]++;
            counts[2 * Buckets + (key >> (2 * DigitBits))]++;
        }

        return counts;
    }

    /// <summary>Turns counts into start offsets; true when one bucket holds everything and the pass would change nothing.</summary>
    private static bool PrefixSum(Span<int> counts, int total)
    {
        var sum = 0;
        for (var i = 0; i < counts.Length; i++)
        {
            if (counts[i] == total)
            {
                return true;
            }

            (counts[i], sum) = (sum, sum + counts[i]);
        }

        return false;
    }
}
