using IMDD.Cli.Bench;

namespace IMDD.Cli.Tests;

public sealed class EdgeBenchReportTests
{
    /// <summary>A reader of the top alone must not be told better than the worst model is.</summary>
    [Fact]
    public void Of_SeveralModels_TheWorstOfEachFigure()
    {
        var quick = Result("quick") with { AgentOverBare = 0.7, FramesPerSecond = 300, LatencyMs = new(5, 18, 20, 30), LatencyP99LimitMs = 22, Missed = ["agent_over_bare"] };
        var slow = Result("slow") with { AgentOverBare = 0.9, FramesPerSecond = 40, LatencyMs = new(30, 40, 50, 60), LatencyP99LimitMs = 80, RssMb = 280, StoreOutcomesPerSecond = 9_000 };

        var report = EdgeBenchReport.Of([quick, slow]);

        report.AgentOverBare.ShouldBe(0.7);
        report.FramesPerSecond.ShouldBe(40);
        report.LatencyMs.P99.ShouldBe(20, "20 of 22 is nearer to its limit than 50 of 80");
        report.LatencyP99LimitMs.ShouldBe(22);
        report.RssMb.ShouldBe(280);
        report.StoreOutcomesPerSecond.ShouldBe(9_000);
        report.Missed.ShouldBe(["quick: agent_over_bare"]);
        report.Results.Select(result => result.Model).ShouldBe(["quick", "slow"]);
    }

    private static EdgeBenchResult Result(string model) => new()
    {
        Model = model,
        Cores = 2,
        LoadAverageBefore = 0,
        Frames = 100,
        AgentOverBare = 1,
        AgentOverBareRounds = [1],
        BareCpuMsPerFrame = 1,
        BareMsPerFrame = 1,
        AgentCpuMsPerFrame = 1,
        FramesPerSecond = 100,
        FailShare = 0,
        PacedFramesPerSecond = 50,
        LatencyMs = new LatencyFigures(1, 1, 1, 1),
        ReceiptLatencyMs = new LatencyFigures(1, 1, 1, 1),
        LatencyP99LimitMs = 10,
        FsyncP50Ms = 1,
        FsyncP99Ms = 1,
        RssMb = 100,
        RssSlopeMbPer1000 = 0,
        RssSlopeFrames = "0-100",
        StoreOutcomesPerSecond = 20_000,
        Missed = [],
    };
}
