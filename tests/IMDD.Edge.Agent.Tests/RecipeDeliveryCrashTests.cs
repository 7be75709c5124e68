using IMDD.Contracts.Events;
using IMDD.Contracts.Identity;
using IMDD.Contracts.Models;
using IMDD.Edge.Agent.Faults;
using IMDD.Edge.Agent.Tests.Support;
using IMDD.Testing;

namespace IMDD.Edge.Agent.Tests;

/// <summary>The real process, ended on a recipe's way into force.</summary>
public sealed class RecipeDeliveryCrashTests
{
    [Fact]
    public async Task CrashPoints_OneAfterTheOther_ComeUpOnTheOldRecipeOrTheNew()
    {
        await using var plant = await DeliveryPlant.StartAsync();
        var manifest = await File.ReadAllBytesAsync(
            Repository.PathOf("edge", "IMDD.Edge.Agent", "bundles", "contrast", "manifest.json"), TestContext.Current.CancellationToken);
        ModelRelease model = new("contrast", "1.0.0", ContentDigest.Of(manifest), 1);
        List<string> known = [RecipeDigest.Of(new Recipe { Id = "bundle-defaults@1" })];
        foreach (var point in CrashPoints.RecipeNames)
        {
            known.Add(plant.OfferRecipe(new Recipe { Id = $"door-red@{known.Count}" }, known.Count));
            await plant.WishRecipeAsync(model, known[^1]);
            using var agent = await plant.Harness.StartProcessAsync(point, plant.Settings);
            await Eventually.HoldsAsync(() => agent.HasExited);
            agent.Output.ShouldContain($"Crash point {point}");
        }

        known.Add(plant.OfferRecipe(new Recipe { Id = $"door-red@{known.Count}" }, known.Count));
        var rollout = await plant.WishRecipeAsync(model, known[^1]);
        using var survivor = await plant.Harness.StartProcessAsync(crashPoint: null, plant.Settings);
        (await plant.EndAsync(rollout)).Result.ShouldBe(RolloutResult.Success, survivor.Output);
        (await plant.InspectAsync()).RecipeDigest.ShouldBe(known[^1]);
        await Eventually.HoldsAsync(() => plant.States is [.., { } state] && state.RecipeDigest == known[^1]);
        var said = plant.States.Where(state => state.State == EdgeStateWord.Online).Select(state => known.IndexOf(state.RecipeDigest!)).ToList();
        said.ShouldBeInOrder(SortDirection.Ascending, "no recipe comes back, and none is unknown");
        said[0].ShouldBeGreaterThanOrEqualTo(0);
        survivor.Output.ShouldNotContain("is given up");
    }

    [Fact]
    public async Task CrashPoints_OfARecipeThatIsTakenOut_ComeUpOnOneOfBothAndGoBackOnce()
    {
        await using var plant = await DeliveryPlant.StartAsync();
        (string, string)[] settings = [.. plant.Settings, ("Edge:Delivery:Trial", "00:10:00")];
        var manifest = await File.ReadAllBytesAsync(
            Repository.PathOf("edge", "IMDD.Edge.Agent", "bundles", "contrast", "manifest.json"), TestContext.Current.CancellationToken);
        ModelRelease model = new("contrast", "1.0.0", ContentDigest.Of(manifest), 1);
        List<string> sent = [];
        var counter = 0;
        foreach (var point in CrashPoints.RecipeBackNames)
        {
            // It leaves every frame undecided.
            var unsure = plant.OfferRecipe(new Recipe { Id = $"door-red@{++counter}", ImageThreshold = 1, UndecidedMargin = 1 }, counter);
            var rollout = await plant.WishRecipeAsync(model, unsure);
            using (var agent = await plant.Harness.StartProcessAsync(point, settings))
            {
                await Eventually.HoldsAsync(() => plant.Steps.Any(step => step.RolloutId == rollout && step.Step == RolloutStepWord.Trial));
                await SendUntilAsync(plant, () => agent.HasExited, sent);
                await Eventually.HoldsAsync(() => agent.Output.Contains($"Crash point {point}", StringComparison.Ordinal), expression: point);
            }

            using var next = await plant.Harness.StartProcessAsync(crashPoint: null, settings);
            var end = plant.EndAsync(rollout);
            await SendUntilAsync(plant, () => end.IsCompleted, sent);
            ((await end).Step, (await end).ReasonCode, (await end).RecipeDigest).ShouldBe((RolloutStepWord.RolledBack, RolloutReason.HealthRegression, unsure), next.Output);
            var after = await plant.InspectAsync();
            sent.Add(after.FrameId);
            (after.RecipeId, after.Verdict, after.Model!.Digest).ShouldBe((RecipeId.BundleDefaults, Verdict.Pass, model.Digest));
            plant.Steps.Where(step => step.RolloutId == rollout).SkipWhile(step => step.Step != RolloutStepWord.RolledBack)
                .ShouldAllBe(step => step.Step == RolloutStepWord.RolledBack, "it is not tried again");
        }

        var outcomes = (await plant.Harness.OutcomesAsync(sent.Count)).DistinctBy(o => o.FrameId).ToList();
        outcomes.Select(o => o.FrameId).ShouldBe(sent, ignoreOrder: true);
        outcomes.ShouldAllBe(
            o => o.RecipeId == RecipeId.BundleDefaults ? o.Verdict == Verdict.Pass : o.Reason == UndecidedReason.Uncertain, "each was judged by the recipe that it names");
        outcomes.Select(o => o.RecipeId).Distinct().Count().ShouldBe(CrashPoints.RecipeBackNames.Count + 1);

        // A kept recipe of the name may follow: none of those that went back is in the ledger.
        var good = plant.OfferRecipe(new Recipe { Id = "door-red@9" }, counter: 1);
        var last = await plant.WishRecipeAsync(model, good);
        using var survivor = await plant.Harness.StartProcessAsync(crashPoint: null, plant.Settings);
        (await plant.EndAsync(last)).Result.ShouldBe(RolloutResult.Success, survivor.Output);
        (await plant.InspectAsync()).RecipeDigest.ShouldBe(good);
    }

    /// <summary>Frames come, one by one, until something has happened.</summary>
    private static async Task SendUntilAsync(DeliveryPlant plant, Func<bool> isOver, List<string> sent)
    {
        while (!isOver())
        {
            sent.Add(await plant.Harness.SendAsync(TestFrames.Good()));
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }
}
