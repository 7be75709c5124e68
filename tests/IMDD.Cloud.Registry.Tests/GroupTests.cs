using System.Net;
using System.Text.Json;
using IMDD.Cloud.Registry.Fleet;
using IMDD.Cloud.Registry.Rollouts;
using IMDD.Cloud.Registry.State;
using IMDD.Contracts.CloudEvents;
using IMDD.Contracts.Events;
using IMDD.Contracts.Identity;
using IMDD.Contracts.Models;
using IMDD.Contracts.Registry;
using IMDD.Contracts.Topics;
using IMDD.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace IMDD.Cloud.Registry.Tests;

/// <summary>Agents whose cameras are in groups: each group is told, heard and rolled out to on its own, by one message.</summary>
public sealed class GroupTests(PostgresFixture postgres)
{
    private const string Box7 = RunningRegistry.Asset + "/box7";
    private const string Left = Box7 + ":left";
    private const string Right = Box7 + ":right";

    private static readonly ModelRelease Shipped = new("contrast", "1.0.0", "sha256:" + new string('c', 64), 1);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static TheoryData<bool> Databases => [false, true];

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task Message_HasASlotForEachWish_AndOneTakenBackLeavesTheOthers(bool isPostgres)
    {
        await using var registry = await StartAsync(isPostgres);
        var first = await registry.RegisterAsync(TestBundle.Create());
        var second = await registry.RegisterAsync(TestBundle.Create("2.0.0"));
        await StateAsync(registry, State("box7", hasRest: true, "left", "right"));
        (await registry.AgentsAsync()).Select(agent => (agent.Agent, agent.Group)).ShouldBe([("box7", null), ("box7", "left"), ("box7", "right")], ignoreOrder: true);

        // Of the rest alone: as if there were no groups.
        var rest = await registry.PromoteAsync(first.Model.Digest, Box7);
        await MessageAsync(registry, message => message.RolloutId == rest.RolloutId);
        ImddJsonOf(Last(registry)).ShouldBe(ImddJsonOf(new DesiredModels { Agent = "box7", RolloutId = rest.RolloutId, Slots = [new DesiredSlot { Model = first.Model }] }));

        var left = await registry.PromoteAsync(second.Model.Digest, Left);
        await MessageAsync(registry, message => message.RolloutId == left.RolloutId);
        Slots(registry).ShouldBe([(null, rest.RolloutId, first.Model.Digest), ("left", left.RolloutId, second.Model.Digest)]);

        var until = registry.Time.GetUtcNow().AddHours(4);
        var right = await BeginAsync(registry, second, new InstallWindow { NotAfter = until }, new RolloutWave { Agents = [Right] });
        await MessageAsync(registry, message => message.RolloutId == right.RolloutId);
        Slots(registry).ShouldBe([(null, rest.RolloutId, first.Model.Digest), ("left", left.RolloutId, second.Model.Digest), ("right", right.RolloutId, second.Model.Digest)]);
        Last(registry).Install.ShouldBeNull();
        Last(registry).Slots.Select(slot => slot.Install is not null).ShouldBe([false, false, true]);
        Last(registry).Slots.SelectMany(slot => slot.Cameras).ShouldBe(["cam-left", "cam-right"]);

        await RunningRegistry.ReadAsync<RolloutProgressView>(
            await registry.PostAsync(RegistryRoutes.For(RegistryRoutes.CancelRollout, right.RolloutId), new RolloutDecision { By = "anna" }));
        await MessageAsync(registry, message => message.Slots.Count == 2);
        Slots(registry).ShouldBe([(null, rest.RolloutId, first.Model.Digest), ("left", left.RolloutId, second.Model.Digest)]);
        registry.TakenBack.ShouldBeEmpty();
        await Eventually.HoldsAsync(() => registry.Events<DesiredModels>(KafkaTopics.ModelRollout, EventTypes.RolloutRequested).Count == 3);
        registry.Events<DesiredModels>(KafkaTopics.ModelRollout, EventTypes.RolloutRequested).Select(e => (e.Key, e.Data.Slots.Single().Group)).ShouldBe(
            [($"{rest.RolloutId}/{Box7}", null), ($"{left.RolloutId}/{Left}", "left"), ($"{right.RolloutId}/{Right}", "right")], ignoreOrder: true);
    }

