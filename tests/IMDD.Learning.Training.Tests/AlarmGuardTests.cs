using IMDD.Learning.Training.Models;
using IMDD.Learning.Training.Runs;

namespace IMDD.Learning.Training.Tests;

/// <summary>A model that is trained on alarms on normal pictures hardly more often than before.</summary>
public sealed class AlarmGuardTests
{
    private static readonly EdgeCalibration Before = new() { DefectScale = 0.5, DefectOffset = -1, PixelThreshold = 0.5 };
    private static readonly EdgeCalibration After = new() { DefectScale = 0.8, DefectOffset = 0.5, PixelThreshold = 0.3 };

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Raise_AnyPictures_HardlyMoreAlarmsThanBefore(int seed)
    {
        Random random = new(seed);
        var before = Pictures(random, 60, level: 0);
        var after = Pictures(random, 60, level: 1);

        var threshold = AlarmGuard.Raise(After.PixelThreshold, (after, After), (before, Before));

        threshold.ShouldBeGreaterThanOrEqualTo(After.PixelThreshold);
        Alarms(after, After, threshold).ShouldBeLessThanOrEqualTo(Alarms(before, Before, Before.PixelThreshold) + 1, "three of a hundred more, of 60");
        Alarms(after, After, After.PixelThreshold).ShouldBeGreaterThan(Alarms(before, Before, Before.PixelThreshold), "there was something to raise it for");
    }

    [Fact]
    public void Raise_QuietModel_IsLeftAsItIs()
    {
        Random random = new(5);
        AlarmGuard.Raise(0.3, (Pictures(random, 60, level: -8), After), (Pictures(random, 60, level: 2), Before)).ShouldBe(0.3);
    }

    [Fact]
    public void Raise_AlwaysAlarming_StopsWhereItStillFindsSomething()
    {
        Random random = new(6);
        AlarmGuard.Raise(0.3, (Pictures(random, 60, level: 50), After), (Pictures(random, 60, level: -20), Before)).ShouldBe(0.9);
    }

    [Fact]
    public void Raise_FewNormalPicturesOrOneCellAlone_IsLeftAsItIs()
    {
        Random random = new(7);
        AlarmGuard.Raise(0.3, (Pictures(random, 19, level: 50), After), (Pictures(random, 19, level: -20), Before)).ShouldBe(0.3);
        List<PictureScores> lone = [.. Enumerable.Range(0, 40).Select(_ => Picture([9, -9, -9, -9], isDefective: false))];
        AlarmGuard.Raise(0.3, (lone, After), (Pictures(random, 40, level: -20), Before)).ShouldBe(0.3);
    }

    [Fact]
    public void Raise_DefectivePictures_DoNotCount()
    {
        Random random = new(8);
        List<PictureScores> loud = [.. Pictures(random, 40, level: -8), .. Enumerable.Range(0, 40).Select(_ => Picture([9, 9, 9, 9], isDefective: true))];
        AlarmGuard.Raise(0.3, (loud, After), (Pictures(random, 80, level: -20), Before)).ShouldBe(0.3);
    }

    private static int Alarms(IEnumerable<PictureScores> pictures, EdgeCalibration calibration, double threshold)
        => pictures.Count(p => p.Logits.Count(l => 1 / (1 + Math.Exp(-(calibration.DefectScale * l + calibration.DefectOffset))) >= threshold) >= 2);

    private static List<PictureScores> Pictures(Random random, int count, double level)
        => [.. Enumerable.Range(0, count).Select(_ => Picture([.. Enumerable.Range(0, 16).Select(_ => (float)(level + 2 * random.NextDouble() - 2))], isDefective: false))];

    private static PictureScores Picture(float[] logits, bool isDefective) => new(logits, 4, new bool[logits.Length], 0, isDefective, -1, -1, null);
}
