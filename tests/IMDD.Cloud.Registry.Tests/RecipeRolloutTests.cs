using System.Net;
using System.Text.Json;
using IMDD.Cloud.Registry.Fleet;
using IMDD.Cloud.Registry.State;
using IMDD.Contracts.Audit;
using IMDD.Contracts.Events;
using IMDD.Contracts.Identity;
using IMDD.Contracts.Models;
using IMDD.Contracts.Registry;
using IMDD.Contracts.Topics;
using IMDD.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace IMDD.Cloud.Registry.Tests;

/// <summary>Recipes that are given out by waves, refused, and withdrawn.</summary>
public sealed class RecipeRolloutTests(PostgresFixture postgres)
{
    private static readonly ModelRelease Shipped = new("contrast", "1.0.0", "sha256:" + new string('c', 64), 1);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static TheoryData<bool> Databases => [false, true];

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task Waves_OneAfterTheOther_AssignTheRecipeUnderTheModelOfEach(bool isPostgres)
    {
        await using var registry = await StartAsync(isPostgres, boxes: 3);
        var release = await registry.RegisterAsync(TestBundle.Create());
        await registry.PromoteAsync(release.Model.Digest, Box(0));
        var recipe = await RegisterAsync(registry, "door-red@1");
        var until = DateTimeOffset.FromUnixTimeSeconds(registry.Time.GetUtcNow().AddHours(4).ToUnixTimeSeconds());
        var rollout = await RunningRegistry.ReadAsync<RolloutProgressView>(await registry.PostAsync(RegistryRoutes.For(RegistryRoutes.RecipeRollouts, recipe.Digest), new StartRecipeRollout
        {
            Waves = [new RolloutWave { Agents = [Box(0)] }, new RolloutWave { Percent = 60, ApproveBefore = true }, new RolloutWave { Lines = [AssetPath.Parse(RunningRegistry.Asset).LinePath] }],
            Install = new InstallWindow { NotAfter = until },
            By = "anna",
            Reason = "new lamps",
        }));
        (rollout.Model, rollout.Recipe).ShouldBe((null, new RecipeReference("door-red@1", recipe.Digest, 1)));
        rollout.Waves.Select(wave => wave.Agents.Count).ShouldBe([1, 1, 1]);

        // The first wave: under the release that is desired of it. Others are not told, nor assigned anything.
        await ToldAsync(registry, rollout.RolloutId, 1);
        var wish = Wishes(registry, rollout.RolloutId).Single();
        (wish.Agent, wish.Slots[0].Model, wish.Slots[0].RecipeDigest, wish.Install!.NotAfter).ShouldBe(("box0", release.Model, recipe.Digest, until));
        (await registry.GetAsync<RecipeView>(RegistryRoutes.For(RegistryRoutes.Recipe, recipe.Digest))).Agents.ShouldBe([Box(0)]);

        // What would end the rollout for an agent is refused meanwhile, for those who are still to be told too.
        foreach (var (path, request) in ((string, object)[])
        [
            (RegistryRoutes.For(RegistryRoutes.Promote, TestBundle.Name), new PromoteModel { Digest = release.Model.Digest }),
            (RegistryRoutes.For(RegistryRoutes.Promote, TestBundle.Name), new PromoteModel { Digest = release.Model.Digest, Agents = [rollout.Waves[1].Agents[0].Agent] }),
            (RegistryRoutes.For(RegistryRoutes.ModelRollouts, TestBundle.Name), new StartRollout { Digest = release.Model.Digest, Waves = [new RolloutWave { Percent = 100 }] }),
            (RegistryRoutes.For(RegistryRoutes.AssignRecipe, recipe.Digest), new AssignRecipe { Agents = [Box(2)] }),
            (RegistryRoutes.For(RegistryRoutes.WithdrawRecipe, recipe.Digest), new WithdrawRecipe()),
            (RegistryRoutes.For(RegistryRoutes.RecipeRollouts, recipe.Digest), new StartRecipeRollout { Waves = [new RolloutWave { Percent = 100 }] }),
        ])
        {
            await RefusedAsync(registry, path, request, rollout.RolloutId);
        }

        await SayAsync(registry, rollout.RolloutId, "box0", release.Model, RolloutStepWord.Committed);
        await HoldsAsync(registry, rollout, RolloutStateWord.WaitingForApproval);
        await DecideAsync(registry, RegistryRoutes.ApproveRollout, rollout);
        await ToldAsync(registry, rollout.RolloutId, 2);
        await DecideAsync(registry, RegistryRoutes.PauseRollout, rollout);
        var second = rollout.Waves[1].Agents[0].Agent[(RunningRegistry.Asset.Length + 1)..];
        Wishes(registry, rollout.RolloutId)[^1].Slots[0].Model.ShouldBe(Shipped, "the one that it says it runs");
        await SayAsync(registry, rollout.RolloutId, second, Shipped, RolloutStepWord.Committed);
        await Eventually.HoldsAsync(async () => (await FindAsync(registry, rollout)).Waves[1].Agents[0].State == RolloutAgentStateWord.InSync);
        Wishes(registry, rollout.RolloutId).Count.ShouldBe(2, "it is paused");
        await DecideAsync(registry, RegistryRoutes.ResumeRollout, rollout);
        await ToldAsync(registry, rollout.RolloutId, 3);
        await SayAsync(registry, rollout.RolloutId, Wishes(registry, rollout.RolloutId)[^1].Agent, Shipped, RolloutStepWord.Committed);

        await HoldsAsync(registry, rollout, RolloutStateWord.Finished);
        (await registry.AgentsAsync()).ShouldAllBe(agent => agent.RecipeDigest == recipe.Digest);
        (await registry.ModelAsync()).Aliases.Keys.ShouldNotContain(ModelAlias.Champion);
        (await registry.GetAsync<AuditPage>(RegistryRoutes.Audit)).Entries.ShouldContain(entry => entry.Action == AuditAction.StartRollout && entry.Actor == "anna" && entry.Outcome == AuditOutcome.Done
            && entry.Object == $"{rollout.RolloutId} door-red {recipe.Digest}");
        (await registry.GetAsync<List<RolloutProgressView>>(RegistryRoutes.Rollouts)).ShouldHaveSingleItem().Recipe!.Id.ShouldBe("door-red@1");

        // A share is of those who go by a recipe of the name.
        await StateAsync(registry, "box9", Shipped);
        var next = await RegisterAsync(registry, "door-red@2");
        (await BeginAsync(registry, next, new RolloutWave { Percent = 100 })).Waves[0].Agents.Select(agent => agent.Agent).ShouldBe([Box(0), Box(1), Box(2)], ignoreOrder: true);
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task Wave_ThatRefusesTheRecipe_StopsTheRollout_AndLaterModelsComeWithoutIt(bool isPostgres)
    {
        await using var registry = await StartAsync(isPostgres, boxes: 2);
        var good = await RegisterAsync(registry, "door-red@1");
        await AssignAsync(registry, good, Box(0), Box(1));
        var release = await registry.RegisterAsync(TestBundle.Create());
        await registry.PromoteAsync(release.Model.Digest, Box(0));
        await StateAsync(registry, "box0", release.Model);
        var bad = await RegisterAsync(registry, "door-red@2");
        var rollout = await BeginAsync(registry, bad, new RolloutWave { Agents = [Box(0)] }, new RolloutWave { Percent = 100 });
        await ToldAsync(registry, rollout.RolloutId, 1);

        await SayAsync(registry, rollout.RolloutId, "box0", release.Model, RolloutStepWord.RolledBack, RolloutReason.HealthRegression, bad.Digest);

        await HoldsAsync(registry, rollout, RolloutStateWord.Stopped);
        var stopped = await FindAsync(registry, rollout);
        stopped.Cause!.ShouldContain("rolledBack healthRegression");
        stopped.Waves.Select(wave => wave.Agents.Single().State).ShouldBe([RolloutAgentStateWord.Failed, RolloutAgentStateWord.Cancelled]);
        var row = (await registry.AgentsAsync()).Single(agent => agent.Agent == "box0");
        (row.RecipeDigest, row.Desired, row.Step!.RecipeDigest).ShouldBe((good.Digest, release.Model, bad.Digest), "the release is not at fault");
        var next = await registry.RegisterAsync(TestBundle.Create("2.0.0"));
        var promoted = await registry.PromoteAsync(next.Model.Digest);
        await ToldAsync(registry, promoted.RolloutId, 2);
        Wishes(registry, promoted.RolloutId).ShouldAllBe(wish => wish.Slots[0].Model == next.Model && wish.Slots[0].RecipeDigest == good.Digest);

        // So it is where somebody assigns it by hand, and where there was none before.
        await StateAsync(registry, "box5", Shipped);
        var assigned = await AssignAsync(registry, bad, Box(5));
        await SayAsync(registry, assigned.RolloutId, "box5", Shipped, RolloutStepWord.Rejected, RolloutReason.CounterTooLow, bad.Digest);
        await Eventually.HoldsAsync(async () => (await registry.AgentsAsync()).Single(agent => agent.Agent == "box5").RecipeDigest is null);
        var again = await registry.PromoteAsync(next.Model.Digest, Box(5));
        await ToldAsync(registry, again.RolloutId, 1);
        Wishes(registry, again.RolloutId).Single().Slots[0].RecipeDigest.ShouldBeNull();
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task Cancel_GivesBackWhatEachHad_AndALateCommitIsKept(bool isPostgres)
    {
        await using var registry = await StartAsync(isPostgres, boxes: 4);
        var first = await RegisterAsync(registry, "door-red@1");
        await AssignAsync(registry, first, Box(1));
        var second = await RegisterAsync(registry, "door-red@2");
        var rollout = await BeginAsync(registry, second, new RolloutWave { Agents = [Box(0), Box(1), Box(2)] }, new RolloutWave { Agents = [Box(3)] });
        await ToldAsync(registry, rollout.RolloutId, 3);
        await SayAsync(registry, rollout.RolloutId, "box2", Shipped, RolloutStepWord.Trial);
        await Eventually.HoldsAsync(async () => (await FindAsync(registry, rollout)).Waves[0].Agents[2].Step == RolloutStepWord.Trial);

        await DecideAsync(registry, RegistryRoutes.CancelRollout, rollout);

        // The first had no recipe and no wish, the second a recipe; the third decides by it already, the fourth was never told.
        await Eventually.HoldsAsync(() => registry.TakenBack.Any(topic => topic.EndsWith("/box0", StringComparison.Ordinal)));
        await Eventually.HoldsAsync(() => Last(registry, "box1").RolloutId != rollout.RolloutId);
        (Last(registry, "box1").Slots[0].Model, Last(registry, "box1").Slots[0].RecipeDigest).ShouldBe((Shipped, first.Digest));
        Last(registry, "box2").RolloutId.ShouldBe(rollout.RolloutId);
        registry.Wishes.ShouldNotContain(wish => wish.Wish.Agent == "box3");
        (await registry.AgentsAsync()).OrderBy(agent => agent.Agent, StringComparer.Ordinal).Select(agent => agent.RecipeDigest).ShouldBe([null, first.Digest, second.Digest, null]);

        // The wish was taken back too late from one: it goes by the new one for good, and takes nothing older.
        await SayAsync(registry, rollout.RolloutId, "box1", Shipped, RolloutStepWord.Committed);
        await Eventually.HoldsAsync(() => Last(registry, "box1").Slots[0].RecipeDigest == second.Digest);
        (await FindAsync(registry, rollout)).Waves[0].Agents[1].State.ShouldBe(RolloutAgentStateWord.InSync);
        (await registry.AgentsAsync()).Single(agent => agent.Agent == "box1").RecipeDigest.ShouldBe(second.Digest);
    }

    [Fact]
    public async Task Agent_WhoseModelIsNotKnownYet_IsToldOnceItIs()
    {
        await using var registry = await StartAsync(isPostgres: false, boxes: 0);
        var recipe = await RegisterAsync(registry, "door-red@1");
        var rollout = await RunningRegistry.ReadAsync<RolloutProgressView>(await registry.PostAsync(
            RegistryRoutes.For(RegistryRoutes.RecipeRollouts, recipe.Digest), new StartRecipeRollout { Waves = [new RolloutWave { Agents = [Box(7)] }], AllowUnknown = true }));
        await HoldsAsync(registry, rollout, RolloutStateWord.Running);
        (await FindAsync(registry, rollout)).Waves[0].Agents[0].State.ShouldBe(RolloutAgentStateWord.Pending);

        await StateAsync(registry, "box7", Shipped);

        await ToldAsync(registry, rollout.RolloutId, 1);
        await SayAsync(registry, rollout.RolloutId, "box7", Shipped, RolloutStepWord.Committed);
        await HoldsAsync(registry, rollout, RolloutStateWord.Finished);
    }

    [Fact]
    public async Task Start_WhatIsForbidden_IsRefusedWithTheReason()
    {
        await using var registry = await StartAsync(isPostgres: false, boxes: 1);
        var old = await RegisterAsync(registry, "door-red@1", registry.Time.GetUtcNow().AddHours(1));
        var newer = await RegisterAsync(registry, "door-red@2");
        RolloutWave all = new() { Percent = 100 };
        await RefusedAsync(registry, Path("sha256:" + new string('0', 64)), new StartRecipeRollout { Waves = [all] }, "There is no recipe", HttpStatusCode.NotFound);
        await RefusedAsync(registry, Path(old.Digest), new StartRecipeRollout { Waves = [] }, "0 waves", HttpStatusCode.BadRequest);
        await RefusedAsync(registry, Path(old.Digest), new StartRecipeRollout { Waves = [new RolloutWave { Agents = [Box(9)] }] }, "No agent has said its state", HttpStatusCode.NotFound);
        await StateAsync(registry, "box0", Shipped, state => state with { RecipeId = "door-red@2", RecipeCounter = newer.Counter, RecipeDigest = newer.Digest });
        await Eventually.HoldsAsync(async () => (await registry.AgentsAsync()).Single().State!.RecipeCounter == newer.Counter);
        await RefusedAsync(registry, Path(old.Digest), new StartRecipeRollout { Waves = [all] }, "takes none below");
        registry.Time.Shift(TimeSpan.FromHours(2));
        await RefusedAsync(registry, Path(old.Digest), new StartRecipeRollout { Waves = [all] }, "has expired");

        static string Path(string digest) => RegistryRoutes.For(RegistryRoutes.RecipeRollouts, digest);
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task Rollback_OfAModelMeanwhile_GoesThroughWithoutTheRecipeThatIsNotInForce(bool isPostgres)
    {
        await using var registry = await StartAsync(isPostgres, boxes: 2);
        var first = await registry.RegisterAsync(TestBundle.Create());
        var second = await registry.RegisterAsync(TestBundle.Create("2.0.0"));
        await registry.PromoteAsync(first.Model.Digest);
        await registry.PromoteAsync(second.Model.Digest);
        var recipe = await RegisterAsync(registry, "door-red@1");
        var rollout = await BeginAsync(registry, recipe, new RolloutWave { Agents = [Box(0)] }, new RolloutWave { Agents = [Box(1)] });
        await ToldAsync(registry, rollout.RolloutId, 1);

        var back = await RunningRegistry.ReadAsync<RolloutView>(await registry.PostAsync(RegistryRoutes.For(RegistryRoutes.Rollback, TestBundle.Name), new RollbackModel { Reason = "misses dents" }));

        await ToldAsync(registry, back.RolloutId, 2);
        Wishes(registry, back.RolloutId).ShouldAllBe(wish => wish.Slots[0].RecipeDigest == null);
        await HoldsAsync(registry, rollout, RolloutStateWord.Stopped);
        (await FindAsync(registry, rollout)).Waves.SelectMany(wave => wave.Agents).ShouldAllBe(agent => agent.State == RolloutAgentStateWord.Cancelled);

        // The agent had the recipe on trial, unheard, and has kept it: it takes nothing older, nor the model with it.
        await SayAsync(registry, rollout.RolloutId, "box0", second.Model, RolloutStepWord.Committed);
        await Eventually.HoldsAsync(() => Last(registry, "box0").RolloutId != back.RolloutId);
        (Last(registry, "box0").Slots[0].Model, Last(registry, "box0").Slots[0].RecipeDigest).ShouldBe((back.Model, recipe.Digest));
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task Release_RefusedBecauseOfItsRecipe_IsWishedAgainWithTheOneBeforeOrWithout(bool isPostgres)
    {
        await using var registry = await StartAsync(isPostgres, boxes: 1);
        var (first, second) = (await RegisterAsync(registry, "door-red@1"), await RegisterAsync(registry, "door-red@2"));
        await AssignAsync(registry, first, Box(0));
        await AssignAsync(registry, second, Box(0));
        var release = await registry.RegisterAsync(TestBundle.Create());
        var id = (await registry.PromoteAsync(release.Model.Digest, Box(0))).RolloutId;
        foreach (var (refused, then) in ((string, string?)[])[(second.Digest, first.Digest), (first.Digest, null)])
        {
            await Eventually.HoldsAsync(() => Last(registry, "box0").RolloutId == id);
            await SayAsync(registry, id, "box0", release.Model, RolloutStepWord.Rejected, RolloutReason.CounterTooLow, refused);

            await Eventually.HoldsAsync(() => Last(registry, "box0").RolloutId != id);
            var wish = Last(registry, "box0");
            (wish.Slots[0].Model, wish.Slots[0].RecipeDigest).ShouldBe((release.Model, then));
            id = wish.RolloutId;
        }
    }

    [Fact]
    public async Task Wave_ThatNobodyHasTried_StopsTheRollout()
    {
        await using var registry = await StartAsync(isPostgres: false, boxes: 2);
        var recipe = await RegisterAsync(registry, "door-red@1");
        var rollout = await BeginAsync(registry, recipe, new RolloutWave { Agents = [Box(0)] }, new RolloutWave { Agents = [Box(1)] });
        await ToldAsync(registry, rollout.RolloutId, 1);

        await SayAsync(registry, rollout.RolloutId, "box0", Shipped, RolloutStepWord.Canceled);

        await HoldsAsync(registry, rollout, RolloutStateWord.Stopped);
        (await FindAsync(registry, rollout)).Cause.ShouldBe("Wave 1: none of the 1 agents so far has kept it.");
        Wishes(registry, rollout.RolloutId).ShouldHaveSingleItem();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Agent_WithoutAModel_WaitsForOneThatIsPromotedMeanwhile(bool isByWaves)
    {
        await using var registry = await StartAsync(isPostgres: false, boxes: 1);
        await registry.SayAsync(MqttPublications.AgentState(
            AssetPath.Parse(RunningRegistry.Asset),
            new AgentState { Agent = "box7", State = EdgeStateWord.Online, BootId = "b1", BdSeq = 1, ModelFault = "its bundle is broken" }, RunningRegistry.Context("box7")));
        await Eventually.HoldsAsync(async () => (await registry.AgentsAsync()).Any(row => row.Agent == "box7"));
        var recipe = await RegisterAsync(registry, "door-red@1");
        var rollout = await BeginAsync(registry, recipe, new RolloutWave { Agents = [Box(7)] });
        await HoldsAsync(registry, rollout, RolloutStateWord.Running);
        var release = await registry.RegisterAsync(TestBundle.Create());
        if (isByWaves)
        {
            var models = await RunningRegistry.ReadAsync<RolloutProgressView>(await registry.PostAsync(
                RegistryRoutes.For(RegistryRoutes.ModelRollouts, TestBundle.Name), new StartRollout { Digest = release.Model.Digest, Waves = [new RolloutWave { Percent = 100 }] }));
            await ToldAsync(registry, models.RolloutId, 2);
            (await FindAsync(registry, rollout)).Waves[0].Agents[0].State.ShouldBe(RolloutAgentStateWord.Pending, "one after the other");
            await SayAsync(registry, models.RolloutId, "box0", release.Model, RolloutStepWord.Committed);
            await SayAsync(registry, models.RolloutId, "box7", release.Model, RolloutStepWord.Committed);
            await HoldsAsync(registry, models, RolloutStateWord.Finished);
        }
        else
        {
            await registry.PromoteAsync(release.Model.Digest);
        }

        await ToldAsync(registry, rollout.RolloutId, 1);
        (Last(registry, "box7").Slots[0].Model, Last(registry, "box7").Slots[0].RecipeDigest).ShouldBe((release.Model, recipe.Digest));
        await SayAsync(registry, rollout.RolloutId, "box7", release.Model, RolloutStepWord.Committed);
        await HoldsAsync(registry, rollout, RolloutStateWord.Finished);
    }

    [Fact]
    public async Task Agent_ThatCanBeToldOnlyLater_IsNotWhileItIsPausedNorAfterTheWindow()
    {
        await using var registry = await StartAsync(isPostgres: false, boxes: 1);
        var recipe = await RegisterAsync(registry, "door-red@1");
        StartRecipeRollout late = new() { Waves = [new RolloutWave { Agents = [Box(7)] }], AllowUnknown = true, Install = new InstallWindow { NotAfter = registry.Time.GetUtcNow().AddHours(1) } };
        var rollout = await RunningRegistry.ReadAsync<RolloutProgressView>(await registry.PostAsync(RegistryRoutes.For(RegistryRoutes.RecipeRollouts, recipe.Digest), late));
        await HoldsAsync(registry, rollout, RolloutStateWord.Running);
        await DecideAsync(registry, RegistryRoutes.PauseRollout, rollout);
        await StateAsync(registry, "box7", Shipped);

        // Another, begun later, is taken on after it.
        await ToldAsync(registry, (await BeginAsync(registry, await RegisterAsync(registry, "roof@1"), new RolloutWave { Agents = [Box(0)] })).RolloutId, 1);
        Wishes(registry, rollout.RolloutId).ShouldBeEmpty();
        registry.Time.Shift(TimeSpan.FromHours(2));
        await DecideAsync(registry, RegistryRoutes.ResumeRollout, rollout);

        await HoldsAsync(registry, rollout, RolloutStateWord.Stopped);
        (await FindAsync(registry, rollout)).Cause!.ShouldContain("the window ended");
        Wishes(registry, rollout.RolloutId).ShouldBeEmpty();
    }

    [Fact]
    public async Task Failure_OfNeitherModelNorRecipe_LeavesTheReleaseDesired()
    {
        await using var registry = await StartAsync(isPostgres: false, boxes: 1);
        var release = await registry.RegisterAsync(TestBundle.Create());
        await registry.PromoteAsync(release.Model.Digest, Box(0));
        await StateAsync(registry, "box0", release.Model);
        var assigned = await AssignAsync(registry, await RegisterAsync(registry, "door-red@1"), Box(0));
        await SayAsync(registry, assigned.RolloutId, "box0", release.Model, RolloutStepWord.Rejected, RolloutReason.WindowMissed);
        await Eventually.HoldsAsync(async () => (await registry.AgentsAsync()).Single().Step is not null);

        await AssignAsync(registry, await RegisterAsync(registry, "door-red@2"), Box(0));

        (await registry.AgentsAsync()).Single().Desired.ShouldBe(release.Model, "it decides there");
    }

    [Fact]
    public async Task Withdraw_FromAGroupThatIsGone_ChangesItsAssignmentAlone()
    {
        await using var registry = await StartAsync(isPostgres: false, boxes: 1);
        var recipe = await RegisterAsync(registry, "door-red@1");
        await AssignAsync(registry, recipe, Box(0));
        await using var context = await registry.Services.GetRequiredService<IDbContextFactory<RegistryDbContext>>().CreateDbContextAsync(Stop);
        var box = await context.Agents.SingleAsync(Stop);
        context.Agents.Add(new AgentRow { Asset = box.Asset, Agent = "box0:top", Recipe = recipe.Digest, State = box.State, GoneAt = registry.Time.GetUtcNow(), RolloutId = "forgotten", IsTold = true });
        await context.SaveChangesAsync(Stop);

        var withdrawal = await WithdrawAsync(registry, recipe, toPrevious: false);

        (withdrawal.Agents.Single(), withdrawal.Waiting.Single()).ShouldBe((Box(0), $"{Box(0)}:top"));
        var gone = await context.Agents.AsNoTracking().SingleAsync(row => row.Agent == "box0:top", Stop);
        (gone.Recipe, gone.RolloutId, gone.WishModel, gone.DesiredAt).ShouldBe((AssignedRecipe.Configured, "forgotten", null, null));
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task Withdraw_ToTheConfigurationOrToTheOneBefore_StaysWithLaterModels(bool isPostgres)
    {
        await using var registry = await StartAsync(isPostgres, boxes: 2);
        var release = await registry.RegisterAsync(TestBundle.Create());
        await registry.PromoteAsync(release.Model.Digest, Box(0));
        var (first, second) = (await RegisterAsync(registry, "door-red@1"), await RegisterAsync(registry, "door-red@2"));
        await RefusedAsync(registry, RegistryRoutes.For(RegistryRoutes.WithdrawRecipe, first.Digest), new WithdrawRecipe(), "is not assigned to anybody");
        await AssignAsync(registry, first, Box(0), Box(1));
        await RefusedAsync(registry, RegistryRoutes.For(RegistryRoutes.WithdrawRecipe, first.Digest), new WithdrawRecipe { ToPrevious = true }, "a recipe before");
        await RefusedAsync(registry, RegistryRoutes.For(RegistryRoutes.WithdrawRecipe, second.Digest), new WithdrawRecipe { Agents = [Box(1)] }, Box(1));
        await AssignAsync(registry, second, Box(0), Box(1));

        // Back to the one before, which agents take under a later counter alone.
        var back = await WithdrawAsync(registry, second, toPrevious: true, Box(0));
        (back.Id, back.Agents.Single()).ShouldBe(("door-red@2", Box(0)));
        await ToldAsync(registry, back.RolloutId, 1);
        (Wishes(registry, back.RolloutId).Single().Slots[0] is var slot && slot.RecipeDigest == first.Digest && slot.RecipeRestored && !slot.ConfiguredRecipe && slot.Model == release.Model).ShouldBeTrue();
        (await registry.GetAsync<RecipeView>(RegistryRoutes.For(RegistryRoutes.Recipe, first.Digest))).Counter.ShouldBe(3);

        // Back to the configuration's.
        var none = await WithdrawAsync(registry, second, toPrevious: false);
        none.Agents.ShouldBe([Box(1)]);
        await ToldAsync(registry, none.RolloutId, 1);
        (Wishes(registry, none.RolloutId).Single().Slots[0] is { RecipeDigest: null, ConfiguredRecipe: true } told && told.Model == Shipped).ShouldBeTrue();
        await registry.RestartAsync();
        var row = (await registry.AgentsAsync()).Single(agent => agent.Agent == "box1");
        (row.RecipeDigest, row.ConfiguredRecipe).ShouldBe((null, true));
        var promoted = await registry.PromoteAsync(release.Model.Digest, Box(0), Box(1));
        await ToldAsync(registry, promoted.RolloutId, 2);
        Wishes(registry, promoted.RolloutId).OrderBy(wish => wish.Agent, StringComparer.Ordinal).Select(wish => (wish.Slots[0].RecipeDigest, wish.Slots[0].ConfiguredRecipe))
            .ShouldBe([(first.Digest, false), (null, true)]);
        var assigned = await AssignAsync(registry, first, Box(1));
        assigned.Agents.ShouldBe([Box(1)]);
        Wishes(registry, assigned.RolloutId).Single().Slots[0].RecipeRestored.ShouldBeFalse();
        var entries = (await registry.GetAsync<AuditPage>(RegistryRoutes.Audit)).Entries.Where(entry => entry.Action == AuditAction.WithdrawRecipe && entry.Outcome == AuditOutcome.Done).ToList();
        entries.Select(entry => (entry.Actor, entry.Object)).ShouldBe([("ben", $"door-red@2 {second.Digest}"), ("ben", $"door-red@2 {second.Digest}")]);
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task LateCommit_OfACancelledModelRollout_IsKeptThoughTheRecipeWasWishedSince(bool isPostgres)
    {
        await using var registry = await StartAsync(isPostgres, boxes: 1);
        var recipe = await RegisterAsync(registry, "door-red@1");
        await AssignAsync(registry, recipe, Box(0));
        var release = await registry.RegisterAsync(TestBundle.Create());
        var rollout = await RunningRegistry.ReadAsync<RolloutProgressView>(await registry.PostAsync(
            RegistryRoutes.For(RegistryRoutes.ModelRollouts, TestBundle.Name), new StartRollout { Digest = release.Model.Digest, Waves = [new RolloutWave { Percent = 100 }] }));
        await ToldAsync(registry, rollout.RolloutId, 1);
        await DecideAsync(registry, RegistryRoutes.CancelRollout, rollout);
        await Eventually.HoldsAsync(() => Last(registry, "box0").RolloutId != rollout.RolloutId);
        var restored = Last(registry, "box0").RolloutId;

        // The agent had swapped before it heard of that: its state comes first, and has its recipe wished under what it runs now.
        await StateAsync(registry, "box0", release.Model);
        await Eventually.HoldsAsync(() => Last(registry, "box0").RolloutId != restored);
        Last(registry, "box0").Slots[0].Model.Digest.ShouldBe(release.Model.Digest);
        await SayAsync(registry, rollout.RolloutId, "box0", release.Model, RolloutStepWord.Committed);

        await Eventually.HoldsAsync(async () => (await registry.AgentsAsync()).Single().Desired == release.Model, expression: "what is desired is what runs");
        Last(registry, "box0").Slots[0].RecipeDigest.ShouldBe(recipe.Digest);
    }

    [Fact]
    public async Task LateCommit_WhileARecipeIsRolledOut_LeavesThatOnesWish()
    {
        await using var registry = await StartAsync(isPostgres: false, boxes: 1);
        await AssignAsync(registry, await RegisterAsync(registry, "door-red@1"), Box(0));
        var release = await registry.RegisterAsync(TestBundle.Create());
        var models = await RunningRegistry.ReadAsync<RolloutProgressView>(await registry.PostAsync(
            RegistryRoutes.For(RegistryRoutes.ModelRollouts, TestBundle.Name), new StartRollout { Digest = release.Model.Digest, Waves = [new RolloutWave { Percent = 100 }] }));
        await ToldAsync(registry, models.RolloutId, 1);
        await DecideAsync(registry, RegistryRoutes.CancelRollout, models);
        await StateAsync(registry, "box0", release.Model);
        await Eventually.HoldsAsync(() => Last(registry, "box0").RolloutId != models.RolloutId && Last(registry, "box0").Slots[0].Model.Digest == release.Model.Digest);
        var next = await RegisterAsync(registry, "door-red@2");
        var rollout = await BeginAsync(registry, next, new RolloutWave { Agents = [Box(0)] });
        await ToldAsync(registry, rollout.RolloutId, 1);

        await SayAsync(registry, models.RolloutId, "box0", release.Model, RolloutStepWord.Committed);

        await Eventually.HoldsAsync(async () => (await registry.AgentsAsync()).Single().Desired == release.Model, expression: "what is desired is what runs");
        (await FindAsync(registry, rollout)).Waves[0].Agents[0].State.ShouldBe(RolloutAgentStateWord.Told);
        (await registry.AgentsAsync()).Single().RolloutId.ShouldBe(rollout.RolloutId);
    }

    [Fact]
    public async Task Told_WhileAnotherHoldsRowsOfTheAgent_WaitsForOneAtATime()
    {
        await using var registry = await StartAsync(isPostgres: true, boxes: 1);
        var contexts = registry.Services.GetRequiredService<IDbContextFactory<RegistryDbContext>>();
        await using (var context = await contexts.CreateDbContextAsync(Stop))
        {
            context.Agents.AddRange(((string[])["box0:a", "box0:b"]).Select(agent => new AgentRow { Asset = RunningRegistry.Asset, Agent = agent, RolloutId = "newer", IsTold = true }));
            await context.SaveChangesAsync(Stop);
        }

        // Whoever promotes holds the second and goes on to the first, while the first is marked.
        await using var promoter = await contexts.CreateDbContextAsync(Stop);
        await using var transaction = await promoter.Database.BeginTransactionAsync(Stop);
        await promoter.Database.ExecuteSqlAsync($"UPDATE agents SET model = model WHERE agent = 'box0:b'", Stop);
        var telling = registry.Services.GetRequiredService<FleetStore>().ToldAsync(new UntoldWish(AgentAddress.Parse(Box(0)), new Dictionary<string, WishMark>(), Message: null), Stop);
        await Eventually.HoldsAsync(async () =>
        {
            await using var watch = await contexts.CreateDbContextAsync(Stop);
            return await watch.Database.SqlQuery<int>($"SELECT count(*)::int AS \"Value\" FROM pg_locks AS l JOIN pg_stat_activity AS a USING (pid) WHERE NOT l.granted AND a.datname = current_database()").SingleAsync(Stop) > 0;
        });

        // Were both held in one statement, one of the two would be ended as a deadlock.
        await promoter.Database.ExecuteSqlAsync($"UPDATE agents SET model = model WHERE agent = 'box0:a'", Stop);
        await transaction.CommitAsync(Stop);
        await telling;

        (await registry.AgentsAsync()).Count(agent => agent.RolloutId == "newer").ShouldBe(2);
    }

    private static string Box(int number) => $"{RunningRegistry.Asset}/box{number}";

    /// <summary>A registry that has heard of so many agents, each of which runs the shipped model.</summary>
    private async Task<RunningRegistry> StartAsync(bool isPostgres, int boxes)
    {
        var registry = await RunningRegistry.StartAsync(("Registry:RunProbes", "false"), ("Registry:ConnectionString", isPostgres ? await postgres.CreateDatabaseAsync() : null));
        for (var i = 0; i < boxes; i++)
        {
            await StateAsync(registry, $"box{i}", Shipped);
        }

        return registry;
    }

    private static async Task<RecipeView> RegisterAsync(RunningRegistry registry, string id, DateTimeOffset? expiresAt = null) => await RunningRegistry.ReadAsync<RecipeView>(
        await registry.PostAsync(RegistryRoutes.Recipes, new RegisterRecipe { Recipe = JsonSerializer.SerializeToElement(new Recipe { Id = id }, ImddJson.Options), ExpiresAt = expiresAt }));

    private static async Task<RecipeAssignment> AssignAsync(RunningRegistry registry, RecipeView recipe, params string[] agents)
    {
        var assigned = await RunningRegistry.ReadAsync<RecipeAssignment>(
            await registry.PostAsync(RegistryRoutes.For(RegistryRoutes.AssignRecipe, recipe.Digest), new AssignRecipe { Agents = agents }));
        await ToldAsync(registry, assigned.RolloutId, agents.Length);
        return assigned;
    }

    private static async Task<RecipeWithdrawal> WithdrawAsync(RunningRegistry registry, RecipeView recipe, bool toPrevious, params string[] agents) => await RunningRegistry.ReadAsync<RecipeWithdrawal>(
        await registry.PostAsync(RegistryRoutes.For(RegistryRoutes.WithdrawRecipe, recipe.Digest), new WithdrawRecipe { Agents = agents, ToPrevious = toPrevious, By = "ben" }));

    private static async Task<RolloutProgressView> BeginAsync(RunningRegistry registry, RecipeView recipe, params RolloutWave[] waves) => await RunningRegistry.ReadAsync<RolloutProgressView>(
        await registry.PostAsync(RegistryRoutes.For(RegistryRoutes.RecipeRollouts, recipe.Digest), new StartRecipeRollout { Waves = waves, By = "anna" }));

    private static Task<RolloutProgressView> FindAsync(RunningRegistry registry, RolloutProgressView rollout)
        => registry.GetAsync<RolloutProgressView>(RegistryRoutes.For(RegistryRoutes.Rollout, rollout.RolloutId));

    private static Task HoldsAsync(RunningRegistry registry, RolloutProgressView rollout, string state)
        => Eventually.HoldsAsync(async () => (await FindAsync(registry, rollout)).State == state, expression: state);

    private static async Task DecideAsync(RunningRegistry registry, string route, RolloutProgressView rollout)
        => await RunningRegistry.ReadAsync<RolloutProgressView>(await registry.PostAsync(RegistryRoutes.For(route, rollout.RolloutId), new RolloutDecision { By = "anna" }));

    private static async Task RefusedAsync<T>(RunningRegistry registry, string path, T request, string message, HttpStatusCode status = HttpStatusCode.Conflict)
    {
        var answer = await registry.PostAsync<object>(path, request!);
        (await answer.Content.ReadAsStringAsync(Stop)).ShouldContain(message);
        answer.StatusCode.ShouldBe(status);
    }

    private static List<DesiredModels> Wishes(RunningRegistry registry, string rolloutId) => [.. registry.Wishes.Select(wish => wish.Wish).Where(wish => wish.RolloutId == rolloutId)];

    private static DesiredModels Last(RunningRegistry registry, string agent) => registry.Wishes.Last(wish => wish.Wish.Agent == agent).Wish;

    private static Task ToldAsync(RunningRegistry registry, string rolloutId, int agents)
        => Eventually.HoldsAsync(() => Wishes(registry, rolloutId).DistinctBy(wish => wish.Agent).Count() == agents, expression: $"{agents} told");

    private static Task SayAsync(RunningRegistry registry, string rolloutId, string agent, ModelRelease model, string step, string? reason = null, string? recipe = null)
        => registry.SayAsync(MqttPublications.Feedback(
            AssetPath.Parse(RunningRegistry.Asset),
            new RolloutStep
            {
                Agent = agent,
                RolloutId = rolloutId,
                Model = model,
                Step = step,
                Status = RolloutStatus.Proceeding,
                Result = reason is not null ? RolloutResult.Failure : step == RolloutStepWord.Committed ? RolloutResult.Success : RolloutResult.None,
                ReasonCode = reason,
                RecipeDigest = recipe,
            },
            RunningRegistry.Context(agent)));

    /// <summary>An agent says what it runs, and the registry has heard it.</summary>
    private static async Task StateAsync(RunningRegistry registry, string agent, ModelRelease model, Func<AgentState, AgentState>? change = null)
    {
        AgentState state = new()
        {
            Agent = agent,
            State = EdgeStateWord.Online,
            BootId = "b1",
            BdSeq = 1,
            Model = new ModelReference(model.Name, model.Version, model.Digest),
            Slots = [new AgentModelSlot("A", AgentSlotState.Active, model)],
        };
        await registry.SayAsync(MqttPublications.AgentState(AssetPath.Parse(RunningRegistry.Asset), change is null ? state : change(state), RunningRegistry.Context(agent)));
        await Eventually.HoldsAsync(async () => (await registry.AgentsAsync()).Any(row => row.Agent == agent && row.State?.Model?.Digest == model.Digest));
    }
}
