using System.Numerics;

namespace IMDD.Learning.Datasets.Splits;

/// <summary>
/// Finds all pairs of 64-bit hashes that differ in at most a given number of bits, exactly: multi-index hashing (Norouzi, Punjani, Fleet 2012).
/// The bits are cut into bands with a table each. A pair within r = m·q + a bits (m bands, a &lt; m) differs by at most q in one of the
/// first a + 1 bands or by at most q − 1 in one of the others, so only the table entries that near are looked at.
/// </summary>
public sealed class HammingIndex
{
    private const int HashBits = 64;
    private const int Bands = 5;

    private readonly ulong[] _hashes;
    private readonly int _radius;
    private readonly Band[] _bands;

    /// <summary>Builds the tables: 12 bytes a hash and band.</summary>
    /// <param name="hashes">The hashes; a pair is named by its positions here.</param>
    /// <param name="radius">Most bits that differ, 0 to 64.</param>
    public HammingIndex(IReadOnlyList<ulong> hashes, int radius)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(radius);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(radius, HashBits);
        _hashes = [.. hashes];
        _radius = radius;
        _bands = new Band[Bands];
        for (var band = 0; band < Bands; band++)
        {
            int first = band * HashBits / Bands, end = (band + 1) * HashBits / Bands;
            _bands[band] = new Band(_hashes, first, end - first, radius / Bands - (band <= radius % Bands ? 0 : 1));
        }
    }

    /// <summary>Every pair (earlier, later) once, by the later one.</summary>
    public IEnumerable<(int Earlier, int Later)> Pairs()
    {
        List<int> found = [];
        for (var later = 1; later < _hashes.Length; later++)
        {
            found.Clear();
            for (var band = 0; band < Bands; band++)
            {
                Find(later, band, found);
            }

            foreach (var earlier in found)
            {
                yield return (earlier, later);
            }
        }
    }

    private void Find(int later, int number, List<int> found)
    {
        var band = _bands[number];
        var hash = _hashes[later];
        foreach (var flips in band.Masks)
        {
            var (start, end) = band.Range(band.Value(hash) ^ flips);
            for (var at = start; at < end && band.Ids[at] < later; at++)
            {
                var difference = hash ^ band.Hashes[at];
                if (BitOperations.PopCount(difference) <= _radius && IsFirst(difference, number))
                {
                    found.Add(band.Ids[at]);
                }
            }
        }
    }

    /// <summary>True when no earlier band has found the pair already.</summary>
    private bool IsFirst(ulong difference, int number)
    {
        for (var band = 0; band < number; band++)
        {
            if (BitOperations.PopCount((uint)_bands[band].Value(difference)) <= _bands[band].Radius)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>One table: the hashes in the order of the bits of one band, and where each value of the band starts.</summary>
    private sealed class Band
    {
        private readonly int _shift;
        private readonly int _width;
        private readonly int[] _starts;

        public Band(ulong[] hashes, int shift, int width, int radius)
        {
            (_shift, _width, Radius) = (shift, width, radius);
            _starts = new int[(1 << width) + 1];
            Ids = new int[hashes.Length];
            Hashes = new ulong[hashes.Length];
            foreach (var hash in hashes)
            {
                _starts[Value(hash) + 1]++;
            }

            for (var value = 1; value < _starts.Length; value++)
            {
                _starts[value] += _starts[value - 1];
            }

            var next = _starts.AsSpan(0, 1 << width).ToArray();
            for (var id = 0; id < hashes.Length; id++)
            {
                var at = next[Value(hashes[id])]++;
                (Ids[at], Hashes[at]) = (id, hashes[id]);
            }

            Masks = [.. Enumerable.Range(0, 1 << width).Where(mask => BitOperations.PopCount((uint)mask) <= radius)];
        }

        /// <summary>Most bits that may differ here; −1 when the band finds nothing that another does not.</summary>
        public int Radius { get; }

        /// <summary>Positions of the hashes, ascending within a value.</summary>
        public int[] Ids { get; }

        /// <summary>The hashes in the same order, so that a search reads one stretch of memory.</summary>
        public ulong[] Hashes { get; }

        /// <summary>Every set of flipped bits within the radius.</summary>
        public int[] Masks { get; }

        public int Value(ulong hash) => (int)(hash >> _shift) & ((1 << _width) - 1);

        /// <summary>Where the hashes of one value stand.</summary>
        public (int Start, int End) Range(int value) => (_starts[value], _starts[value + 1]);
    }
}