    [Fact]
    public async Task TakeBack_OfAllThatIsDesired_EmptiesTheMessageOnce()
    {
        await using var registry = await StartAsync();
        var release = await registry.RegisterAsync(TestBundle.Create());
        await StateAsync(registry, State("box7", hasRest: false, "left", "right"));
        var rollout = await BeginAsync(registry, release, install: null, new RolloutWave { Agents = [Left] }, new RolloutWave { Agents = [Right] });
        await MessageAsync(registry, message => message.Slots.Count == 1);
        await SayAsync(registry, rollout, "box7", "left", RolloutStepWord.Rejected, RolloutReason.TooSlow);
        await Eventually.HoldsAsync(async () => (await FindAsync(registry, rollout)).State == RolloutStateWord.Stopped);
        await StateAsync(registry, State("box7", hasRest: true));

        await Eventually.HoldsAsync(() => registry.TakenBack.Count == 1);
        (await registry.AgentsAsync()).Where(agent => agent.GoneAt is not null).Select(agent => agent.Group).ShouldBe(["left", "right"], ignoreOrder: true);
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task Rollout_OverALine_HasEachGroupAsAUnitOfItsOwn(bool isPostgres)
    {
        await using var registry = await StartAsync(isPostgres);
        var release = await registry.RegisterAsync(TestBundle.Create());
        await StateAsync(registry, State("box7", hasRest: false, "left", "right"));
        await StateAsync(registry, State("box8", hasRest: true));
        var line = AssetPath.Parse(RunningRegistry.Asset).LinePath;
        var rollout = await BeginAsync(registry, release, install: null, new RolloutWave { Lines = [line], MaxFailed = 1 });
        rollout.Waves[0].Agents.Select(agent => agent.Agent).ShouldBe([Left, Right, RunningRegistry.Asset + "/box8"], ignoreOrder: true);
        await MessageAsync(registry, message => message.Slots.Count == 2);
        await Eventually.HoldsAsync(() => registry.Wishes.Any(wish => wish.Wish.Agent == "box8"));

        await SayAsync(registry, rollout, "box7", "left", RolloutStepWord.Rejected, RolloutReason.TooSlow);
        await SayAsync(registry, rollout, "box7", "right", RolloutStepWord.Committed);
        await SayAsync(registry, rollout, "box8", group: null, RolloutStepWord.Committed);

        await Eventually.HoldsAsync(async () => (await FindAsync(registry, rollout)).State == RolloutStateWord.Finished);
        (await FindAsync(registry, rollout)).Waves[0].Agents.ToDictionary(agent => agent.Agent, agent => agent.State).ShouldBe(
            new Dictionary<string, string>
            {
                [Left] = RolloutAgentStateWord.Failed,
                [Right] = RolloutAgentStateWord.InSync,
                [RunningRegistry.Asset + "/box8"] = RolloutAgentStateWord.InSync,
            }, ignoreOrder: true);
        (await registry.AgentsAsync()).ToDictionary(agent => agent.Group ?? agent.Agent, agent => agent.Step?.Step).ShouldBe(
            new Dictionary<string, string?> { ["left"] = RolloutStepWord.Rejected, ["right"] = RolloutStepWord.Committed, ["box8"] = RolloutStepWord.Committed }, ignoreOrder: true);
        await Eventually.HoldsAsync(() => registry.Events<RolloutStep>(KafkaTopics.ModelRollout, EventTypes.RolloutStepReported).Count == 3);
        registry.Events<RolloutStep>(KafkaTopics.ModelRollout, EventTypes.RolloutStepReported).Select(e => e.Key).ShouldContain($"{rollout.RolloutId}/{Left}");

        // Stopped everywhere: there is no champion to go back to but a new one, for all three.
        var next = await registry.RegisterAsync(TestBundle.Create("2.0.0"));
        (await registry.PromoteAsync(next.Model.Digest)).Agents.Count.ShouldBe(3);
        await RunningRegistry.ReadAsync<ModelVersionView>(
            await registry.PostAsync(RegistryRoutes.For(RegistryRoutes.Stop, TestBundle.Name), new BlockModel { Digest = next.Model.Digest, Reason = "misses dents" }));
        var champion = (await registry.ModelAsync()).Aliases[ModelAlias.Champion];
        (await registry.AgentsAsync()).ShouldAllBe(agent => agent.Desired!.Digest == champion);
        await MessageAsync(registry, message => message.Slots.Count == 2 && message.Slots.All(slot => slot.Model.Digest == champion));
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task Advance_ByManyAtOnceWithGroups_TellsEachGroupOnce(bool isPostgres)
    {
        await using var registry = await StartAsync(isPostgres);
        var release = await registry.RegisterAsync(TestBundle.Create());
        foreach (var number in Enumerable.Range(0, 3))
        {
            await StateAsync(registry, State($"box{number}", hasRest: false, "left", "right"));
        }

        var rollout = await BeginAsync(registry, release, install: null, new RolloutWave { Percent = 50 }, new RolloutWave { Percent = 100 });
        rollout.Waves.Select(wave => wave.Agents.Count).ShouldBe([3, 3]);
        foreach (var wave in (int[])[0, 1])
        {
            await Eventually.HoldsAsync(async () =>
            {
                await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => Driver(registry).AdvanceAsync(rollout.RolloutId, Stop), Stop)));
                return (await FindAsync(registry, rollout)).WavesBegun == wave + 1 && rollout.Waves[wave].Agents.All(agent => IsTold(registry, agent.Agent, rollout.RolloutId));
            });
            await Task.WhenAll(rollout.Waves[wave].Agents.Select(agent => AgentAddress.Parse(agent.Agent))
                .Select(agent => SayAsync(registry, rollout, agent.Agent, agent.Group, RolloutStepWord.Committed)));
        }

