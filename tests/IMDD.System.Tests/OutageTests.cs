using IMDD.Testing;

namespace IMDD.System.Tests;

/// <summary>What the agent depends on goes away; every frame sent still has exactly one outcome.</summary>
public sealed class OutageTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Broker_KilledAgainAndAgain_LosesNothing()
    {
        const int Frames = 300;
        await using var plant = await Plant.StartAsync();
        plant.StartAgent();
        var camera = plant.StartCamera(Frames, framesPerSecond: 20);
        for (var kill = 0; kill < 3; kill++)
        {
            await plant.ProgressAsync(plant.Acknowledged, frames: 30);
            await plant.KillBrokerAsync();
        }

        (await camera.WaitAsync(Plant.Patience)).ShouldBe(0, camera.Output);
        await plant.JudgeAsync(Frames);
        plant.Agent!.HasExited.ShouldBeFalse();
    }

    [Fact]
    public async Task Kafka_DownForThirtySeconds_LosesNothing()
    {
        const int Frames = 600;
        await using var plant = await Plant.StartAsync();
        plant.StartAgent();
        var camera = plant.StartCamera(Frames, framesPerSecond: 15);
        await plant.ProgressAsync(0, frames: 30);
        plant.Kafka.SetDown();
        await Task.Delay(TimeSpan.FromSeconds(30), Stop);
        plant.Acknowledged.ShouldBeGreaterThan(200); // the line goes on without Kafka
        plant.Kafka.SetUp();

        (await camera.WaitAsync(Plant.Patience)).ShouldBe(0, camera.Output);
        var judgement = await plant.JudgeAsync(Frames);
        judgement.Contradictory.ShouldBeEmpty();
        plant.Agent!.HasExited.ShouldBeFalse();
    }

    [Fact]
    public async Task Store_FullWhileKafkaIsDown_RefusesFramesAndLosesNothing()
    {
        // 1 MiB is some 400 outcomes: the frames beyond stay with the camera until there is room again.
        const int Frames = 800;
        await using var plant = await Plant.StartAsync();
        plant.StartAgent(null, ("Edge:Store:MaxBytes", $"{1 << 20}"), ("Edge:Store:KeepConfirmed", "00:00:00"));
        var camera = plant.StartCamera(Frames, framesPerSecond: 60);
        await plant.ProgressAsync(0, frames: 30);
        plant.Kafka.SetDown();
        await Eventually.HoldsAsync(() => HasStopped(plant), Plant.Patience);
        plant.Acknowledged.ShouldBeLessThan(Frames, "the store never filled: the run proves nothing");
        plant.Agent!.Output.ShouldContain("The outcome store is full");
        plant.Kafka.SetUp();

        (await camera.WaitAsync(Plant.Patience)).ShouldBe(0, camera.Output);
        await plant.JudgeAsync(Frames);
        plant.Agent!.HasExited.ShouldBeFalse();
    }

    [Fact]
    public async Task Disk_FullWhileKafkaIsDown_LosesNothingOnceThereIsSpaceAgain()
    {
        const int Frames = 600;
        await using var plant = await Plant.StartAsync();
        var (mounted, reason) = await SmallDisk.TryMountAsync(plant.StoreFolder, "2m");
        Assert.SkipWhen(mounted is null, reason);
        await using var disk = mounted!;
        plant.StartAgent();
        var camera = plant.StartCamera(Frames, framesPerSecond: 40);
        await plant.ProgressAsync(0, frames: 30);
        plant.Kafka.SetDown();
        await Eventually.HoldsAsync(() => HasStopped(plant), Plant.Patience);
        plant.Acknowledged.ShouldBeLessThan(Frames, "the disk never filled: the run proves nothing");
        disk.FreeBytes.ShouldBeLessThan(256 << 10);
        plant.Kafka.SetUp();
        await disk.GrowAsync(megabytes: 64);
        if (plant.Agent!.HasExited)
        {
            plant.StartAgent(); // as systemd would
        }

        (await camera.WaitAsync(Plant.Patience)).ShouldBe(0, camera.Output);
        await plant.JudgeAsync(Frames);
    }

    [Fact]
    public async Task TwoAgents_WithOneIdentity_LoseNothing()
    {
        const int Frames = 400;
        await using var plant = await Plant.StartAsync();
        plant.StartAgent();
        var camera = plant.StartCamera(Frames, framesPerSecond: 20);
        await plant.ProgressAsync(0, frames: 30);
        var clone = plant.StartClone();
        await Eventually.HoldsAsync(() => plant.TakenOver > 0, Plant.Patience);
        await Task.Delay(TimeSpan.FromSeconds(8), Stop);
        plant.TakenOver.ShouldBeLessThan(40, "they fight at full speed");

        // The operator pulls the plug of one, and starts the other again if it gave up.
        await clone.KillAsync();
        if (plant.Agent!.HasExited)
        {
            plant.StartAgent();
        }

        // What the clone had taken and not yet told Kafka is in its store: it must be started once more before it is scrapped.
        var judgement = await FinishAsync(plant, camera, Frames);
        judgement.Sent.ShouldBe(Frames);
    }

    private static async Task<Judgement> FinishAsync(Plant plant, ToolProcess camera, int frames)
    {
        (await camera.WaitAsync(Plant.Patience)).ShouldBe(0, camera.Output);
        await plant.Agent!.KillAsync();
        plant.StartClone();
        return await plant.JudgeAsync(frames);
    }

    private static async Task<bool> HasStopped(Plant plant)
    {
        var before = plant.Acknowledged;
        await Task.Delay(TimeSpan.FromSeconds(3), Stop);
        return plant.Acknowledged == before;
    }
}
