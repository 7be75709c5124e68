namespace IMDD.Cloud.Aggregator.Drift;

/// <summary>
/// Squared maximum mean discrepancy of two sets of vectors, unbiased, by a Gaussian kernel whose width is the median distance (Gretton et al., A Kernel
/// Two-Sample Test, JMLR 13, 2012, lemma 6), with a permutation test.
/// </summary>
internal static class MeanDiscrepancy
{
    /// <summary>Fewer vectors on either side say nothing.</summary>
    public const int LeastVectors = 8;

    /// <summary>The discrepancy, which lies around 0 where nothing has changed, and the share of random divisions that give one as large.</summary>
    /// <param name="reference">Vectors of one length.</param>
    /// <param name="current">Vectors of the same length.</param>
    /// <param name="permutations">Random divisions.</param>
    /// <param name="seed">Of the divisions.</param>
    public static (double Squared, double PValue) Of(
        IReadOnlyList<IReadOnlyList<double>> reference, IReadOnlyList<IReadOnlyList<double>> current, int permutations, int seed)
    {
        var all = current.Concat(reference).Select(vector => vector.ToArray()).ToArray();
        var (kernel, rows) = Kernel(all);
        var order = Enumerable.Range(0, all.Length).ToArray();
        var total = rows.Sum();
        var seen = Of(kernel, rows, total, order, current.Count);
        Random random = new(seed);
        var asLarge = 0;
        for (var i = 0; i < permutations; i++)
        {
            random.Shuffle(order);
            asLarge += Of(kernel, rows, total, order, current.Count) >= seen ? 1 : 0;
        }

        return (seen, (1.0 + asLarge) / (1 + permutations));
    }

    /// <summary>The discrepancy where the first <paramref name="count"/> of <paramref name="order"/> are one side: the other side follows from the rows' sums.</summary>
    private static double Of(double[][] kernel, double[] rows, double total, int[] order, int count)
    {
        double within = 0, touching = 0;
        for (var i = 0; i < count; i++)
        {
            var row = kernel[order[i]];
            touching += rows[order[i]];
            for (var j = 0; j < i; j++)
            {
                within += 2 * row[order[j]];
            }
        }

        double others = order.Length - count;
        var across = touching - within;
        var beside = total - touching - across;
        return (within / ((double)count * (count - 1))) + (beside / (others * (others - 1))) - (2 * across / (count * others));
    }

    /// <summary>The kernel without its diagonal, and the sum of each row.</summary>
    private static (double[][] Kernel, double[] Rows) Kernel(double[][] vectors)
    {
        var count = vectors.Length;
        var kernel = Enumerable.Range(0, count).Select(_ => new double[count]).ToArray();
        List<double> distances = new(count * (count - 1) / 2);
        for (var i = 0; i < count; i++)
        {
            for (var j = 0; j < i; j++)
            {
                var distance = Distance(vectors[i], vectors[j]);
                kernel[i][j] = kernel[j][i] = distance;
                distances.Add(distance);
            }
        }

        distances.Sort();
        var median = distances[distances.Count / 2];
        for (var i = 0; i < count; i++)
        {
            for (var j = 0; j < count; j++)
            {
                // Where most vectors are the same, only those that differ are apart.
                kernel[i][j] = i == j ? 0 : median > 0 ? Math.Exp(-kernel[i][j] / median) : kernel[i][j] > 0 ? 0 : 1;
            }
        }

        return (kernel, [.. kernel.Select(row => row.Sum())]);
    }

    private static double Distance(double[] a, double[] b)
    {
        double sum = 0;
        for (var i = 0; i < a.Length; i++)
        {
            sum += (a[i] - b[i]) * (a[i] - b[i]);
        }

        return sum;
    }
}
