using IMDD.Cloud.Aggregator.Drift;

namespace IMDD.Cloud.Aggregator.Tests;

/// <summary>The measures of drift against values from elsewhere and what must hold of them.</summary>
public sealed class DriftMeasureTests
{
    [Fact]
    public void StabilityIndex_KnownShares_IsTheSumByHand()
    {
        // (0.4 - 0.5) ln(0.4 / 0.5) + (0.6 - 0.5) ln(0.6 / 0.5); a half frame in each bin of a million is below the tolerance.
        StabilityIndex.Of([500_000, 500_000], [400_000, 600_000]).ShouldBe((-0.1 * Math.Log(0.8)) + (0.1 * Math.Log(1.2)), 1e-5);
    }

    [Fact]
    public void StabilityIndex_AnyCounts_IsFiniteNotNegativeAndSymmetric()
    {
        Random random = new(1);
        for (var i = 0; i < 500; i++)
        {
            var bins = random.Next(1, 12);
            var a = Enumerable.Range(0, bins).Select(_ => (long)random.Next(0, 4) * random.Next(0, 1000)).ToArray();
            var b = Enumerable.Range(0, bins).Select(_ => (long)random.Next(0, 4) * random.Next(0, 1000)).ToArray();
            var index = StabilityIndex.Of(a, b);
            index.ShouldBeGreaterThanOrEqualTo(0);
            double.IsFinite(index).ShouldBeTrue();
            StabilityIndex.Of(b, a).ShouldBe(index, 1e-12);
            StabilityIndex.Of(a, a).ShouldBe(0, 1e-12);
        }
    }

    [Fact]
    public void StabilityIndex_BinsThatNeitherHas_ChangeNothing()
        => StabilityIndex.Of([5, 0, 20, 0, 0], [9, 0, 10, 0, 0]).ShouldBe(StabilityIndex.Of([5, 20], [9, 10]), 1e-12);

    [Fact]
    public void StabilityIndex_AllFramesInANewBin_IsLargeAndFinite() => StabilityIndex.Of([1000, 0], [0, 100]).ShouldBeInRange(5, 20);

    [Theory]
    [InlineData(0.0, 1.0)]
    [InlineData(0.5, 0.963945)]
    [InlineData(1.0, 0.269999671677)]
    [InlineData(1.358099, 0.05)]
    [InlineData(2.0, 0.000670925)]
    public void Kolmogorov_KnownPoints_HasItsTail(double x, double tail) => KolmogorovSmirnov.Tail(x).ShouldBe(tail, 2e-6);

    [Fact]
    public void KolmogorovSmirnov_KnownSamples_HasTheirDistance()
    {
        // Cumulative shares 0.2, 0.6, 1 against 0.5, 0.9, 1.
        var (distance, p) = KolmogorovSmirnov.Of([20, 40, 40], [50, 40, 10]);

        distance.ShouldBe(0.3, 1e-12);
        p.ShouldBe(KolmogorovSmirnov.Tail((Math.Sqrt(50) + 0.12 + (0.11 / Math.Sqrt(50))) * 0.3), 1e-12);
    }

    [Fact]
    public void KolmogorovSmirnov_OneDistribution_RejectsNoMoreThanItSays()
    {
        Random random = new(7);
        var rejected = Enumerable.Range(0, 1000).Count(_ => KolmogorovSmirnov.Of(Draw(random, 400), Draw(random, 150)).PValue <= 0.05);

        // 50 at most are expected, with a standard deviation of 7; coarse bins make it fewer.
        rejected.ShouldBeLessThan(75);
    }

    [Theory]
    [InlineData(new long[] { 30, 70 }, new long[] { 50, 50 }, 0.0038924)]
    [InlineData(new long[] { 10, 20, 30 }, new long[] { 20, 20, 20 }, 0.0694835)]
    [InlineData(new long[] { 40, 60 }, new long[] { 40, 60 }, 1.0)]
    [InlineData(new long[] { 0, 0 }, new long[] { 4, 6 }, 1.0)]
    [InlineData(new long[] { 7 }, new long[] { 9 }, 1.0)]
    public void ChiSquare_KnownTables_HasTheirPValue(long[] reference, long[] current, double p)
        => ChiSquareTest.PValue(reference, current).ShouldBe(p, 1e-6);

    [Fact]
    public void ChiSquare_ManyRareNames_RejectsNoMoreThanItSays()
    {
        Random random = new(3);
        var rejected = Enumerable.Range(0, 1000).Count(_ => ChiSquareTest.PValue(Names(random, 2000), Names(random, 100)) <= 0.05);

        rejected.ShouldBeLessThan(85);
    }

