using IMDD.Learning.Training.Pictures;
using IMDD.Learning.Training.Runs;

namespace IMDD.Learning.Training.Tests;

/// <summary>The pixel threshold serves small defects too, not only those with the most pixels.</summary>
public sealed class PixelThresholdTests
{
    private const int Side = 64;

    [Fact]
    public void Iou_EveryThreshold_IsWhatCountingSays()
    {
        Random random = new(3);
        var map = Enumerable.Range(0, 5000).Select(_ => random.NextSingle()).ToArray();
        var mask = map.Select(p => (byte)(random.NextDouble() < p * p ? 255 : 0)).ToArray();
        IouCurve curve = new();
        curve.Add(map.AsSpan(0, 2000), mask[..2000]);
        curve.Add(map.AsSpan(2000), mask[2000..]);
        var ious = curve.Ious();

        foreach (var t in (int[])[1, 100, 437, 999])
        {
            var threshold = IouCurve.ThresholdOf(t);
            double both = map.Zip(mask).Count(p => p.First >= threshold && p.Second != 0), either = map.Zip(mask).Count(p => p.First >= threshold || p.Second != 0);
            ious[t].ShouldBe(both / either, 2e-3); // a probability may lie on the wrong side of a bin's edge by its last bit
        }
    }

    [Fact]
    public void Best_LargeDefectsUnsureAndSmallOnesSure_DoesNotDrownTheSmall()
    {
        // Ten pictures with a wide area at 0.3, and ten of each of three classes with a small one at 0.9 in a halo at 0.35 that is no defect.
        List<(TrainingPicture Picture, float[] Map)> pictures =
        [
            .. Enumerable.Range(0, 10).Select(i => Picture(i, 0, (x, y) => x < 32, (x, y) => x < 32 ? 0.3f : 0.05f)),
            .. Enumerable.Range(10, 30).Select(i => Picture(i, 1 + i % 3, (x, y) => Within(x, y, 4), (x, y) => Within(x, y, 4) ? 0.9f : Within(x, y, 16) ? 0.35f : 0.05f)),
        ];
        List<(TrainingPicture Picture, float[] Map)> wide = [.. pictures.Take(10)];

        Best(pictures)!.Value.ShouldBeGreaterThan(0.35); // where most pixels are wrong, and three classes of four right
        Best(wide)!.Value.ShouldBeInRange(0.05, 0.3);
        Best([.. wide.Select(p => (p.Picture with { Mask = null, Classes = null, ClassIndices = [] }, p.Map))]).ShouldBeNull();

        static bool Within(int x, int y, int reach) => Math.Abs(x - 32) < reach && Math.Abs(y - 32) < reach;
    }

    [Fact]
    public void Best_BoxesBesideOutlines_DoNotPullItDown()
    {
        // The same defect, sure at 0.8 in a halo at 0.3: outlined in five pictures, within a box as wide as the halo in fifty.
        List<(TrainingPicture Picture, float[] Map)> boxes = [.. Enumerable.Range(0, 50).Select(i => Picture(i, 0, (x, y) => Within(x, y, 12), Map))];
        List<(TrainingPicture Picture, float[] Map)> outlined =
            [.. Enumerable.Range(50, 5).Select(i => Picture(i, 0, (x, y) => Within(x, y, 5), Map)).Select(p => (p.Picture with { IsOutlined = true }, p.Map))];

        Best(boxes)!.Value.ShouldBeInRange(0.05, 0.3);
        Best([.. boxes, .. outlined])!.Value.ShouldBeInRange(0.3, 0.8);

        static float Map(int x, int y) => Within(x, y, 5) ? 0.8f : Within(x, y, 12) ? 0.3f : 0.05f;
        static bool Within(int x, int y, int reach) => Math.Abs(x - 32) < reach && Math.Abs(y - 32) < reach;
    }

    private static double? Best(IReadOnlyList<(TrainingPicture Picture, float[] Map)> pictures) => PixelThresholds.Best(
        [.. pictures.Select(p => new PictureScores(Array.ConvertAll(p.Map, v => MathF.Log(v / (1 - v))), Side, [], 0, true, 0, 0, null))],
        [.. pictures.Select(p => p.Picture)], stride: 1, scale: 1, offset: 0);

    private static (TrainingPicture Picture, float[] Map) Picture(int index, int classIndex, Func<int, int, bool> defective, Func<int, int, float> probability)
    {
        var cells = Enumerable.Range(0, Side * Side).Select(i => (X: i % Side, Y: i / Side)).ToList();
        TrainingPicture picture = new()
        {
            Id = $"p{index}",
            Dataset = 0,
            Width = Side,
            Height = Side,
            Rgb = [],
            Mask = [.. cells.Select(c => (byte)(defective(c.X, c.Y) ? 255 : 0))],
            ClassIndices = [classIndex],
        };
        return (picture, [.. cells.Select(c => probability(c.X, c.Y))]);
    }
}
