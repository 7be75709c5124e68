using IMDD.Cloud.Aggregator.Alarms;
using IMDD.Contracts.Queries;

namespace IMDD.Cloud.Aggregator.Tests;

public sealed class PChartCalculatorTests
{
    private static readonly AlarmOptions Options = new() { MinBaselineWindows = 10, BaselineWindows = 20, MinInspected = 20 };

    [Fact]
    public void Compute_VariableSampleSize_HasTheLimitsOfTheFormula()
    {
        // By hand: 10 baseline windows of 100 with 8 failed: p̄ = 80/1000 = 0.08.
        // n = 100: σ = sqrt(0.08·0.92/100) = 0.02712932; limits 0.08 ± 0.08138796 → 0 (cut) and 0.16138796.
        // n = 400: σ = sqrt(0.08·0.92/400) = 0.01356466; limits 0.08 ± 0.04069398 → 0.03930602 and 0.12069398.
        var samples = Samples([.. Enumerable.Repeat((100, 8), 10), .. Enumerable.Repeat((400, 32), 7), (400, 49)]);

        var chart = PChartCalculator.Compute("a/b/c/d", 60, samples, Options);

        chart.CenterLine!.Value.ShouldBe(0.08, 1e-12);
        chart.BaselineWindows.ShouldBe(10);
        chart.Points[0].LowerLimit!.Value.ShouldBe(0);
        chart.Points[0].UpperLimit!.Value.ShouldBe(0.16138796, 1e-8);
        chart.Points[10].LowerLimit!.Value.ShouldBe(0.03930602, 1e-8);
        chart.Points[10].UpperLimit!.Value.ShouldBe(0.12069398, 1e-8);
        chart.Points[17].Proportion.ShouldBe(0.1225);
        chart.Points[17].Signal.ShouldBe(PChartSignal.AboveLimit);
        chart.Points.Take(17).ShouldAllBe(p => p.Signal == PChartSignal.None);
    }

    [Fact]
    public void Compute_BelowTheLowerLimit_IsASignal()
    {
        var chart = PChartCalculator.Compute("a/b/c/d", 60, Samples([.. Enumerable.Repeat((400, 32), 17), (400, 15)]), Options);

        // 15/400 = 0.0375 < 0.03930602.
        chart.Points[^1].Signal.ShouldBe(PChartSignal.BelowLimit);
    }

    [Fact]
    public void Compute_EightOnOneSide_IsASignalAtTheEighth()
    {
        var above = PChartCalculator.Compute("a/b/c/d", 60, Samples([.. Enumerable.Repeat((400, 32), 10), .. Enumerable.Repeat((400, 36), 8)]), Options);
        above.Points.Skip(10).Select(p => p.Signal).ShouldBe([.. Enumerable.Repeat(PChartSignal.None, 7), PChartSignal.RunAbove]);

        var below = PChartCalculator.Compute("a/b/c/d", 60, Samples([.. Enumerable.Repeat((400, 32), 10), .. Enumerable.Repeat((400, 28), 8)]), Options);
        below.Points[^1].Signal.ShouldBe(PChartSignal.RunBelow);
    }

    [Fact]
    public void Compute_PointOnTheCenterLine_EndsARun()
    {
        // Six above, one at p̄ = 0.08 itself, one above: no eight in a row.
        AlarmOptions tenBaselines = new() { MinBaselineWindows = 10, BaselineWindows = 10, MinInspected = 20 };
        var chart = PChartCalculator.Compute(
            "a/b/c/d", 60, Samples([.. Enumerable.Repeat((400, 32), 10), .. Enumerable.Repeat((400, 36), 6), (400, 32), (400, 36)]), tenBaselines);

        chart.Points.ShouldAllBe(p => p.Signal == PChartSignal.None);
    }

    [Fact]
    public void Compute_TooFewBaselineWindows_HasNoLimitsAndNoSignals()
    {
        var chart = PChartCalculator.Compute("a/b/c/d", 60, Samples([.. Enumerable.Repeat((100, 1), 17)]), Options);

        (chart.CenterLine, chart.BaselineWindows, chart.BaselineWindowsNeeded).ShouldBe((null, 9, 10));
        chart.Points.ShouldAllBe(p => p.UpperLimit == null && p.LowerLimit == null && p.Signal == PChartSignal.None);
    }

    [Fact]
    public void Compute_SmallOrIncompleteWindows_AreDrawnAndNotJudged()
    {
        List<PChartSample> samples = [.. Samples([.. Enumerable.Repeat((100, 8), 20)])];
        samples.Add(new PChartSample(samples[^1].Start.AddMinutes(1), 10, 10, Complete: true));
        samples.Add(new PChartSample(samples[^1].Start.AddMinutes(1), 100, 100, Complete: false));
        samples.Add(new PChartSample(samples[^1].Start.AddMinutes(1), 0, 0, Complete: true));

        var chart = PChartCalculator.Compute("a/b/c/d", 60, samples, Options);

        chart.Points.Count.ShouldBe(22);
        chart.CenterLine!.Value.ShouldBe(0.08, 1e-12);
        chart.Points.TakeLast(2).ShouldAllBe(p => p.Signal == PChartSignal.None && p.Proportion == 1 && p.UpperLimit != null);
    }

    [Fact]
    public void Compute_NoWindow_IsEmpty()
    {
        var chart = PChartCalculator.Compute("a/b/c/d", 60, [], Options);

        (chart.Points.Count, chart.CenterLine, chart.BaselineFrom).ShouldBe((0, null, null));
    }

    private static List<PChartSample> Samples(params (int Inspected, int Failed)[] windows)
        => [.. windows.Select((w, i) => new PChartSample(Events.Noon.AddMinutes(i), w.Inspected, w.Failed, Complete: true))];
}