        await Eventually.HoldsAsync(async () => (await FindAsync(registry, rollout)).State == RolloutStateWord.Finished);
        await Eventually.HoldsAsync(() => Requested(registry, rollout.RolloutId).Count == 6);
        Requested(registry, rollout.RolloutId).Distinct().Count().ShouldBe(6);
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task Wish_ForOneGroupWhileAnothersMessageIsUnderWay_IsToldWithIt(bool isPostgres)
    {
        await using var registry = await StartAsync(isPostgres, ("Registry:PublishPeriod", "00:01:00"));
        var release = await registry.RegisterAsync(TestBundle.Create());
        await StateAsync(registry, State("box7", hasRest: false, "left", "right"));
        var fleet = registry.Services.GetRequiredService<FleetStore>();
        var wishes = registry.Services.GetRequiredService<FleetWishes>();
        var left = await registry.PromoteAsync(release.Model.Digest, Left);
        var underWay = (await fleet.UntoldAsync(Stop)).ShouldHaveSingleItem();

        // The other group's wish is made while the first message is on its way; neither is lost, and the first is the same wish still.
        await using (var context = await Contexts(registry).CreateDbContextAsync(Stop))
        {
            var row = await context.Releases.SingleAsync(Stop);
            await wishes.TellAsync(context, row, AgentAddress.Parse(Right), "rollout-right", install: null, Stop);
            await fleet.ToldAsync(underWay, Stop);
            await context.SaveChangesAsync(Stop);
        }

        var both = (await fleet.UntoldAsync(Stop)).ShouldHaveSingleItem();
        both.Message!.Slots.Select(slot => (slot.Group, slot.RolloutId)).ShouldBe([("left", left.RolloutId), ("right", "rollout-right")]);

        // Another instance has told both before the first one's message, without the second group, came after it.
        await fleet.ToldAsync(both, Stop);
        (await fleet.UntoldAsync(Stop)).ShouldBeEmpty();
        await fleet.ToldAsync(underWay, Stop);
        var again = (await fleet.UntoldAsync(Stop)).ShouldHaveSingleItem();
        again.Message!.Slots.Count.ShouldBe(2);

        // The same, and the other instance keeps its own as told after the first one has.
        await fleet.ToldAsync(underWay, Stop);
        await fleet.ToldAsync(again, Stop);
        both = (await fleet.UntoldAsync(Stop)).ShouldHaveSingleItem();
        both.Message!.Slots.Count.ShouldBe(2);
        await fleet.ToldAsync(both, Stop);
        (await fleet.UntoldAsync(Stop)).ShouldBeEmpty();

        // A newer wish for the first group while the message with both is on its way.
        await using (var context = await Contexts(registry).CreateDbContextAsync(Stop))
        {
            var row = await context.Releases.SingleAsync(Stop);
            await wishes.TellAsync(context, row, AgentAddress.Parse(Left), "rollout-left", install: null, Stop);
            await fleet.ToldAsync(both, Stop);
            await context.SaveChangesAsync(Stop);
        }

        (await fleet.UntoldAsync(Stop)).ShouldHaveSingleItem().Message!.Slots.Select(slot => slot.RolloutId).ShouldBe(["rollout-left", "rollout-right"]);
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task Wishes_ForTwoGroupsAtOnce_EndInOneMessageWithTheNewestOfEach(bool isPostgres)
    {
        await using var registry = await StartAsync(isPostgres);
        var release = await registry.RegisterAsync(TestBundle.Create());
        await StateAsync(registry, State("box7", hasRest: false, "left", "right"));
        await Task.WhenAll(Enumerable.Range(0, 8).SelectMany(_ => (string[])[Left, Right]).Select(agent => registry.PromoteAsync(release.Model.Digest, agent)));

        var expected = (await registry.AgentsAsync()).ToDictionary(agent => agent.Group!, agent => agent.RolloutId);
        await Eventually.HoldsAsync(() => registry.Wishes.Count > 0 && Last(registry).Slots.Count == 2 && Last(registry).Slots.All(slot => slot.RolloutId == expected[slot.Group!]));
        foreach (var group in (string[])["left", "right"])
        {
            var told = registry.Wishes.SelectMany(wish => wish.Wish.Slots).Where(slot => slot.Group == group).Select(slot => slot.RolloutId).ToList();
            var changes = told.Where((id, i) => i == 0 || told[i - 1] != id).ToList();
            changes.Distinct().Count().ShouldBe(changes.Count, "no wish comes again after a newer one");
        }
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task Group_ThatIsNoMore_IsToldNothingUntilItIsBack(bool isPostgres)
    {
        await using var registry = await StartAsync(isPostgres);
        var release = await registry.RegisterAsync(TestBundle.Create());
        await StateAsync(registry, State("box7", hasRest: false, "left", "right"));
        var rollout = await BeginAsync(registry, release, install: null, new RolloutWave { Agents = [Left] }, new RolloutWave { Agents = [Right] });
        await MessageAsync(registry, message => message.Slots.Count == 1);

        // A will of before says nothing of what there is now.
        await StateAsync(registry, State("box7", hasRest: true) with { State = EdgeStateWord.Offline });
        (await registry.AgentsAsync()).ShouldAllBe(agent => agent.GoneAt == null);
        await StateAsync(registry, State("box7", hasRest: false, "left"));
        await Eventually.HoldsAsync(async () => (await registry.AgentsAsync()).Single(agent => agent.Group == "right").GoneAt is not null);

        await SayAsync(registry, rollout, "box7", "left", RolloutStepWord.Committed);
        await Eventually.HoldsAsync(async () => (await FindAsync(registry, rollout)).State == RolloutStateWord.Finished);
        var (state, detail) = (await FindAsync(registry, rollout)).Waves[1].Agents.Select(agent => (agent.State, agent.Detail)).Single();
        (state, detail).ShouldBe((RolloutAgentStateWord.Cancelled, "The agent has no such group of cameras any more."));
        (await registry.PromoteAsync(release.Model.Digest)).Agents.ShouldBe([Left]);
        await RefusedAsync(registry, RegistryRoutes.For(RegistryRoutes.Promote, TestBundle.Name), new PromoteModel { Digest = release.Model.Digest, Agents = [Right] });

        await StateAsync(registry, State("box7", hasRest: false, "left", "right"));
        var all = await registry.PromoteAsync(release.Model.Digest);
        all.Agents.ShouldBe([Left, Right], ignoreOrder: true);
        await MessageAsync(registry, message => message.Slots.Count == 2);

        // Gone with its wish: the other's slot stays as it is.
        await StateAsync(registry, State("box7", hasRest: false, "left"));
        await MessageAsync(registry, message => message.Slots.Count == 1);
        Slots(registry).ShouldBe([("left", all.RolloutId, release.Model.Digest)]);
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task Recipe_OfAGroup_IsOfferedWithWhatItRunsAndAgainToABoxInItsPlace(bool isPostgres)
    {
        await using var registry = await StartAsync(isPostgres);
        var recipe = await RecipeAsync(registry);
        var assigned = await RunningRegistry.ReadAsync<RecipeAssignment>(
            await registry.PostAsync(RegistryRoutes.For(RegistryRoutes.AssignRecipe, recipe.Digest), new AssignRecipe { Agents = [Left], AllowUnknown = true }));
        assigned.Waiting.ShouldBe([Left]);

        // While it waits it is in nobody's way: its cameras are not known, and no release is wished of it.
        var release = await registry.RegisterAsync(TestBundle.Create());
        (await registry.PromoteAsync(release.Model.Digest)).Agents.ShouldBeEmpty();

        await StateAsync(registry, State("box7", hasRest: true, "left"));
        await MessageAsync(registry, message => message.Slots is [{ Group: "left" }]);
        var offered = Last(registry);
        (offered.Slots[0].Model, offered.Slots[0].RecipeDigest).ShouldBe((Shipped, recipe.Digest));
        (await registry.GetAsync<RecipeView>(RegistryRoutes.For(RegistryRoutes.Recipe, recipe.Digest))).Agents.ShouldBe([Left]);

        // The same again is no new wish; another model, of another box in its place, is.
        await StateAsync(registry, State("box7", hasRest: true, "left"));
        var other = Shipped with { Version = "2.0.0", Digest = "sha256:" + new string('d', 64) };
        await StateAsync(registry, State("box7", hasRest: true, "left", other));
        await MessageAsync(registry, message => message.Slots[0].Model == other);
        Last(registry).Slots[0].RecipeDigest.ShouldBe(recipe.Digest);
        registry.Wishes.Select(wish => wish.Wish.Slots[0].RolloutId).Distinct().Count().ShouldBe(2);
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task Recipe_AssignedInTheInstantOfAState_IsToldInTheEnd(bool isPostgres)
    {
        await using var registry = await StartAsync(isPostgres);
        var recipe = await RecipeAsync(registry);
        var names = Enumerable.Range(0, 6).Select(i => $"box{i}").ToList();
        foreach (var name in names)
        {
            await StateAsync(registry, State(name, hasRest: true) with { Model = null, Slots = null });
        }

        await Task.WhenAll(names.Select(name => StateAsync(registry, State(name, hasRest: true))).Append(Task.Run(async () => await RunningRegistry.ReadAsync<RecipeAssignment>(
            await registry.PostAsync(RegistryRoutes.For(RegistryRoutes.AssignRecipe, recipe.Digest), new AssignRecipe())), Stop)));

        await Eventually.HoldsAsync(() => names.TrueForAll(name => registry.Wishes.Any(wish => wish.Wish.Agent == name && wish.Wish.Slots[0].RecipeDigest == recipe.Digest)));
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task State_ThatARecipeWaitsForInTheInstantOfAPromotion_DoesNotUndoIt(bool isPostgres)
    {
        await using var registry = await StartAsync(isPostgres);
        var release = await registry.RegisterAsync(TestBundle.Create());
        var recipe = await RecipeAsync(registry);
        var names = Enumerable.Range(0, 6).Select(i => $"box{i}").ToList();
        await RunningRegistry.ReadAsync<RecipeAssignment>(await registry.PostAsync(
            RegistryRoutes.For(RegistryRoutes.AssignRecipe, recipe.Digest), new AssignRecipe { Agents = [.. names.Select(name => $"{RunningRegistry.Asset}/{name}")], AllowUnknown = true }));

        var promotion = Task.Run(() => registry.PromoteAsync(release.Model.Digest), Stop);
        await Task.WhenAll(names.Select(name => StateAsync(registry, State(name, hasRest: true))).Append(promotion));

        var promoted = await promotion;
        await Eventually.HoldsAsync(() => names.TrueForAll(name => registry.Wishes.LastOrDefault(wish => wish.Wish.Agent == name).Wish?.RolloutId == promoted.RolloutId));
        (await registry.AgentsAsync()).ShouldAllBe(agent => agent.RolloutId == promoted.RolloutId && agent.Desired == release.Model && agent.RecipeDigest == recipe.Digest);
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task Counters_OfGroups_AreLearnedAndNeverGoDown(bool isPostgres)
    {
        await using var registry = await StartAsync(isPostgres);
        await registry.RegisterAsync(TestBundle.Create());
        var state = State("box7", hasRest: true, "left", "right");
        await StateAsync(registry, state with { Groups = [.. state.Groups!.Select((group, i) => group with { Slots = [Heard(i == 0 ? 40 : long.MaxValue)], RecipeId = "hood@1", RecipeCounter = 7 + i })] });
        await StateAsync(registry, state with { Slots = [Heard(20)] });

        (await registry.RegisterAsync(TestBundle.Create("2.0.0"))).Model.ReleaseCounter.ShouldBe(41, "a wrong number beside it hides no right one");
        (await RecipeAsync(registry, "hood@2")).Counter.ShouldBe(9);

        // Learned while another gives numbers out.
        await Task.WhenAll(Enumerable.Range(42, 8).Select(async i =>
        {
            await registry.SayAsync(MqttPublications.AgentState(AssetPath.Parse(RunningRegistry.Asset), state with { Slots = [Heard(i)] }, RunningRegistry.Context()));
            await registry.RegisterAsync(TestBundle.Create($"3.0.{i}"));
        }));
        var numbers = (await registry.ModelAsync()).Versions.Select(version => version.Model.ReleaseCounter).ToList();
        numbers.Distinct().Count().ShouldBe(numbers.Count);

        static AgentModelSlot Heard(long counter) => new("A", AgentSlotState.Active, new ModelRelease(TestBundle.Name, "9", "sha256:" + new string('9', 64), counter));
    }

    [Fact]
    public async Task Addresses_ThatNobodyHasSpokenFrom_AreRefusedAndLeaveNoTrace()
    {
        await using var registry = await StartAsync();
        var release = await registry.RegisterAsync(TestBundle.Create());
        var recipe = await RecipeAsync(registry);
        await StateAsync(registry, State("box7", hasRest: false, "left"));
        foreach (var slip in (string[])[Box7, Box7 + ":lefd", RunningRegistry.Asset + "/box77"])
        {
            await RefusedAsync(registry, RegistryRoutes.For(RegistryRoutes.Promote, TestBundle.Name), new PromoteModel { Digest = release.Model.Digest, Agents = [Left, slip] });
            await RefusedAsync(registry, RegistryRoutes.For(RegistryRoutes.AssignRecipe, recipe.Digest), new AssignRecipe { Agents = [slip] });
            await RefusedAsync(
                registry, RegistryRoutes.For(RegistryRoutes.ModelRollouts, TestBundle.Name), new StartRollout { Digest = release.Model.Digest, Waves = [new() { Agents = [slip] }] });
        }

        (await registry.AgentsAsync()).ShouldHaveSingleItem().RolloutId.ShouldBeNull();
        var many = Enumerable.Range(0, 16).Select(i => $"{Box7}:g{i}").ToArray();
        var answer = await registry.PostAsync(RegistryRoutes.For(RegistryRoutes.Promote, TestBundle.Name), new PromoteModel { Digest = release.Model.Digest, Agents = many, AllowUnknown = true });
        answer.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await answer.Content.ReadAsStringAsync(Stop)).ShouldContain($"{Box7}:g0: a group's cameras");
        (await registry.AgentsAsync()).ShouldHaveSingleItem();
        answer = await registry.PostAsync(RegistryRoutes.For(RegistryRoutes.AssignRecipe, recipe.Digest), new AssignRecipe { Agents = many, AllowUnknown = true });
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await answer.Content.ReadAsStringAsync(Stop)).ShouldContain("expected at most 16");
        (await registry.Http.GetStringAsync("/openapi/v1.json", Stop)).ShouldContain("agent:group");
    }

    [Fact]
    public async Task State_WithGroupsThatAreNone_IsNotKept()
    {
        await using var registry = await StartAsync();
        foreach (var groups in (string[][])[["left", "left"], ["Left"], ["a/b"], [.. Enumerable.Range(0, 16).Select(i => $"g{i}")]])
        {
            await registry.SayAsync(MqttPublications.AgentState(AssetPath.Parse(RunningRegistry.Asset), State("box7", hasRest: true, groups), RunningRegistry.Context()));
        }

        await StateAsync(registry, State("box8", hasRest: true));
        (await registry.AgentsAsync()).ShouldHaveSingleItem().Agent.ShouldBe("box8");
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task Cameras_OfAGroupThatChange_AreToldAgainUnderTheSameWish(bool isPostgres)
    {
        await using var registry = await StartAsync(isPostgres);
        var release = await registry.RegisterAsync(TestBundle.Create());
        var state = State("box7", hasRest: true, "left");
        await StateAsync(registry, state);
        var wish = await registry.PromoteAsync(release.Model.Digest, Left);
        await MessageAsync(registry, message => message.Slots is [{ Cameras: ["cam-left"] }]);

        await StateAsync(registry, state with { Groups = [state.Groups![0] with { Cameras = ["cam-left", "cam3"] }] });

        await MessageAsync(registry, message => message.Slots is [{ Cameras: ["cam-left", "cam3"] }]);
        Last(registry).Slots[0].RolloutId.ShouldBe(wish.RolloutId);
    }

    [Fact]
    public async Task State_OlderThanOneThatWasHeard_TakesNoGroupAway()
    {
        await using var registry = await StartAsync();
        var release = await registry.RegisterAsync(TestBundle.Create());
        await StateAsync(registry, State("box7", hasRest: true, "left"));
        await registry.PromoteAsync(release.Model.Digest, Left);
        await MessageAsync(registry, message => message.Slots is [{ Group: "left" }]);

        var old = State("box7", hasRest: true) with { Since = TimeProvider.System.GetUtcNow().AddHours(-1) };
        await registry.SayAsync(MqttPublications.AgentState(AssetPath.Parse(RunningRegistry.Asset), old, RunningRegistry.Context("box7")));

        await Eventually.HoldsAsync(async () => (await registry.AgentsAsync()).Any(row => row.Group is null && row.State?.Since < TimeProvider.System.GetUtcNow().AddMinutes(-30)));
        (await registry.AgentsAsync()).Single(row => row.Group == "left").GoneAt.ShouldBeNull();
        Slots(registry).Single().Item1.ShouldBe("left");
    }

    private static RolloutDriver Driver(RunningRegistry registry) => registry.Services.GetRequiredService<RolloutDriver>();

    private static IDbContextFactory<RegistryDbContext> Contexts(RunningRegistry registry) => registry.Services.GetRequiredService<IDbContextFactory<RegistryDbContext>>();

    private static AgentState State(string agent, bool hasRest, params string[] groups) => State(agent, hasRest, groups, Shipped);

    private static AgentState State(string agent, bool hasRest, string group, ModelRelease model) => State(agent, hasRest, [group], model);

    private static AgentState State(string agent, bool hasRest, string[] groups, ModelRelease model)
    {
        ModelReference reference = new(model.Name, model.Version, model.Digest);
        AgentModelSlot[] slots = [new("A", AgentSlotState.Active, model)];
        return new AgentState
        {
            Agent = agent,
            State = EdgeStateWord.Online,
            BootId = "b1",
            BdSeq = 1,
            Model = hasRest ? reference : null,
            RecipeId = hasRest ? "own@1" : null,
            Slots = hasRest ? slots : null,
            Groups = groups.Length == 0 ? null : [.. groups.Select(group => new AgentGroupState { Name = group, Cameras = [$"cam-{group}"], Model = reference, RecipeId = "own@1", Slots = slots })],
        };
    }

    /// <summary>An agent says its state, and the registry has heard it.</summary>
    private static async Task StateAsync(RunningRegistry registry, AgentState state)
    {
        var since = TimeProvider.System.GetUtcNow();
        state = state with { Since = since };
        await registry.SayAsync(MqttPublications.AgentState(AssetPath.Parse(RunningRegistry.Asset), state, RunningRegistry.Context(state.Agent)));
        await Eventually.HoldsAsync(async () => (await registry.AgentsAsync()).Any(row => row.Agent == state.Agent && row.State?.Since is { } said && (said - since).Duration() < TimeSpan.FromMilliseconds(1)));
    }

    private static Task SayAsync(RunningRegistry registry, RolloutProgressView rollout, string agent, string? group, string step, string? reason = null)
        => registry.SayAsync(MqttPublications.Feedback(
            AssetPath.Parse(RunningRegistry.Asset),
            new RolloutStep
            {
                Agent = agent,
                Group = group,
                RolloutId = rollout.RolloutId,
                Model = rollout.Model!,
                Step = step,
                Status = RolloutStatus.Proceeding,
                Result = reason is not null ? RolloutResult.Failure : RolloutResult.Success,
                ReasonCode = reason,
            },
            RunningRegistry.Context(agent)));

    private static async Task<RolloutProgressView> BeginAsync(RunningRegistry registry, ModelVersionView release, InstallWindow? install, params RolloutWave[] waves)
        => await RunningRegistry.ReadAsync<RolloutProgressView>(await registry.PostAsync(
            RegistryRoutes.For(RegistryRoutes.ModelRollouts, release.Model.Name), new StartRollout { Digest = release.Model.Digest, Waves = waves, Install = install }));

    private static Task<RolloutProgressView> FindAsync(RunningRegistry registry, RolloutProgressView rollout)
        => registry.GetAsync<RolloutProgressView>(RegistryRoutes.For(RegistryRoutes.Rollout, rollout.RolloutId));

    private static async Task<RecipeView> RecipeAsync(RunningRegistry registry, string id = "door-red@1") => await RunningRegistry.ReadAsync<RecipeView>(
        await registry.PostAsync(RegistryRoutes.Recipes, new RegisterRecipe { Recipe = JsonSerializer.SerializeToElement(new Recipe { Id = id }, ImddJson.Options) }));

    private static async Task RefusedAsync<T>(RunningRegistry registry, string path, T request)
    {
        var answer = await registry.PostAsync(path, request);
        (await answer.Content.ReadAsStringAsync(Stop)).ShouldContain("No agent has said its state from");
        answer.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    private static Task MessageAsync(RunningRegistry registry, Func<DesiredModels, bool> holds)
        => Eventually.HoldsAsync(() => registry.Wishes.Any(wish => wish.Wish.Agent == "box7") && holds(Last(registry)));

    private static DesiredModels Last(RunningRegistry registry) => registry.Wishes.Last(wish => wish.Wish.Agent == "box7").Wish;

    private static string ImddJsonOf(DesiredModels message) => JsonSerializer.Serialize(message, ImddJson.Options);

    private static IReadOnlyList<(string? Group, string? RolloutId, string Digest)> Slots(RunningRegistry registry)
        => [.. Last(registry).Slots.Select(slot => (slot.Group, slot.RolloutId, slot.Model.Digest))];

    private static bool IsTold(RunningRegistry registry, string agent, string rolloutId)
        => AgentAddress.Parse(agent) is var address && registry.Wishes.Any(wish => wish.Wish.Agent == address.Agent && wish.Wish.Slots.Any(slot => slot.Group == address.Group && slot.RolloutId == rolloutId));

    private static List<string> Requested(RunningRegistry registry, string rolloutId)
        => [.. registry.Events<DesiredModels>(KafkaTopics.ModelRollout, EventTypes.RolloutRequested).Where(e => e.Data.RolloutId == rolloutId).Select(e => e.Key)];

    /// <summary>Without probes, which are not what this is about.</summary>
    private async Task<RunningRegistry> StartAsync(bool isPostgres = false, params (string Key, string? Value)[] settings) => await RunningRegistry.StartAsync(
        [("Registry:RunProbes", "false"), ("Registry:ConnectionString", isPostgres ? await postgres.CreateDatabaseAsync() : null), .. settings]);
}
