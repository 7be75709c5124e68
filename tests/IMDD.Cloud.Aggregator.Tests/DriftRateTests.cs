using IMDD.Cloud.Aggregator.Drift;
using IMDD.Contracts.Events;
using IMDD.Contracts.Queries;

namespace IMDD.Cloud.Aggregator.Tests;

/// <summary>How often drift is seen where there is none, and how soon where there is, over cameras of many seeds with the options as they come.</summary>
public sealed class DriftRateTests
{
    private const int Cameras = 12;
    private static readonly DriftOptions Options = new();
    private static readonly DriftScorer Scorer = new(Options);

    [Fact]
    public void NoDrift_ManyCamerasAndWindows_RaisesNothing()
    {
        const int Windows = 50;
        List<DriftScore> scores = [];
        for (var seed = 0; seed < Cameras; seed++)
        {
            SimulatedCamera camera = new(100 + seed);
            var windows = Run(camera, ReferenceOf(camera), Windows, 0);
            scores.AddRange(windows.SelectMany(window => window.Scores));
            for (var count = 1; count <= windows.Count; count++)
            {
                DriftJudge.Standing([.. windows.Take(count)], Options).ShouldBeEmpty();
            }
        }

        scores.Count.ShouldBe(Cameras * Windows * 7);
        var signals = scores.Count(score => score.IsSignal);
        TestContext.Current.TestOutputHelper?.WriteLine($"{signals} of {scores.Count} scores signal; largest index {scores.Where(s => s.Statistic != StatisticName.Embedding).Max(s => s.Effect):F3}, largest discrepancy {scores.Where(s => s.Statistic == StatisticName.Embedding).Max(s => s.Effect):F4}");
        signals.ShouldBeLessThan(scores.Count / 200);
    }

    [Theory]
    [InlineData("light", StatisticName.Brightness)]
    [InlineData("darker", StatisticName.Brightness)]
    [InlineData("blur", StatisticName.Sharpness)]
    [InlineData("texture", StatisticName.Embedding)]
    [InlineData("fails", StatisticName.Verdict)]
    public void Drift_OfAKind_IsRaisedOnEveryCameraAndNamesTheStatistic(string change, string statistic)
    {
        for (var seed = 0; seed < Cameras; seed++)
        {
            SimulatedCamera camera = new(200 + seed);
            var reference = ReferenceOf(camera);
            var before = Run(camera, reference, 4, 0);
            Change(camera, change);
            var after = Run(camera, reference, Options.OfWindows, 4);

            var standing = DriftJudge.Standing([.. before, .. after], Options);

            standing.Select(drift => drift.Statistic).ShouldContain(statistic, $"camera {seed}");
            var drift = standing.Single(d => d.Statistic == statistic);
            drift.Since.ShouldBeGreaterThanOrEqualTo(after[0].Start);
            drift.Score.Effect.ShouldBeGreaterThan(Scorer.LevelOf(statistic));
        }
    }

    private static void Change(SimulatedCamera camera, string change)
    {
        switch (change)
        {
            case "light":
                camera.Light = 6;
                break;
            case "darker":
                camera.Light = -6;
                break;
            case "blur":
                camera.Focus = 0.8;
                break;
            case "texture":
                camera.Texture = 1;
                break;
            default:
                camera.Fails = 0.35;
                break;
        }
    }

    private static StatisticsSketch ReferenceOf(SimulatedCamera camera)
    {
        StatisticsSketch? reference = null;
        while (reference is null || reference.Frames < Options.ReferenceFrames)
        {
            reference = SketchSum.Of(reference, camera.Sketch());
        }

        return reference;
    }

    private static List<DriftWindow> Run(SimulatedCamera camera, StatisticsSketch reference, int windows, int from)
        => [.. Enumerable.Range(from, windows).Select(i =>
        {
            var sketch = camera.Sketch();
            return new DriftWindow(SimulatedCamera.StartOf(i), SimulatedCamera.StartOf(i + 1), sketch.Frames, Scorer.Compare(sketch, reference, bundle: null, seed: i));
        })];
}
