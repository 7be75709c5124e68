using IMDD.Contracts.Training;
using IMDD.Learning.Evaluation.Replay;

namespace IMDD.Learning.Evaluation.Tests;

/// <summary>What is predicted of a line, from samples of what it failed and of what it passed.</summary>
public sealed class LineReplayTests
{
    [Fact]
    public void Predict_SeededLines_TheTruthLiesWithinAndTheIntervalNarrows()
    {
        // A candidate that finds 95 of 100 of what the line failed, and fails 10 of 100 of what it passed: a new kind that the line did not know.
        const double Failed = 0.2, Found = 0.95, New = 0.1, Truth = (Failed * Found) + ((1 - Failed) * New);
        var (widths, covered) = (new double[2], new int[2]);
        for (var seed = 0; seed < 200; seed++)
        {
            foreach (var (size, index) in ((int, int)[])[(50, 0), (1000, 1)])
            {
                Random random = new(seed);
                List<ReplayVerdict> verdicts = [.. Enumerable.Range(0, 2 * size).Select(i => Says(i < size, random.NextDouble() < (i < size ? Found : New)))];

                var range = LineReplay.Predict(new ReplayLine("a/b/c/d", Failed, Failed, []), verdicts, ["dent"]).AnyFailRate!;

                covered[index] += range[0] <= Truth && Truth <= range[1] ? 1 : 0;
                widths[index] += range[1] - range[0];
            }
        }

        covered.ShouldAllBe(seeds => seeds >= 190);

        // What passed adds to the upper end alone: that much wider it is, and no narrower with more frames.
        (widths[1] / 200).ShouldBeLessThan(0.06 + ((1 - Failed) * New));
        widths[1].ShouldBeLessThan(widths[0]);
    }

    [Fact]
    public void Predict_GoodAndBadMinutes_BothAreExpected()
    {
        List<ReplayVerdict> verdicts = [.. Enumerable.Repeat(Says(wasFailed: true, fails: true), 1000), .. Enumerable.Repeat(Says(wasFailed: false, fails: false), 1000)];

        var range = LineReplay.Predict(new ReplayLine("a/b/c/d", 0.1, 0.4, []), verdicts, ["dent"]).AnyFailRate!;

        range[0].ShouldBe(0.1, 0.01);
        range[1].ShouldBe(0.4, 0.01);
    }

    [Fact]
    public void Predict_WhatWasNotShown_IsNotKnown()
    {
        // Nothing that passed was kept: how much of it the candidate would fail, nobody knows.
        List<ReplayVerdict> verdicts = [.. Enumerable.Repeat(Says(wasFailed: true, fails: true), 100)];

        var predicted = LineReplay.Predict(new ReplayLine("a/b/c/d", 0.3, 0.3, []), verdicts, ["dent", "scratch"]);

        predicted.AnyFailRate![0].ShouldBe(0.3, 0.02);
        predicted.AnyFailRate[1].ShouldBe(1);
        predicted.FailRate["dent"][0].ShouldBe(0.3, 0.02);
        predicted.FailRate["scratch"][0].ShouldBe(0);
        predicted.Frames.ShouldBe(100);
    }

    [Fact]
    public void Predict_FramesThatItCannotDecide_AreUndecided()
    {
        List<ReplayVerdict> verdicts = [.. Enumerable.Repeat(new ReplayVerdict(true, null, []), 50), .. Enumerable.Repeat(Says(wasFailed: false, fails: false), 50)];

        var predicted = LineReplay.Predict(new ReplayLine("a/b/c/d", 0.5, 0.5, []), verdicts, []);

        0.5.ShouldBeInRange(predicted.UndecidedRate![0], predicted.UndecidedRate[1]);
        predicted.AnyFailRate![0].ShouldBe(0);
    }

    private static ReplayVerdict Says(bool wasFailed, bool fails) => new(wasFailed, fails, fails ? ["dent"] : []);
}
