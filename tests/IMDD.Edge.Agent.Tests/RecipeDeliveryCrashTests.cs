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
}
