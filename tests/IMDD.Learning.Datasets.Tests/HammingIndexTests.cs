using System.Numerics;
using CsCheck;
using IMDD.Learning.Datasets.Splits;

namespace IMDD.Learning.Datasets.Tests;

public sealed class HammingIndexTests
{
    /// <summary>Hashes around a few centres, so that many pairs are near the radius on either side.</summary>
    private static readonly Gen<ulong[]> Clustered = Gen.Select(Gen.ULong.Array[1, 4], Gen.Select(Gen.Int[0, 3], Gen.Int[0, 63].Array[0, 16]).Array[0, 120])
        .Select((centres, members) => members.Select(m => m.Item2.Aggregate(centres[m.Item1 % centres.Length], (hash, bit) => hash ^ 1UL << bit)).ToArray());

    [Fact]
    public void Pairs_AnyHashesAndRadius_EqualTheQuadraticSearch()
        => Gen.Select(Clustered, Gen.Int[0, 20]).Sample((hashes, radius) =>
        {
            var found = new HammingIndex(hashes, radius).Pairs().ToList();

            found.Order().ShouldBe(Quadratic(hashes, radius).Order());
        });

    [Fact]
    public void Pairs_WholeRange_FindsComplements()
        => new HammingIndex([0, ulong.MaxValue, 0], 64).Pairs().ShouldBe([(0, 1), (0, 2), (1, 2)], ignoreOrder: true);

    [Theory]
    [InlineData(-1)]
    [InlineData(65)]
    public void Create_ImpossibleRadius_IsRefused(int radius)
        => Should.Throw<ArgumentOutOfRangeException>(() => new HammingIndex([1], radius));

    private static IEnumerable<(int, int)> Quadratic(ulong[] hashes, int radius)
        => from later in Enumerable.Range(0, hashes.Length)
           from earlier in Enumerable.Range(0, later)
           where BitOperations.PopCount(hashes[earlier] ^ hashes[later]) <= radius
           select (earlier, later);
}
