using System.Text.Json;
using IMDD.Contracts.Events;
using IMDD.Contracts.Models;
using IMDD.Contracts.Topics;
using IMDD.Edge.Agent.Faults;
using IMDD.Edge.Agent.Tests.Support;
using IMDD.Testing;

namespace IMDD.Edge.Agent.Tests;

/// <summary>The real process, ended on a model's way to decide.</summary>
public sealed class ModelDeliveryCrashTests
{
    [Fact]
    public async Task CrashPoints_OneAfterTheOther_ComeUpOnAOrBAndLoseNothing()
    {
        await using var plant = await DeliveryPlant.StartAsync();
        List<string> sent = [];
        Dictionary<string, string> known = new(StringComparer.Ordinal);
        var counter = 0;
        foreach (var point in CrashPoints.DeliveryNames)
        {
            // Each life follows a release with a recipe of its own, from the retained wish, and takes a frame before and after where it can.
            var release = Offer(plant, ++counter, known);
            await plant.WishRecipeAsync(release, known[release.Digest]);
            var watches = point == "after-shadow-frame";
            using var agent = await plant.Harness.StartProcessAsync(point, watches ? [.. plant.Settings, ("Edge:Delivery:Shadow", "00:10:00")] : plant.Settings);
            await Eventually.HoldsAsync(() => agent.HasExited || agent.Output.Contains("frames are taken from", StringComparison.Ordinal));
            if (watches)
            {
                await SendUntilAsync(plant, () => agent.HasExited, sent);
            }
            else if (!agent.HasExited)
            {
                sent.Add(await plant.Harness.SendAsync(TestFrames.Good()));
            }

            await DiesAtAsync(agent, point);
        }

        var last = Offer(plant, ++counter, known);
        var rollout = await plant.WishRecipeAsync(last, known[last.Digest]);
        using var survivor = await plant.Harness.StartProcessAsync(crashPoint: null, plant.Settings);
        (await plant.EndAsync(rollout)).Result.ShouldBe(RolloutResult.Success, survivor.Output);
        sent.Add(await plant.Harness.SendAsync(TestFrames.Good()));
        var outcomes = await plant.Harness.OutcomesAsync(sent.Count);

        outcomes.Select(o => o.FrameId).Distinct().ShouldBe(sent, ignoreOrder: true);
        outcomes.Single(o => o.FrameId == sent[^1]).Model!.Digest.ShouldBe(last.Digest);
        outcomes.Where(o => o.Model is { Name: not "contrast" }).ShouldAllBe(o => o.RecipeDigest == known[o.Model!.Digest], "a release and its recipe are in force together");
        outcomes.Where(o => o.Model is { Name: "contrast" }).ShouldAllBe(o => o.RecipeId == "bundle-defaults@1");
        foreach (var same in plant.Harness.Records(KafkaTopics.Outcome).GroupBy(r => r.Headers.Single(h => h.Key == "ce_id").Value, StringComparer.Ordinal))
        {
            same.Select(r => Convert.ToHexString(r.Value!.Value.Span)).Distinct().ShouldHaveSingleItem("what is sent again is the same, byte for byte");
        }

        // Every birth named a model, and said the truth about its slots. How many lives got as far as that before they ended is chance.
        var births = plant.States.Where(s => s.State == EdgeStateWord.Online).ToList();
        births.ShouldNotBeEmpty();
        births.ShouldAllBe(s => s.Model != null && (s.Slots == null || (s.Slots[0].Slot == s.Model.Slot && s.Slots[0].Model.Digest == s.Model.Digest)));
    }

    [Fact]
    public async Task Trial_ThatEndsTheProcessAgainAndAgain_IsGivenUp()
    {
        await using var plant = await DeliveryPlant.StartAsync();
        (string, string)[] settings = [.. plant.Settings, ("Edge:Delivery:Trial", "00:10:00")];
        var bad = plant.Offer(1);
        var rollout = await plant.WishRecipeAsync(bad, plant.OfferRecipe(TestRecipe.FailsAll("strict@1"), counter: 1));
        for (var life = 0; life < 3; life++)
        {
            // The first life ends at the swap; the next two come up on the release, see a frame, and die of it.
            using var agent = await plant.Harness.StartProcessAsync(life == 0 ? "after-swap" : "after-inspect", settings);
            await Eventually.HoldsAsync(() => agent.HasExited || agent.Output.Contains("frames are taken from", StringComparison.Ordinal));
            if (life > 0)
            {
                await plant.Harness.SendAsync(TestFrames.Good());
            }

            await Eventually.HoldsAsync(() => agent.HasExited);
        }

        using var last = await plant.Harness.StartProcessAsync(crashPoint: null, settings);
        var end = await plant.EndAsync(rollout);

        (end.Step, end.ReasonCode).ShouldBe((RolloutStepWord.RolledBack, RolloutReason.HealthRegression), last.Output);
        var outcome = await plant.InspectAsync();
        (outcome.Model!.Name, outcome.RecipeId).ShouldBe(("contrast", "bundle-defaults@1"), "the recipe goes back with the model");
    }

