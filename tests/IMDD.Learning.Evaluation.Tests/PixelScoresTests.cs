using CsCheck;
using IMDD.Learning.Evaluation.Pixels;

namespace IMDD.Learning.Evaluation.Tests;

public sealed class PixelScoresTests
{
    private const int Width = 6;
    private const int Height = 4;

    private static readonly float[] Map0 =
    [
        .9f, .8f, .1f, .0f, .2f, .1f, .7f, .3f, .2f, .1f, .0f, .1f, .1f, .2f, .65f, .6f, .1f, .0f, .0f, .1f, .55f, .2f, .1f, .3f,
    ];

    private static readonly float[] Map1 =
    [
        .05f, .1f, .15f, .2f, .25f, .5f, .1f, .1f, .2f, .2f, .45f, .85f, .0f, .1f, .1f, .75f, .4f, .35f, .1f, .0f, .1f, .1f, .2f, .3f,
    ];

    private static readonly bool[] Mask0 = Mask("110000110000001100001000");
    private static readonly bool[] Mask1 = Mask("000000000001000011000000");

    [Fact]
    public void WorkedVector_PixelMeasures_MatchPublishedValues()
    {
        var pixels = Worked();

        // Two of the blobs touch at a corner only: with 4-connectivity the first value would be 0.8757309942.
        pixels.Aupro(0.3).Value.ShouldBe(0.8621553885, 1e-10);
        pixels.Aupro(0.05).Value.ShouldBe(0.4448621554, 1e-10);
        pixels.Aupro(1).Value.ShouldBe(0.9586466165, 1e-10);
        pixels.Regions.ShouldBe(2);
        pixels.Auroc().Value.ShouldBe(0.9631578947, 1e-10);
        pixels.AveragePrecision().Value.ShouldBe(0.8509415584, 1e-10);
        pixels.F1Max().F1.Value.ShouldBe(0.8181818182, 1e-10);
        pixels.F1Max().Threshold.ShouldBe(.35f);
    }

    [Fact]
    public void WorkedVector_AtHalf_MatchesPublishedValues()
    {
        var scores = new SegmentationScores(0.5f);
        scores.Add(Map0, Mask0);
        scores.Add(Map1, Mask1);

        ConfusionCounts.Of(Map0, Mask0, 0.5f).ShouldBe(new ConfusionCounts(6, 0, 1, 17));
        ConfusionCounts.Of(Map1, Mask1, 0.5f).ShouldBe(new ConfusionCounts(1, 2, 2, 19));
        scores.MacroDice.Value.ShouldBe(0.6282051282, 1e-10);
        scores.MacroIou.Value.ShouldBe(0.5285714286, 1e-10);
        scores.Pooled.Dice.Value.ShouldBe(0.7368421053, 1e-10);
        scores.Pooled.Iou.Value.ShouldBe(0.5833333333, 1e-10);
        scores.Pooled.Accuracy.Value.ShouldBe(0.8958333333, 1e-10);
        scores.Pooled.Precision.Value.ShouldBe(0.7777777778, 1e-10);
        scores.Pooled.Recall.Value.ShouldBe(0.7, 1e-10);
    }

    [Fact]
    public void Aupro_RandomMaps_EqualsDefinition()
        => Gen.Select(Gen.Int[0, 6].Array[35], Gen.Int[0, 3].Array[35], Gen.Double[0.05, 1.0]).Sample((levels, masks, limit) =>
        {
            const int width = 7, height = 5;
            var map = levels.Select(l => l / 8f).ToArray();
            var mask = masks.Select(m => m == 0).ToArray();
            var pixels = new PixelScores();
            pixels.Add(map, mask, width, height);
            var expected = AuproByDefinition(map, mask, width, height, limit);
            if (double.IsNaN(expected))
            {
                pixels.Aupro(limit).IsDefined.ShouldBeFalse();
            }
            else
            {
                pixels.Aupro(limit).Value.ShouldBe(expected, 1e-9);
            }
        });

    [Fact]
    public void Aupro_NoDefect_IsUndefinedWithReason()
    {
        var pixels = new PixelScores();
        pixels.Add(Map0, new bool[Map0.Length], Width, Height);

        pixels.Aupro(0.3).Undefined.ShouldBe("no defective pixel");
    }

    [Fact]
    public void Add_WrongSize_IsRefused()
        => Should.Throw<ArgumentException>(() => new PixelScores().Add(Map0, Mask0, Width, Height + 1)).Message.ShouldContain("6×5");

