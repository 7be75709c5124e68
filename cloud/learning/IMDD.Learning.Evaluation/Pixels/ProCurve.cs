namespace IMDD.Learning.Evaluation.Pixels;

/// <summary>Integrates the per-region overlap curve.</summary>
internal static class ProCurve
{
    /// <summary>The area up to <paramref name="limit"/>, divided by it.</summary>
    public static double Area(RankedPixels pixels, IReadOnlyList<int> regionSizes, double limit)
    {
        var positives = pixels.PositiveKeys;
        var negatives = pixels.Scores.NegativeKeys;
        var weights = new double[regionSizes.Count];
        for (var region = 0; region < weights.Length; region++)
        {
            weights[region] = 1.0 / regionSizes[region] / weights.Length;
        }

        double area = 0, rate = 0, overlap = 0, compensation = 0;
        int p = positives.Length - 1, n = negatives.Length - 1;
        while (p >= 0 || n >= 0)
        {
            var key = p < 0 ? negatives[n] : n < 0 ? positives[p] : Math.Max(positives[p], negatives[n]);
            var nextOverlap = overlap;
            for (; p >= 0 && positives[p] == key; p--)
            {
                // Kahan summation: up to 10⁸ terms of very different size.
                var term = weights[pixels.PositiveRegions[p]] - compensation;
                var sum = nextOverlap + term;
                compensation = sum - nextOverlap - term;
                nextOverlap = sum;
            }

            while (n >= 0 && negatives[n] == key)
            {
                n--;
            }

            var nextRate = (double)(negatives.Length - 1 - n) / negatives.Length;
            if (nextRate >= limit)
            {
                var share = nextRate > rate ? (limit - rate) / (nextRate - rate) : 0;
                var atLimit = overlap + share * (nextOverlap - overlap);
                return (area + (limit - rate) * (overlap + atLimit) / 2) / limit;
            }

            area += (nextRate - rate) * (overlap + nextOverlap) / 2;
            (rate, overlap) = (nextRate, nextOverlap);
        }

        return area / limit;
    }
}
