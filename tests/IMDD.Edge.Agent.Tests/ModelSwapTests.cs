using System.Globalization;
using IMDD.Contracts.Events;
using IMDD.Contracts.Topics;
using IMDD.Edge.Agent.Tests.Support;

namespace IMDD.Edge.Agent.Tests;

/// <summary>Models are swapped while frames come.</summary>
public sealed class ModelSwapTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Swap_TwentyTimesUnderLoad_EveryFrameHasOneOutcomeByOneModel()
    {
        const int Swaps = 20;
        var period = TimeSpan.FromMilliseconds(25);
        await using var plant = await DeliveryPlant.StartWithAgentAsync();
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        var line = SendAsync(plant.Harness, period, end.Token);
        await Task.Delay(TimeSpan.FromSeconds(4), Stop);
        var swapsFrom = TimeProvider.System.GetUtcNow();
        List<ModelRelease> releases = [];
        for (var i = 1; i <= Swaps; i++)
        {
            releases.Add(plant.Offer(i));
            (await plant.EndAsync(await plant.WishAsync(releases[^1]))).Result.ShouldBe(RolloutResult.Success);
        }

        var swapsTo = TimeProvider.System.GetUtcNow();
        await end.CancelAsync();
        var sent = await line;
        await plant.Harness.OutcomesAsync(sent.Count);

        var outcomes = plant.Harness.Records(KafkaTopics.Outcome).DistinctBy(r => Header(r.Headers, "ce_id"))
            .Select(r => (At: DateTimeOffset.Parse(Header(r.Headers, "ce_recordedtime"), CultureInfo.InvariantCulture), Data: ImddJson.Deserialize<InspectionOutcome>(r.Value!.Value.Span)))
            .OrderBy(o => o.At).ToList();
        outcomes.Select(o => o.Data.FrameId).ShouldBe(sent, ignoreOrder: true);
        outcomes.ShouldAllBe(o => o.Data.Verdict == Verdict.Pass);
        List<string> turns = ["contrast", .. releases.Select(r => r.Digest)];
        var models = outcomes.Select(o => turns.IndexOf(o.Data.Model!.Name == "contrast" ? "contrast" : o.Data.Model.Digest)).ToList();
        models.ShouldBeInOrder(SortDirection.Ascending, "the models decide one after the other, and none comes back");
        models.Distinct().Count().ShouldBe(Swaps + 1);
        TestContext.Current.TestOutputHelper?.WriteLine(FormattableString.Invariant(
            $"{sent.Count} frames, {Swaps} swaps in {(swapsTo - swapsFrom).TotalSeconds:F1} s, none lost; longest gap {Gap(outcomes[0].At, swapsFrom):F0} ms without, {Gap(swapsFrom, swapsTo):F0} ms with swaps"));

        double Gap(DateTimeOffset from, DateTimeOffset to)
        {
            var times = outcomes.Where(o => o.At >= from && o.At <= to).Select(o => o.At).ToList();
            return times.Zip(times.Skip(1)).Max(pair => (pair.Second - pair.First).TotalMilliseconds);
        }
    }

    /// <summary>Sends until the token fires; the frames' ids.</summary>
    private static async Task<List<string>> SendAsync(AgentHarness harness, TimeSpan period, CancellationToken end)
    {
        List<string> sent = [];
        using PeriodicTimer timer = new(period);
        var frame = TestFrames.Good();
        while (!end.IsCancellationRequested)
        {
            sent.Add(await harness.SendAsync(frame));
            try
            {
                await timer.WaitForNextTickAsync(end);
            }
            catch (OperationCanceledException)
            {
                // The swaps are over.
            }
        }

        return sent;
    }

    private static string Header(IEnumerable<KeyValuePair<string, string>> headers, string name) => headers.First(h => h.Key == name).Value;
}