    [Fact]
    public void MeanDiscrepancy_KnownPoints_IsTheSumByHand()
    {
        // Two points each, 0 and 1 against 2 and 3: squared distances 1, 1 within and 4, 9, 1, 4 across, median of 1 1 1 4 4 9 (the upper) 4.
        double Kernel(double squared) => Math.Exp(-squared / 4);
        var expected = Kernel(1) + Kernel(1) - (2 * (Kernel(4) + Kernel(9) + Kernel(1) + Kernel(4)) / 4);

        var (squared, p) = MeanDiscrepancy.Of([[2.0], [3.0]], [[0.0], [1.0]], 99, seed: 1);

        squared.ShouldBe(expected, 1e-12);
        p.ShouldBeInRange(0.01, 1);
    }

    [Fact]
    public void MeanDiscrepancy_OneDistribution_LiesAroundZeroAndRejectsAsOftenAsItSays()
    {
        Random random = new(11);
        var rounds = Enumerable.Range(0, 300).Select(i => MeanDiscrepancy.Of(Vectors(random, 40, 8, 0), Vectors(random, 20, 8, 0), 99, i)).ToList();

        rounds.Average(r => r.Squared).ShouldBe(0, 0.004);
        rounds.Count(r => r.PValue <= 0.05).ShouldBeInRange(4, 30);
    }

    [Fact]
    public void MeanDiscrepancy_ShiftedVectors_IsFoundAndTheSameAgain()
    {
        Random random = new(5);
        var (reference, current) = (Vectors(random, 64, 8, 0), Vectors(random, 32, 8, 1.0));
        var first = MeanDiscrepancy.Of(reference, current, 999, seed: 4);

        first.PValue.ShouldBe(0.001, 1e-9);
        first.Squared.ShouldBeGreaterThan(0.1);
        MeanDiscrepancy.Of(reference, current, 999, seed: 4).ShouldBe(first);
    }

    [Fact]
    public void MeanDiscrepancy_AllVectorsAlike_IsNothing()
    {
        var alike = Enumerable.Repeat<IReadOnlyList<double>>([1, 0], 12).ToList();

        MeanDiscrepancy.Of(alike, alike, 99, seed: 1).ShouldBe((0, 1));
        MeanDiscrepancy.Of(alike, [.. Enumerable.Repeat<IReadOnlyList<double>>([0, 1], 12)], 99, seed: 1).PValue.ShouldBe(0.01, 1e-9);
    }

    [Fact]
    public void FalseDiscoveryRate_TheExampleOfItsPaper_FindsTheFirstFour()
    {
        // Benjamini and Hochberg 1995, section 3.3: four of fifteen at 0.05.
        double[] p = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0];

        FalseDiscoveryRate.Threshold(p, 0.05).ShouldBe(0.0095);
        FalseDiscoveryRate.Threshold([0.2, 0.9], 0.05).ShouldBe(-1);
        FalseDiscoveryRate.Threshold([], 0.05).ShouldBe(-1);
    }

    [Fact]
    public void ReferenceBins_OfAReference_AreEvenInsideAndOpenAtTheEnds()
    {
        var reference = new long[128];
        for (var i = 20; i < 60; i++)
        {
            reference[i] = 25;
        }

        ReferenceBins bins = new(reference);
        var counts = bins.Of(reference);

        bins.Count.ShouldBe(12);
        (counts[0], counts[^1]).ShouldBe((0, 0));
        counts[1..^1].ShouldAllBe(count => count >= 50 && count <= 150);
        bins.Of(Bin(128, 5, 7))[0].ShouldBe(7);
        bins.Of(Bin(128, 100, 7))[^1].ShouldBe(7);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(64)]
    [InlineData(127)]
    public void ReferenceBins_OfASteadyCamera_BearOneFineBinToEitherSide(int at)
    {
        ReferenceBins bins = new(Bin(128, at, 1000));
        double Shifted(int by) => StabilityIndex.Of(bins.Of(Bin(128, at, 1000)), bins.Of(Bin(128, Math.Clamp(at + by, 0, 127), 100)));

        Shifted(1).ShouldBe(0, 1e-9);
        Shifted(-1).ShouldBe(0, 1e-9);
        Shifted(at < 64 ? 4 : -4).ShouldBeGreaterThan(1);
    }

    private static long[] Bin(int bins, int at, long count)
    {
        var counts = new long[bins];
        counts[at] = count;
        return counts;
    }

    private static long[] Draw(Random random, int count)
    {
        var counts = new long[64];
        for (var i = 0; i < count; i++)
        {
            counts[(int)Math.Clamp(32 + (8 * Normal(random)), 0, 63)]++;
        }

        return counts;
    }

    private static long[] Names(Random random, int count)
    {
        var counts = new long[20];
        for (var i = 0; i < count; i++)
        {
            counts[random.NextDouble() < 0.9 ? 0 : random.Next(1, 20)]++;
        }

        return counts;
    }

    private static List<IReadOnlyList<double>> Vectors(Random random, int count, int length, double shift)
        => [.. Enumerable.Range(0, count).Select(_ => (IReadOnlyList<double>)[.. Enumerable.Range(0, length).Select(_ => Normal(random) + shift)])];

    private static double Normal(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