    [Fact]
    public async Task CrashPoints_OfAReleaseThatIsTakenOut_ComeUpOnAOrBAndGoBackOnce()
    {
        await using var plant = await DeliveryPlant.StartAsync();
        (string, string)[] settings = [.. plant.Settings, ("Edge:Delivery:Trial", "00:10:00")];
        List<string> sent = [];
        var counter = 0;
        foreach (var point in CrashPoints.BackNames)
        {
            // It predicts defects that do not come.
            var bad = plant.Offer(++counter, change: manifest => manifest with { Predicted = DefectsAhead(), CreatedAt = TimeProvider.System.GetUtcNow() });
            var rollout = await plant.WishAsync(bad);
            using (var agent = await plant.Harness.StartProcessAsync(point, settings))
            {
                await Eventually.HoldsAsync(() => plant.Steps.Any(step => step.RolloutId == rollout && step.Step == RolloutStepWord.Trial));
                await SendUntilAsync(plant, () => agent.HasExited, sent);
                await DiesAtAsync(agent, point);
            }

            using var next = await plant.Harness.StartProcessAsync(crashPoint: null, settings);
            var end = plant.EndAsync(rollout);
            await SendUntilAsync(plant, () => end.IsCompleted, sent);
            ((await end).Step, (await end).ReasonCode).ShouldBe((RolloutStepWord.RolledBack, RolloutReason.HealthRegression), next.Output);
            var after = await plant.InspectAsync();
            sent.Add(after.FrameId);
            after.Model!.Name.ShouldBe("contrast");
            plant.Steps.Where(step => step.RolloutId == rollout).SkipWhile(step => step.Step != RolloutStepWord.RolledBack)
                .ShouldAllBe(step => step.Step == RolloutStepWord.RolledBack, "it is not tried again");
        }

        var outcomes = (await plant.Harness.OutcomesAsync(sent.Count)).DistinctBy(o => o.FrameId).ToList();
        outcomes.Select(o => o.FrameId).ShouldBe(sent, ignoreOrder: true);
        outcomes.ShouldAllBe(o => o.Verdict == Verdict.Pass && o.Model != null);
        plant.States.Where(s => s.State == EdgeStateWord.Online)
            .ShouldAllBe(s => s.Model != null && (s.Slots == null || (s.Slots[0].Slot == s.Model.Slot && s.Slots[0].Model.Digest == s.Model.Digest)));
    }

    [Theory]
    [InlineData("model.onnx of the slot that decides")]
    [InlineData("the pointer")]
    public async Task Start_WithDamageOnTheDisk_ComesUpOnAnotherModel(string damage)
    {
        await using var plant = await DeliveryPlant.StartWithAgentAsync();
        var first = plant.Offer(1);
        var second = plant.Offer(2);
        await plant.EndAsync(await plant.WishAsync(first));
        await plant.EndAsync(await plant.WishAsync(second));
        await plant.Harness.StopAgentAsync();
        var models = Path.Combine(plant.Harness.StoreFolder, "models");
        var file = damage == "the pointer"
            ? Path.Combine(models, "slots.json")
            : Directory.GetFiles(Path.Combine(models, "A"), "model.onnx", SearchOption.AllDirectories).Single();
        var bytes = await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken);
        bytes[bytes.Length / 2] = 0;
        await File.WriteAllBytesAsync(file, bytes, TestContext.Current.CancellationToken);
        await plant.Harness.StartAgentAsync(plant.Settings);

        // The wish is still there, and what it asks for is fetched anew where it is not over.
        var outcome = await plant.InspectAsync();
        outcome.Verdict.ShouldBe(Verdict.Pass);
        outcome.Model!.Name.ShouldBeOneOf("contrast", TestRelease.Name);
        if (damage != "the pointer")
        {
            outcome.Model.Digest.ShouldBe(first.Digest);
        }
    }

    /// <summary>What it has said last comes through its pipe after it is gone.</summary>
    private static Task DiesAtAsync(AgentProcess agent, string point)
        => Eventually.HoldsAsync(() => agent.HasExited && agent.Output.Contains($"Crash point {point}", StringComparison.Ordinal), expression: point);

    private static JsonElement DefectsAhead() => JsonSerializer.SerializeToElement(
        new Dictionary<string, LinePrediction> { ["acme/ulm/paint/line2"] = new() { FailRate = new Dictionary<string, IReadOnlyList<double>>(), AnyFailRate = [0.6, 0.9], Frames = 100 } },
        ImddJson.Options);

    /// <summary>Frames come, one by one, until something has happened.</summary>
    private static async Task SendUntilAsync(DeliveryPlant plant, Func<bool> isOver, List<string> sent)
    {
        while (!isOver())
        {
            sent.Add(await plant.Harness.SendAsync(TestFrames.Good()));
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }

    private static ModelRelease Offer(DeliveryPlant plant, int counter, Dictionary<string, string> known)
    {
        var release = plant.Offer(counter);
        known.Add(release.Digest, plant.OfferRecipe(new Recipe { Id = $"door-red@{counter}" }, counter));
        return release;
    }
}
