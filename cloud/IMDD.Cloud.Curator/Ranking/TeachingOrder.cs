using System.Numerics.Tensors;

namespace IMDD.Cloud.Curator.Ranking;

/// <summary>
/// The order that teaches most: uncertainty × novelty × density × distance to what comes before, by greedy k-centre (Sener and Savarese, "Active learning
/// for convolutional neural networks: a core-set approach", 2018; Settles and Craven's information density, 2008). Equal input gives equal output.
/// </summary>
internal static class TeachingOrder
{
    /// <summary>Frames that density is measured against; more are drawn from evenly.</summary>
    private const int DensitySample = 512;

    /// <summary>Frames are near within this share of the typical distance of two frames of their model.</summary>
    private const double Near = 0.5;

    /// <summary>Least that distance leaves of a frame.</summary>
    private const double LeastDistance = 0.01;

    /// <summary>Gives each of <paramref name="waiting"/> its priority.</summary>
    /// <param name="waiting">Frames in an order of their own, such as by id.</param>
    /// <param name="seen">What was judged or is before somebody: what is like it comes later.</param>
    /// <param name="chosen">How many are chosen one by one; those beyond are measured against these.</param>
    public static double[] Rank(IReadOnlyList<RankedFrame> waiting, IReadOnlyList<RankedFrame> seen, int chosen)
    {
        var priorities = new double[waiting.Count];
        var worth = new double[waiting.Count];
        var nearest = new double[waiting.Count];
        var scale = new double[waiting.Count];
        Array.Fill(nearest, double.PositiveInfinity);
        List<int[]> groups = [];
        var groupOf = new int[waiting.Count];
        Array.Fill(groupOf, -1);
        foreach (var group in Enumerable.Range(0, waiting.Count).Where(i => waiting[i].Vector is not null).GroupBy(i => (waiting[i].Model, waiting[i].Vector!.Length)))
        {
            int[] members = [.. group];
            var sigma = Density(waiting, members, worth);
            foreach (var i in members)
            {
                (scale[i], groupOf[i]) = (sigma, groups.Count);
            }

            foreach (var frame in seen.Where(s => s.Model == group.Key.Model && s.Vector?.Length == group.Key.Length))
            {
                Approach(waiting, members, frame.Vector!, nearest);
            }

            groups.Add(members);
        }

        for (var i = 0; i < waiting.Count; i++)
        {
            worth[i] = waiting[i].Worth * (groupOf[i] < 0 ? TeachingValue.Unknown : worth[i]);
            priorities[i] = worth[i] * Distance(i);
        }

        var taken = new bool[waiting.Count];
        for (var n = 0; n < Math.Min(chosen, waiting.Count); n++)
        {
            var best = -1;
            for (var i = 0; i < waiting.Count; i++)
            {
                if (!taken[i] && (best < 0 || priorities[i] > priorities[best]))
                {
                    best = i;
                }
            }

            taken[best] = true;
            if (groupOf[best] < 0)
            {
                continue;
            }

            Approach(waiting, groups[groupOf[best]], waiting[best].Vector!, nearest);
            foreach (var i in groups[groupOf[best]])
            {
                if (!taken[i])
                {
                    priorities[i] = worth[i] * Distance(i);
                }
            }
        }

        return priorities;

        // From 0 to 1 in units of the model's typical distance; one half there, and for what cannot be compared.
        double Distance(int i) => groupOf[i] < 0
            ? TeachingValue.Unknown
            : double.IsPositiveInfinity(nearest[i]) ? 1 : Math.Max(LeastDistance, scale[i] > 0 ? nearest[i] / (nearest[i] + scale[i]) : 0);
    }

    /// <summary>Writes <c>n / (n + 1)</c> for the <c>n</c> frames near each, itself included; the root mean square distance of two frames.</summary>
    private static double Density(IReadOnlyList<RankedFrame> waiting, int[] members, double[] density)
    {
        var step = Math.Max(1, (members.Length + DensitySample - 1) / DensitySample);
        int[] sample = [.. Enumerable.Range(0, (members.Length + step - 1) / step).Select(k => members[k * step])];
        double squares = 0;
        foreach (var i in sample)
        {
            foreach (var j in sample)
            {
                squares += i == j ? 0 : Squared(waiting[i].Vector!, waiting[j].Vector!);
            }
        }

        var sigma = sample.Length > 1 ? Math.Sqrt(squares / ((double)sample.Length * (sample.Length - 1))) : 0;
        var limit = Near * Near * sigma * sigma;
        foreach (var i in members)
        {
            var near = sample.Where(j => j != i && Squared(waiting[i].Vector!, waiting[j].Vector!) <= limit).Sum(j => waiting[j].Frames);
            var n = waiting[i].Frames + ((double)near * step);
            density[i] = n / (n + 1);
        }

        return sigma;
    }

    private static void Approach(IReadOnlyList<RankedFrame> waiting, int[] members, float[] centre, double[] nearest)
    {
        foreach (var i in members)
        {
            nearest[i] = Math.Min(nearest[i], Math.Sqrt(Squared(waiting[i].Vector!, centre)));
        }
    }

    /// <summary>Of unit vectors.</summary>
    private static double Squared(float[] a, float[] b) => Math.Max(0, 2 - (2 * (double)TensorPrimitives.Dot(a, b)));
}
