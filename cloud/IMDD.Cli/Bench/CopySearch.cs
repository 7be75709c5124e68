using System.Diagnostics;
using System.Numerics;
using IMDD.Learning.Datasets.Splits;

namespace IMDD.Cli.Bench;

/// <summary>The search for near-copies among perceptual hashes, by the index and by brute force.</summary>
internal static class CopySearch
{
    private const int Radius = 12;
    private const int CopiesPerPicture = 10;
    private const int MaxFlips = 10;
    private const int Rounds = 5;

    /// <summary>Milliseconds of the best of several rounds each, in turns.</summary>
    public static (double Indexed, double Quadratic) Measure(int count)
    {
        var hashes = Hashes(count, new Random(1));
        double indexed = double.MaxValue, quadratic = double.MaxValue;
        for (var round = 0; round < Rounds; round++)
        {
            var start = Stopwatch.GetTimestamp();
            var found = new HammingIndex(hashes, Radius).Pairs().Count();
            indexed = Math.Min(indexed, Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            start = Stopwatch.GetTimestamp();
            var expected = Quadratic(hashes);
            quadratic = Math.Min(quadratic, Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            if (found != expected)
            {
                throw new InvalidOperationException($"The index found {found} pairs, brute force {expected}.");
            }
        }

        return (indexed, quadratic);
    }

    /// <summary>Groups of near-copies, as a camera over one part gives them.</summary>
    private static ulong[] Hashes(int count, Random random)
    {
        var hashes = new ulong[count];
        for (var i = 0; i < count; i++)
        {
            hashes[i] = i % CopiesPerPicture == 0 ? (ulong)random.NextInt64() << 1 : hashes[i - 1];
            for (var flip = i % CopiesPerPicture == 0 ? MaxFlips : random.Next(MaxFlips); flip < MaxFlips; flip++)
            {
                hashes[i] ^= 1UL << random.Next(64);
            }
        }

        return hashes;
    }

    private static int Quadratic(ulong[] hashes)
    {
        var pairs = 0;
        for (var i = 1; i < hashes.Length; i++)
        {
            for (var j = 0; j < i; j++)
            {
                pairs += BitOperations.PopCount(hashes[i] ^ hashes[j]) <= Radius ? 1 : 0;
            }
        }

        return pairs;
    }
}
