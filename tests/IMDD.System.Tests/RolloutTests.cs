using System.Globalization;
using System.Text.Json;
using IMDD.Testing;

namespace IMDD.System.Tests;

/// <summary>Models are swapped while frames come; every frame sent still has exactly one outcome, by exactly one model.</summary>
public sealed class RolloutTests
{
    private const string Box = Plant.Asset + "/box7";
    private static readonly TimeSpan QuietTime = TimeSpan.FromSeconds(8);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Swap_TwentyTimesUnderLoad_LosesNothingAndNeverStopsTheLine()
    {
        const int Swaps = 20;
        const double FramesPerSecond = 30;
        await using var plant = await Plant.StartAsync();
        var port = FreePort.Next();
        plant.StartRegistry(port);
        using RegistryByHand registry = new(port);
        await registry.ReadyAsync();
        List<string> releases = [];
        for (var i = 0; i < Swaps; i++)
        {
            releases.Add(await registry.RegisterAsync(i));
        }

        plant.StartAgent(
            null, ("Edge:Delivery:RegistryUrl", registry.Url), ("Edge:Delivery:Trial", "00:00:00.200"),
            ("Edge:Model:TrustedKeys:0", Path.Combine(plant.File("registry"), "release.key.pub")));

        // The line goes on until the swaps are over, however long they take; then it is cut off, and what its spool holds is seen through.
        var camera = plant.StartCamera(100_000, FramesPerSecond);
        await plant.ProgressAsync(0, frames: 30);
        var quietFrom = TimeProvider.System.GetUtcNow();
        await Task.Delay(QuietTime, Stop);
        var swapsFrom = TimeProvider.System.GetUtcNow();
        foreach (var release in releases)
        {
            await CommittedAsync(registry, await registry.PromoteAsync(release, Box));
        }

        var swapsTo = TimeProvider.System.GetUtcNow();
        await plant.ProgressAsync(plant.Acknowledged, frames: 30);
        await camera.KillAsync();
        camera = plant.StartCamera(frames: 1, FramesPerSecond);
        (await camera.WaitAsync(Plant.Patience)).ShouldBe(0, camera.Output);
        await plant.JudgeAsync();

        KcatClient kcat = new(plant.Kafka.BootstrapServers);
        var outcomes = (await kcat.ReadAsync("imdd.inspection.outcome.v1")).DistinctBy(r => r.Header("ce_id")).Select(r => (At: Time(r.Header("ce_recordedtime")!), Data: JsonDocument.Parse(r.Value!).RootElement)).OrderBy(o => o.At).ToList();
        outcomes.ShouldAllBe(o => o.Data.GetProperty("verdict").GetString() != "undecided");
        var models = outcomes.Select(o => o.Data.GetProperty("model").GetProperty("digest").GetString()!).ToList();
        models.Distinct().Skip(1).ShouldBe(releases, "each release has decided, in its turn, and no other");
        var kept = (await kcat.ReadAsync("imdd.model.rollout.v1"))
            .Select(r => (At: Time(r.Header("ce_recordedtime")!), Data: JsonDocument.Parse(r.Value!).RootElement))
            .Where(r => r.Data.TryGetProperty("step", out var step) && step.GetString() == "committed").ToList();
        kept.Count.ShouldBe(Swaps);
        foreach (var (at, step) in kept)
        {
            var index = releases.IndexOf(step.GetProperty("model").GetProperty("digest").GetString()!);
            outcomes.Where(o => o.At > at).Select(o => releases.IndexOf(o.Data.GetProperty("model").GetProperty("digest").GetString()!))
                .ShouldAllBe(later => later >= index, "nothing older decides once a release is kept");
        }

        TestContext.Current.TestOutputHelper?.WriteLine(FormattableString.Invariant(
            $"{outcomes.Count} outcomes, {Swaps} swaps in {(swapsTo - swapsFrom).TotalSeconds:F1} s; longest gap {Gap(quietFrom, swapsFrom):F0} ms without, {Gap(swapsFrom, swapsTo):F0} ms with swaps"));

        double Gap(DateTimeOffset from, DateTimeOffset to)
        {
            var times = outcomes.Where(o => o.At >= from && o.At <= to).Select(o => o.At).ToList();
            return times.Zip(times.Skip(1)).Max(pair => (pair.Second - pair.First).TotalMilliseconds);
        }
    }

    private static async Task CommittedAsync(RegistryByHand registry, string rollout)
    {
        string? step = null;
        await Eventually.HoldsAsync(async () => (step = await registry.StepAsync(rollout)) is "committed" or "rejected" or "rolledBack", Plant.Patience);
        step.ShouldBe("committed");
    }

    private static DateTimeOffset Time(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
