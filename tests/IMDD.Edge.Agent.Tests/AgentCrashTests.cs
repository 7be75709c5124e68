using IMDD.Contracts.Events;
using IMDD.Contracts.Topics;
using IMDD.Edge.Agent.Faults;
using IMDD.Edge.Agent.Tests.Support;
using IMDD.Testing;

namespace IMDD.Edge.Agent.Tests;

/// <summary>The real process, ended at its named points.</summary>
public sealed class AgentCrashTests
{
    [Fact]
    public async Task Frame_ThatTwiceTookTheProcessDown_IsNotDecodedAgain()
    {
        await using var harness = await AgentHarness.StartBrokersAsync();
        string? guilty = null;
        for (var life = 0; life < 2; life++)
        {
            using var agent = await harness.StartProcessAsync("after-attempt");
            if (life == 0)
            {
                await OnlineAsync(harness, agent);
                guilty = await harness.SendAsync(TestFrames.Good());
            }

            await Eventually.HoldsAsync(() => agent.HasExited);
        }

        using var last = await harness.StartProcessAsync(crashPoint: null);
        var outcome = (await harness.OutcomesAsync(1)).Single();

        outcome.FrameId.ShouldBe(guilty);
        outcome.Reason.ShouldBe(UndecidedReason.Crashed);
        last.Output.ShouldContain("were under way when the process ended");

        var innocent = await harness.SendAsync(TestFrames.Good());
        (await harness.OutcomesAsync(2)).Single(o => o.FrameId == innocent).Model!.Name.ShouldBe("contrast");
    }

    [Fact]
    public async Task CrashPoints_OneAfterTheOther_LoseNothingAndCountNothingTwice()
    {
        const int FramesPerLife = 3;
        await using var harness = await AgentHarness.StartBrokersAsync();
        List<string> sent = [];
        foreach (var point in CrashPoints.FrameNames)
        {
            using var agent = await harness.StartProcessAsync($"{point}:2");
            await OnlineAsync(harness, agent);
            for (var i = 0; i < FramesPerLife && !agent.HasExited; i++)
            {
                sent.Add(await harness.SendAsync(TestFrames.Good()));
            }

            await Eventually.HoldsAsync(() => agent.HasExited);
            agent.Output.ShouldContain($"Crash point {point}");
        }

        using var last = await harness.StartProcessAsync(crashPoint: null);
        var outcomes = await harness.OutcomesAsync(sent.Count);

        outcomes.Select(o => o.FrameId).Distinct().ShouldBe(sent, ignoreOrder: true);
        foreach (var same in harness.Records(KafkaTopics.Outcome).GroupBy(r => r.Headers.Single(h => h.Key == "ce_id").Value, StringComparer.Ordinal))
        {
            same.Select(r => Convert.ToHexString(r.Value!.Value.Span)).Distinct().ShouldHaveSingleItem("what is sent again is the same, byte for byte");
        }
    }

    [Fact]
    public async Task CrashPointsOfExamples_CostAtMostTheExample_AndSendNoneTwiceWithEffect()
    {
        (string, string)[] settings = [("Edge:HardExamples:RandomShare", "1"), ("Edge:HardExamples:Budget:PerMinute", "1000"), ("Edge:HardExamples:ReasonBudget:PerMinute", "1000")];
        await using var harness = await AgentHarness.StartBrokersAsync();
        List<string> sent = [];
        foreach (var point in CrashPoints.ExampleNames)
        {
            using var agent = await harness.StartProcessAsync(point, settings);
            await OnlineAsync(harness, agent);
            sent.Add(await harness.SendAsync(TestFrames.Striped(sent.Count)));
            await Eventually.HoldsAsync(() => agent.HasExited);
            agent.Output.ShouldContain($"Crash point {point}");
        }

        using var last = await harness.StartProcessAsync(crashPoint: null, settings);
        await OnlineAsync(harness, last);
        sent.Add(await harness.SendAsync(TestFrames.Striped(sent.Count)));
        await harness.OutcomesAsync(sent.Count);

        // Each goes out when its picture is stored, the later ones perhaps before an earlier one that is taken up again.
        await Eventually.HoldsAsync(() => harness.Examples().Select(e => e.FrameId).Distinct().Count() >= sent.Count - 1);

        // The first was in the spool alone, and that is not enough; what the spool kept of it is gone.
        harness.Examples().Select(e => e.FrameId).Distinct().ShouldBe(sent[1..], ignoreOrder: true);
        harness.Outcomes().Select(o => o.FrameId).Distinct().ShouldBe(sent, ignoreOrder: true);
        foreach (var same in harness.Records(KafkaTopics.HardExample).GroupBy(r => r.Headers.Single(h => h.Key == "ce_id").Value, StringComparer.Ordinal))
        {
            same.Select(r => Convert.ToHexString(r.Value!.Value.Span)).Distinct().ShouldHaveSingleItem();
        }

        await Eventually.HoldsAsync(() => Directory.GetFiles(Path.Combine(harness.StoreFolder, "spool")).Length == 0);
    }

    /// <summary>Waits for this process's birth: a frame sent before its first subscription would be nobody's.</summary>
    private static async Task OnlineAsync(AgentHarness harness, AgentProcess agent)
        => await Eventually.HoldsAsync(() => agent.HasExited || agent.Output.Contains("frames are taken from", StringComparison.Ordinal));
}
