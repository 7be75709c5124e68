using System.Net;
using System.Text.Json;
using IMDD.Contracts.CloudEvents;
using IMDD.Contracts.Events;
using IMDD.Contracts.Identity;
using IMDD.Contracts.Models;
using IMDD.Contracts.Registry;
using IMDD.Contracts.Topics;
using IMDD.Testing;

namespace IMDD.Cloud.Registry.Tests;

/// <summary>Aliases, what agents are told, and what they say, on both databases.</summary>
public sealed class PromotionTests(PostgresFixture postgres)
{
    private const string Box7 = RunningRegistry.Asset + "/box7";
    private const string Box8 = RunningRegistry.Asset + "/box8";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static TheoryData<bool> Databases => [false, true];

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task Promote_SomeThenAll_TellsThemRetainedAndMovesTheAliases(bool isPostgres)
    {
        await using var registry = await StartAsync(isPostgres);
        var first = await registry.RegisterAsync(TestBundle.Create());
        var second = await registry.RegisterAsync(TestBundle.Create("2.0.0"));
        await registry.PromoteAsync(first.Model.Digest, Box7, Box8);
        await registry.PromoteAsync(first.Model.Digest);
        var rollout = await registry.PromoteAsync(second.Model.Digest, Box7);

        rollout.Alias.ShouldBe(ModelAlias.Challenger);
        rollout.Agents.ShouldBe([Box7]);
        await Eventually.HoldsAsync(() => registry.Wishes.Any(w => w.Wish.RolloutId == rollout.RolloutId));
        var (topic, wish, _) = registry.Wishes.Single(w => w.Wish.RolloutId == rollout.RolloutId);
        topic.ShouldBe(MqttTopics.Desired(AssetPath.Parse(RunningRegistry.Asset), "box7"));
        wish.Slots.Single().Model.ShouldBe(second.Model);
        (await registry.ModelAsync()).Aliases.ShouldBe(Aliases((ModelAlias.Champion, first), (ModelAlias.Challenger, second)), ignoreOrder: true);

        var all = await registry.PromoteAsync(second.Model.Digest);
        all.Agents.ShouldBe([Box7, Box8], ignoreOrder: true);
        (await registry.ModelAsync()).Aliases.ShouldBe(Aliases((ModelAlias.Champion, second), (ModelAlias.Previous, first)), ignoreOrder: true);
        await Eventually.HoldsAsync(() => registry.Events<DesiredModels>(KafkaTopics.ModelRollout, EventTypes.RolloutRequested).Count(e => e.Data.RolloutId == all.RolloutId) == 2);
        await Eventually.HoldsAsync(() => registry.Events<ModelPromoted>(KafkaTopics.ModelReleased, EventTypes.ModelPromoted).Count >= 4);
        var last = registry.Events<ModelPromoted>(KafkaTopics.ModelReleased, EventTypes.ModelPromoted)[^1].Data;
        (last.Alias, last.Model, last.PreviousDigest).ShouldBe((ModelAlias.Champion, second.Model, first.Model.Digest));
        last.Aliases[ModelAlias.Champion].ShouldBe(second.Model.Digest);
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task Feedback_IsKeptAndPassedOn(bool isPostgres)
    {
        await using var registry = await StartAsync(isPostgres);
        var release = await registry.RegisterAsync(TestBundle.Create());
        var rollout = await registry.PromoteAsync(release.Model.Digest, Box7);
        RolloutStep step = new()
        {
            Agent = "box7",
            RolloutId = rollout.RolloutId,
            Model = release.Model,
            Step = RolloutStepWord.Rejected,
            Status = RolloutStatus.Rejected,
            Result = RolloutResult.Failure,
            ReasonCode = RolloutReason.TooSlow,
            Detail = "12 ms",
        };
        await registry.SayAsync(MqttPublications.Feedback(AssetPath.Parse(RunningRegistry.Asset), step, RunningRegistry.Context()));

        await Eventually.HoldsAsync(async () => (await registry.AgentsAsync()) is [{ Step.ReasonCode: RolloutReason.TooSlow }]);
        await Eventually.HoldsAsync(() => registry.Events<RolloutStep>(KafkaTopics.ModelRollout, EventTypes.RolloutStepReported).Count == 1);
        registry.Events<RolloutStep>(KafkaTopics.ModelRollout, EventTypes.RolloutStepReported)[0].Key.ShouldBe($"{rollout.RolloutId}/{Box7}");

        // Of an older wish: passed on, and not taken for the present one.
        await registry.SayAsync(MqttPublications.Feedback(AssetPath.Parse(RunningRegistry.Asset), step with { RolloutId = "old", Detail = "late" }, RunningRegistry.Context()));
        await Eventually.HoldsAsync(() => registry.Events<RolloutStep>(KafkaTopics.ModelRollout, EventTypes.RolloutStepReported).Count == 2);
        (await registry.AgentsAsync()).Single().Step!.Detail.ShouldBe("12 ms");
    }

    [Fact]
    public async Task State_OfAnAgentWithANewerRelease_RaisesTheCounter()
    {
        await using var registry = await RunningRegistry.StartAsync();
        await registry.RegisterAsync(TestBundle.Create());
        AgentState state = new()
        {
            Agent = "box7",
            State = EdgeStateWord.Online,
            BootId = "b1",
            BdSeq = 1,
            Slots = [new AgentModelSlot("B", AgentSlotState.Active, new ModelRelease(TestBundle.Name, "9", "sha256:" + new string('9', 64), 40))],
        };
        await registry.SayAsync(MqttPublications.AgentState(AssetPath.Parse(RunningRegistry.Asset), state, RunningRegistry.Context()));
        await Eventually.HoldsAsync(async () => (await registry.AgentsAsync()).Count == 1);

        (await registry.RegisterAsync(TestBundle.Create("2.0.0"))).Model.ReleaseCounter.ShouldBe(41);
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task State_OfAnAgentWithAModelThatIsNotRegistered_SetsTheCounterThatItsFirstReleaseGoesOnFrom(bool isPostgres)
    {
        await using var registry = await StartAsync(isPostgres);
        await SayAsync("box7", new(TestBundle.Name, "9", "sha256:" + new string('9', 64), 40), new(TestBundle.Name, "8", "sha256:" + new string('8', 64), 39));

        // An older one after it, a wrong number, and names that none is registered under; all of them cost nothing.
        await SayAsync("box8", new ModelRelease(TestBundle.Name, "7", "sha256:" + new string('7', 64), 38));
        await SayAsync("box9", new ModelRelease(TestBundle.Name, "6", "sha256:" + new string('6', 64), long.MaxValue), new ModelRelease("no\0name", "1", "sha256:" + new string('1', 64), 5));
        await registry.RestartAsync();

        (await registry.GetAsync<List<ModelView>>(RegistryRoutes.Models)).ShouldBeEmpty("nothing is registered");
        (await registry.RegisterAsync(TestBundle.Create())).Model.ReleaseCounter.ShouldBe(41);

        async Task SayAsync(string agent, params ModelRelease[] releases)
        {
            AgentState state = new()
            {
                Agent = agent,
                State = EdgeStateWord.Online,
                BootId = "b1",
                BdSeq = 1,
                Slots = [.. releases.Select((release, i) => new AgentModelSlot(i == 0 ? "A" : "B", i == 0 ? AgentSlotState.Active : AgentSlotState.Previous, release))],
            };
            await registry.SayAsync(MqttPublications.AgentState(AssetPath.Parse(RunningRegistry.Asset), state, RunningRegistry.Context(agent)));
            await Eventually.HoldsAsync(async () => (await registry.AgentsAsync()).Any(row => row.Agent == agent));
        }
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task Rollback_RunsThePreviousContentUnderANewCounter(bool isPostgres)
    {
        await using var registry = await StartAsync(isPostgres);
        var first = await registry.RegisterAsync(TestBundle.Create(change: m => m with { Predicted = JsonSerializer.SerializeToElement(new { line = 1 }) }));
        var second = await registry.RegisterAsync(TestBundle.Create("2.0.0"));
        await registry.PromoteAsync(first.Model.Digest, Box7);
        await registry.PromoteAsync(first.Model.Digest);
        await registry.PromoteAsync(second.Model.Digest);

        var rollout = await RunningRegistry.ReadAsync<RolloutView>(await RollbackAsync(registry));

        rollout.Agents.ShouldBe([Box7]);
        var model = await registry.ModelAsync();
        var again = model.Versions[0];
        (again.Model, again.ReleaseOf).ShouldBe((rollout.Model, first.Model.Digest));
        again.Model.Version.ShouldBe(first.Model.Version);
        again.Model.ReleaseCounter.ShouldBeGreaterThan(second.Model.ReleaseCounter);
        (await PredictedAsync(first)).ShouldNotBeNull();
        (await PredictedAsync(again)).ShouldBeNull("what was predicted of lines then would take out who goes back");
        model.Aliases.ShouldBe(Aliases((ModelAlias.Champion, again)), ignoreOrder: true);
        (await RollbackAsync(registry)).StatusCode.ShouldBe(HttpStatusCode.Conflict);

        async Task<JsonElement?> PredictedAsync(ModelVersionView version)
            => (await registry.GetAsync<BundleManifest>(RegistryRoutes.For(RegistryRoutes.Blob, version.Model.Digest))).Predicted;
    }

    [Fact]
    public async Task Promote_WhatIsForbidden_IsRefusedWithTheReason()
    {
        await using var registry = await RunningRegistry.StartAsync();
        var failed = await registry.RegisterAsync(TestBundle.Create(), r => r with { Gates = [new GateResult("recall", false, 0.7, 0.8)] });
        var expired = await registry.RegisterAsync(TestBundle.Create("2.0.0", m => m with { ExpiresAt = TimeProvider.System.GetUtcNow().AddSeconds(-1) }));
        var champion = await registry.RegisterAsync(TestBundle.Create("3.0.0"));
        await registry.PromoteAsync(champion.Model.Digest);

        await RefusedAsync(failed.Model.Digest, HttpStatusCode.Conflict, "did not meet recall");
        await RefusedAsync(expired.Model.Digest, HttpStatusCode.Conflict, "has expired");
        await RefusedAsync("sha256:" + new string('0', 64), HttpStatusCode.NotFound, "has no release");
        await RefusedAsync(champion.Model.Digest, HttpStatusCode.BadRequest, "is not an agent", "acme/box7");
        (await BlockAsync(registry, champion)).StatusCode.ShouldBe(HttpStatusCode.Conflict);

        async Task RefusedAsync(string digest, HttpStatusCode status, string message, params string[] agents)
        {
            var answer = await registry.PostAsync(RegistryRoutes.For(RegistryRoutes.Promote, TestBundle.Name), new PromoteModel { Digest = digest, Agents = agents });
            answer.StatusCode.ShouldBe(status);
            (await answer.Content.ReadAsStringAsync(Stop)).ShouldContain(message);
        }
    }

    [Fact]
    public async Task Block_AChallenger_SendsItsAgentsBackToTheChampion()
    {
        await using var registry = await RunningRegistry.StartAsync();
        var champion = await registry.RegisterAsync(TestBundle.Create());
        var bad = await registry.RegisterAsync(TestBundle.Create("2.0.0"));
        await registry.PromoteAsync(champion.Model.Digest, Box7, Box8);
        await registry.PromoteAsync(champion.Model.Digest);
        await registry.PromoteAsync(bad.Model.Digest, Box7);

        var blocked = await RunningRegistry.ReadAsync<ModelVersionView>(await BlockAsync(registry, bad));

        blocked.Aliases.ShouldBe([ModelAlias.Blocked]);
        var agents = await registry.AgentsAsync();
        agents.ShouldAllBe(a => a.Desired!.Version == "1.0.0" && a.Desired.ReleaseCounter > bad.Model.ReleaseCounter);
        (await registry.PostAsync(RegistryRoutes.For(RegistryRoutes.Promote, TestBundle.Name), new PromoteModel { Digest = bad.Model.Digest }))
            .StatusCode.ShouldBe(HttpStatusCode.Conflict);
    }

    [Fact]
    public async Task Wish_OfARegistryThatWasRestarted_IsToldOnce()
    {
        await using var registry = await RunningRegistry.StartAsync();
        var release = await registry.RegisterAsync(TestBundle.Create());
        var rollout = await registry.PromoteAsync(release.Model.Digest, Box7);
        await registry.RestartAsync();
        await Eventually.HoldsAsync(() => registry.Wishes.Any(w => w.Wish.RolloutId == rollout.RolloutId));

        (await registry.AgentsAsync()).Single().RolloutId.ShouldBe(rollout.RolloutId);
        registry.Wishes.Select(w => w.Wish.RolloutId).Distinct().ShouldHaveSingleItem();
    }

    private static Task<HttpResponseMessage> RollbackAsync(RunningRegistry registry)
        => registry.PostAsync(RegistryRoutes.For(RegistryRoutes.Rollback, TestBundle.Name), new RollbackModel { By = "test" });

    private static Task<HttpResponseMessage> BlockAsync(RunningRegistry registry, ModelVersionView version)
        => registry.PostAsync(RegistryRoutes.For(RegistryRoutes.Block, TestBundle.Name), new BlockModel { Digest = version.Model.Digest, Reason = "misses dents" });

    private static Dictionary<string, string> Aliases(params (string Alias, ModelVersionView Version)[] aliases)
        => aliases.ToDictionary(a => a.Alias, a => a.Version.Model.Digest, StringComparer.Ordinal);

    private async Task<RunningRegistry> StartAsync(bool isPostgres)
        => isPostgres ? await RunningRegistry.StartAsync(("Registry:ConnectionString", await postgres.CreateDatabaseAsync())) : await RunningRegistry.StartAsync();
}