    [Fact]
    public void Histogram_RandomScores_StaysWithinItsErrorBounds()
        => Gen.Select(Gen.Int[0, 200].Array[80], Gen.Int[0, 3].Array[80], Gen.Double[0.05, 1.0]).Sample((levels, masks, limit) =>
        {
            // Steps smaller than a bin, so that many scores that differ share one.
            const int width = 10, height = 8;
            var map = levels.Select(l => l / 40 * 0.2f + l % 40 * 1e-7f).ToArray();
            var mask = masks.Select(m => m == 0).ToArray();
            PixelScores exact = new();
            HistogramPixelScores histogram = new();
            exact.Add(map, mask, width, height);
            histogram.Add(map, mask, width, height);
            if (!exact.Auroc().IsDefined)
            {
                histogram.Auroc().IsDefined.ShouldBeFalse();
                return;
            }

            histogram.Auroc().Value.ShouldBe(exact.Auroc().Value, histogram.AurocErrorBound + 1e-12);
            histogram.Aupro(limit).Value.ShouldBe(exact.Aupro(limit).Value, histogram.AuproErrorBound(limit) + 1e-12);
            histogram.F1Max().F1.Value.ShouldBeLessThanOrEqualTo(exact.F1Max().F1.Value + 1e-12);
        });

    [Fact]
    public void Histogram_ScoresOfDifferentBins_IsExact()
    {
        var random = new Random(5);
        var scores = Enumerable.Range(0, 20_000).Select(_ => random.Next(1 << 16) / 65536f).ToArray();
        var mask = scores.Select(s => random.NextSingle() < s / 8).ToArray();
        PixelScores exact = new();
        HistogramPixelScores histogram = new();
        exact.Add(scores, mask, 200, 100);
        histogram.Add(scores, mask, 200, 100);

        histogram.Auroc().Value.ShouldBe(exact.Auroc().Value, 1e-12);
        histogram.Aupro(0.3).Value.ShouldBe(exact.Aupro(0.3).Value, 1e-9);
        histogram.AveragePrecision().Value.ShouldBe(exact.AveragePrecision().Value, 1e-12);
        histogram.F1Max().F1.Value.ShouldBe(exact.F1Max().F1.Value, 1e-12);
        histogram.AurocErrorBound.ShouldBeLessThan(1e-4);
    }

    [Fact]
    public void Histogram_ScoreOutOfRange_IsRefused()
        => Should.Throw<ArgumentException>(() => new HistogramPixelScores().Add([1.5f], [true], 1, 1)).Message.ShouldContain("1.5");

    private static PixelScores Worked()
    {
        var pixels = new PixelScores();
        pixels.Add(Map0, Mask0, Width, Height);
        pixels.Add(Map1, Mask1, Width, Height);
        return pixels;
    }

    private static bool[] Mask(string bits) => [.. bits.Select(b => b == '1')];

    /// <summary>Every threshold by itself, every region by flood fill: slow, and nothing shared with the code under test.</summary>
    private static double AuproByDefinition(float[] map, bool[] mask, int width, int height, double limit)
    {
        var regions = Regions(mask, width, height);
        var normal = Enumerable.Range(0, map.Length).Where(i => !mask[i]).ToList();
        if (regions.Count == 0 || normal.Count == 0)
        {
            return double.NaN;
        }

        List<(double Rate, double Overlap)> curve = [(0, 0)];
        foreach (var threshold in map.Distinct().OrderDescending())
        {
            curve.Add((
                normal.Count(i => map[i] >= threshold) / (double)normal.Count,
                regions.Average(r => r.Count(i => map[i] >= threshold) / (double)r.Count)));
        }

        double area = 0;
        for (var i = 1; i < curve.Count && curve[i - 1].Rate < limit; i++)
        {
            var (r0, o0) = curve[i - 1];
            var (r1, o1) = curve[i];
            if (r1 > limit)
            {
                (r1, o1) = (limit, o0 + (o1 - o0) * (limit - r0) / (r1 - r0));
            }

            area += (r1 - r0) * (o0 + o1) / 2;
        }

        return area / limit;
    }

    private static List<List<int>> Regions(bool[] mask, int width, int height)
    {
        List<List<int>> regions = [];
        var seen = new bool[mask.Length];
        for (var start = 0; start < mask.Length; start++)
        {
            if (!mask[start] || seen[start])
            {
                continue;
            }

            List<int> region = [];
            Stack<int> open = new([start]);
            seen[start] = true;
            while (open.TryPop(out var i))
            {
                region.Add(i);
                for (var dy = -1; dy <= 1; dy++)
                {
                    for (var dx = -1; dx <= 1; dx++)
                    {
                        int x = i % width + dx, y = i / width + dy;
                        if (x >= 0 && x < width && y >= 0 && y < height && mask[y * width + x] && !seen[y * width + x])
                        {
                            seen[y * width + x] = true;
                            open.Push(y * width + x);
                        }
                    }
                }
            }

            regions.Add(region);
        }

        return regions;
    }
}
