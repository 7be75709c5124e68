namespace IMDD.System.Tests;

/// <summary>The agent dies while frames are in flight; every frame sent still has exactly one outcome.</summary>
public sealed class AgentDeathTests
{
    private const int Seed = 20_251;

    // In the order in which a frame passes them.
    private static readonly string[] CrashPoints =
    [
        "after-receive", "after-attempt", "after-inspect", "before-append", "after-append", "after-commit",
        "before-ack", "after-ack", "before-receipt", "after-produce", "before-cursor", "after-cursor",
    ];

    [Fact]
    public async Task Kill_AtRandomInstants_LosesNothing()
    {
        const int Kills = 11;
        const int Frames = 1800;
        var random = new Random(Seed);
        await using var plant = await Plant.StartAsync();
        plant.StartAgent();
        var camera = plant.StartCamera(Frames, framesPerSecond: 40);
        for (var kill = 0; kill < Kills; kill++)
        {
            var before = plant.Acknowledged;
            await plant.ProgressAsync(before, frames: random.Next(5, 60));
            await Task.Delay(random.Next(0, 100), TestContext.Current.CancellationToken);
            await plant.Agent!.KillAsync();
            plant.StartAgent();
        }

        (await camera.WaitAsync(Plant.Patience)).ShouldBe(0, camera.Output);
        await plant.JudgeAsync(Frames);
        plant.Redelivered.ShouldBeGreaterThan(0, "no frame was in flight at any kill: the run proves nothing");
    }

    [Fact]
    public async Task Crash_AtEachNamedPoint_LosesNothing()
    {
        const int Frames = 1000;
        var random = new Random(Seed);
        await using var plant = await Plant.StartAsync();
        var camera = plant.StartCamera(Frames, framesPerSecond: 20);
        foreach (var point in CrashPoints)
        {
            var agent = plant.StartAgent($"{point}:{random.Next(1, 12)}");
            await agent.WaitAsync(Plant.Patience);
            agent.Output.ShouldContain($"Crash point {point}");
        }

        plant.StartAgent();
        (await camera.WaitAsync(Plant.Patience)).ShouldBe(0, camera.Output);
        await plant.JudgeAsync(Frames);
        plant.Redelivered.ShouldBeGreaterThan(0, "no frame was in flight at any crash: the run proves nothing");
    }
}
