using System.Net;
using System.Text.Json;
using IMDD.Contracts.Audit;
using IMDD.Contracts.CloudEvents;
using IMDD.Contracts.Events;
using IMDD.Contracts.Identity;
using IMDD.Contracts.Models;
using IMDD.Contracts.Registry;
using IMDD.Contracts.Topics;
using IMDD.Inference.Recipes;
using IMDD.Inference.Signing;
using IMDD.Testing;

namespace IMDD.Cloud.Registry.Tests;

/// <summary>Recipes that are registered, signed and assigned, on both databases.</summary>
public sealed class RecipeTests(PostgresFixture postgres)
{
    private const string Box7 = RunningRegistry.Asset + "/box7";
    private const string Box8 = RunningRegistry.Asset + "/box8";
    private const string Box9 = RunningRegistry.Asset + "/box9";

    private static readonly ModelRelease Shipped = new("contrast", "1.0.0", "sha256:" + new string('c', 64), 1);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static TheoryData<bool> Databases => [false, true];

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task Register_IsSignedNumberedOnceAndServedAsItWasSigned(bool isPostgres)
    {
        await using var registry = await StartAsync(isPostgres);
        Recipe recipe = new()
        {
            Id = "door-red@1",
            PixelThreshold = 0.4,
            Window = [100, 3500],
            Classes = new Dictionary<string, RecipeClassRule>(StringComparer.Ordinal) { ["scratch"] = new() { MinScore = 0.5 }, ["dent"] = new() { Tolerated = true } },
        };
        var first = await RegisterAsync(registry, recipe);
        (first.Id, first.Name, first.Counter, first.Digest, first.RegisteredBy).ShouldBe(("door-red@1", "door-red", 1, RecipeDigest.Of(recipe), "anna"));
        (await RegisterAsync(registry, recipe)).Counter.ShouldBe(1, "the newest again is no change");
        var second = await RegisterAsync(registry, recipe with { Id = "door-red@2" });
        second.Counter.ShouldBe(2);
        (await RegisterAsync(registry, new Recipe { Id = "hood@1" })).Counter.ShouldBe(1);

        // To go back: the same recipe under a counter of its own.
        (await RegisterAsync(registry, recipe)).Counter.ShouldBe(3);
        await registry.RestartAsync();
        var listed = await registry.GetAsync<List<RecipeView>>(RegistryRoutes.Recipes);
        listed.Select(view => (view.Id, view.Counter)).ShouldBe([("door-red@1", 3), ("door-red@2", 2), ("hood@1", 1)]);
        (await registry.GetAsync<RecipeView>(RegistryRoutes.For(RegistryRoutes.Recipe, first.Digest))).Recipe!.Window.ShouldBe([100, 3500]);

        var envelope = await registry.Http.GetByteArrayAsync(RegistryRoutes.For(RegistryRoutes.RecipeEnvelope, first.Digest), Stop);
        var signed = SignedRecipe.Read(envelope, TrustedKeys.Load(registry.PublicKeyFile), allowUnsigned: false);
        (signed.Digest, signed.Document.Counter, signed.SignedBy).ShouldBe((first.Digest, 3, first.KeyId));
        Should.Throw<RecipeException>(() => SignedRecipe.Read(envelope, TrustedKeys.None, allowUnsigned: false)).Fault.ShouldBe(RecipeFault.Signature);
        (await registry.Http.GetAsync(RegistryRoutes.For(RegistryRoutes.RecipeEnvelope, "sha256:" + new string('0', 64)), Stop)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await AuditAsync(registry)).Select(entry => (entry.Action, entry.Actor, entry.Object)).First().ShouldBe((AuditAction.RegisterRecipe, "anna", $"door-red@1 {first.Digest}"));
    }

    [Fact]
    public async Task Register_WhatIsWrong_IsNamedAllAtOnce()
    {
        await using var registry = await RunningRegistry.StartAsync();
        await RegisterAsync(registry, new Recipe { Id = "door-red@1" });
        await RefusedAsync("""{"id":"door-red@2","pixelTreshold":0.4}""", HttpStatusCode.BadRequest, "pixelTreshold");
        await RefusedAsync("""{"pixelThreshold":0.4}""", HttpStatusCode.BadRequest, "id");
        await RefusedAsync("[1]", HttpStatusCode.BadRequest, "This is no recipe");
        await RefusedAsync("null", HttpStatusCode.BadRequest);
        await RefusedAsync("""{"id":"bundle-defaults@2"}""", HttpStatusCode.BadRequest, "what stations without a recipe go by");
        await RefusedAsync(
            """{"id":"door red","pixelThreshold":2,"minAreaPx":0,"window":[9,3],"ignoreAreas":[[1,2]],"classes":{"dent":{"minScore":-1}}}""", HttpStatusCode.BadRequest,
            "door red", "PixelThreshold", "MinAreaPx", "Window", "IgnoreAreas:0", "Classes:dent:MinScore", "ExpiresAt");
        await RefusedAsync("""{"id":"door-red@1","pixelThreshold":0.3}""", HttpStatusCode.Conflict, "a revision of its own");
        (await registry.GetAsync<List<RecipeView>>(RegistryRoutes.Recipes)).ShouldHaveSingleItem();
        (await AuditAsync(registry)).Count(entry => entry.Outcome == AuditOutcome.Refused).ShouldBe(7);

        async Task RefusedAsync(string json, HttpStatusCode status, params string[] words)
        {
            var answer = await registry.PostAsync(RegistryRoutes.Recipes, new RegisterRecipe
            {
                Recipe = JsonDocument.Parse(json).RootElement,
                ExpiresAt = words.Contains("ExpiresAt") ? TimeProvider.System.GetUtcNow().AddDays(-1) : null,
            });
            answer.StatusCode.ShouldBe(status, json);
            var text = await answer.Content.ReadAsStringAsync(Stop);
            words.ShouldAllBe(word => text.Contains(word, StringComparison.Ordinal), text);
        }
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task Assign_UnderTheModelOfEach_StaysWithLaterModels(bool isPostgres)
    {
        await using var registry = await StartAsync(isPostgres);
        var release = await registry.RegisterAsync(TestBundle.Create());
        await registry.PromoteAsync(release.Model.Digest, Box7);
        await StateAsync(registry, "box8", Shipped);
        var recipe = await RegisterAsync(registry, new Recipe { Id = "door-red@1" });

        // Box 7 is desired a release, box 8 says what it runs, nobody has heard of box 9.
        var assigned = await AssignAsync(registry, recipe.Digest, Box7, Box8, Box9);
        assigned.Agents.ShouldBe([Box7, Box8]);
        assigned.Waiting.ShouldBe([Box9]);
        await Eventually.HoldsAsync(() => Wishes(registry, assigned.RolloutId).Count == 2);
        Slot(registry, "box7", assigned.RolloutId).ShouldBe((release.Model, recipe.Digest));
        Slot(registry, "box8", assigned.RolloutId).ShouldBe((Shipped, recipe.Digest));
        await Eventually.HoldsAsync(() => registry.Events<DesiredModels>(KafkaTopics.ModelRollout, EventTypes.RolloutRequested).Count(e => e.Data.RolloutId == assigned.RolloutId) == 2);
        await StateAsync(registry, "box9", Shipped);
        await Eventually.HoldsAsync(() => registry.Wishes.Any(wish => wish.Topic.EndsWith("/box9", StringComparison.Ordinal)));
        Slot(registry.Wishes.Last(wish => wish.Topic.EndsWith("/box9", StringComparison.Ordinal)).Wish).ShouldBe((Shipped, recipe.Digest));

        // A later model brings the recipe along, to whoever has one.
        var next = await registry.RegisterAsync(TestBundle.Create("2.0.0"));
        var promoted = await registry.PromoteAsync(next.Model.Digest);
        await Eventually.HoldsAsync(() => Wishes(registry, promoted.RolloutId).Count == 3);
        Wishes(registry, promoted.RolloutId).ShouldAllBe(wish => wish.Slots[0].Model == next.Model && wish.Slots[0].RecipeDigest == recipe.Digest);
        (await registry.AgentsAsync()).ShouldAllBe(agent => agent.RecipeDigest == recipe.Digest);
        (await registry.GetAsync<RecipeView>(RegistryRoutes.For(RegistryRoutes.Recipe, recipe.Digest))).Agents.ShouldBe([Box7, Box8, Box9]);

        // A rollout holds its agents; when it is taken back, each has its recipe still.
        var third = await registry.RegisterAsync(TestBundle.Create("3.0.0"));
        var rollout = await RunningRegistry.ReadAsync<RolloutProgressView>(await registry.PostAsync(
            RegistryRoutes.For(RegistryRoutes.ModelRollouts, TestBundle.Name), new StartRollout { Digest = third.Model.Digest, Waves = [new RolloutWave { Percent = 100 }] }));
        await Eventually.HoldsAsync(() => Wishes(registry, rollout.RolloutId).Count == 3);
        var other = await RegisterAsync(registry, new Recipe { Id = "door-red@2" });
        var refused = await registry.PostAsync(RegistryRoutes.For(RegistryRoutes.AssignRecipe, other.Digest), new AssignRecipe { Agents = [Box8] });
        refused.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await refused.Content.ReadAsStringAsync(Stop)).ShouldContain(rollout.RolloutId);
        var before = registry.Wishes.Count;
        await RunningRegistry.ReadAsync<RolloutProgressView>(
            await registry.PostAsync(RegistryRoutes.For(RegistryRoutes.CancelRollout, rollout.RolloutId), new RolloutDecision { By = "ben" }));
        await Eventually.HoldsAsync(() => registry.Wishes.Count >= before + 3);
        registry.Wishes.Skip(before).ShouldAllBe(wish => wish.Wish.Slots[0].Model == next.Model && wish.Wish.Slots[0].RecipeDigest == recipe.Digest);

        // All at once.
        var all = await AssignAsync(registry, other.Digest);
        all.Agents.ShouldBe([Box7, Box8, Box9], ignoreOrder: true);
        await Eventually.HoldsAsync(() => Wishes(registry, all.RolloutId).Count == 3);
        Wishes(registry, all.RolloutId).ShouldAllBe(wish => wish.Slots[0].Model == next.Model && wish.Slots[0].RecipeDigest == other.Digest);
        var entry = (await AuditAsync(registry)).Last(entry => entry.Action == AuditAction.AssignRecipe);
        (entry.Actor, entry.Object, entry.Outcome).ShouldBe(("ben", $"door-red@2 {other.Digest}", AuditOutcome.Done));
        entry.Detail!.ShouldContain("new lamps");
    }

    [Fact]
    public async Task TakeBack_OfTheOnlyRelease_LeavesTheRecipeDesired()
    {
        await using var registry = await RunningRegistry.StartAsync();
        await StateAsync(registry, "box7", Shipped);
        var recipe = await RegisterAsync(registry, new Recipe { Id = "door-red@1" });
        await AssignAsync(registry, recipe.Digest);
        var release = await registry.RegisterAsync(TestBundle.Create());
        var rollout = await RunningRegistry.ReadAsync<RolloutProgressView>(await registry.PostAsync(
            RegistryRoutes.For(RegistryRoutes.ModelRollouts, TestBundle.Name), new StartRollout { Digest = release.Model.Digest, Waves = [new RolloutWave { Percent = 100 }] }));
        await Eventually.HoldsAsync(() => Wishes(registry, rollout.RolloutId).Count == 1);
        await RunningRegistry.ReadAsync<RolloutProgressView>(
            await registry.PostAsync(RegistryRoutes.For(RegistryRoutes.CancelRollout, rollout.RolloutId), new RolloutDecision()));

        // What was assigned and what is rolled out may have been told in one wish: how many there are says nothing.
        await Eventually.HoldsAsync(() => Slot(registry.Wishes[^1].Wish) == (Shipped, recipe.Digest));
        (await registry.AgentsAsync()).Single().Desired.ShouldBeNull();
    }

    [Fact]
    public async Task Assign_WhatIsForbidden_IsRefusedWithTheReason()
    {
        await using var registry = await RunningRegistry.StartAsync();
        var expiring = await RegisterAsync(registry, new Recipe { Id = "door-red@1" }, registry.Time.GetUtcNow().AddHours(1));
        await AssignAsync(registry, expiring.Digest, Box7);
        await RefusedAsync("sha256:" + new string('0', 64), HttpStatusCode.NotFound, "There is no recipe");
        await RefusedAsync(expiring.Digest, HttpStatusCode.BadRequest, "is not an agent", "acme/box7");
        registry.Time.Shift(TimeSpan.FromHours(2));
        await RefusedAsync(expiring.Digest, HttpStatusCode.Conflict, "has expired");
        var again = await RegisterAsync(registry, new Recipe { Id = "door-red@1" });
        (again.Digest, again.Counter).ShouldBe((expiring.Digest, 2));

        // A root document that does not list the key that signed: nothing new is signed, and what was is given to nobody.
        using TestSigningKey root = new();
        using TestSigningKey other = new();
        var envelope = ImddJson.Deserialize<DsseEnvelope>(new TestRoot(1) { Root = [root], Release = [other] }.Write());
        await RunningRegistry.ReadAsync<TrustRootView>(await registry.PostAsync(RegistryRoutes.Root, new PublishRoot { Envelope = envelope }));
        await RefusedAsync(again.Digest, HttpStatusCode.Conflict, "register it again");
        (await registry.PostAsync(RegistryRoutes.Recipes, Request(new Recipe { Id = "door-red@3" }))).StatusCode.ShouldBe(HttpStatusCode.Conflict);

        async Task RefusedAsync(string digest, HttpStatusCode status, string message, params string[] agents)
        {
            var answer = await registry.PostAsync(RegistryRoutes.For(RegistryRoutes.AssignRecipe, digest), new AssignRecipe { Agents = agents });
            answer.StatusCode.ShouldBe(status);
            (await answer.Content.ReadAsStringAsync(Stop)).ShouldContain(message);
        }
    }

    [Fact]
    public async Task Assign_ToAnAgentThatHasRefusedItsRelease_DoesNotOfferThatAgain()
    {
        await using var registry = await RunningRegistry.StartAsync();
        await StateAsync(registry, "box7", Shipped);
        var release = await registry.RegisterAsync(TestBundle.Create());
        var rollout = await registry.PromoteAsync(release.Model.Digest, Box7);
        RolloutStep refused = new()
        {
            Agent = "box7",
            RolloutId = rollout.RolloutId,
            Model = release.Model,
            Step = RolloutStepWord.RolledBack,
            Status = RolloutStatus.Closed,
            Result = RolloutResult.Failure,
            ReasonCode = RolloutReason.HealthRegression,
        };
        await registry.SayAsync(MqttPublications.Feedback(AssetPath.Parse(RunningRegistry.Asset), refused, RunningRegistry.Context("box7")));
        await Eventually.HoldsAsync(async () => (await registry.AgentsAsync()).Single().Step is { Result: RolloutResult.Failure });
        var recipe = await RegisterAsync(registry, new Recipe { Id = "door-red@1" });

        foreach (var _ in (int[])[1, 2])
        {
            var assigned = await AssignAsync(registry, recipe.Digest, Box7);
            await Eventually.HoldsAsync(() => Wishes(registry, assigned.RolloutId).Count == 1);
            Slot(registry, "box7", assigned.RolloutId).ShouldBe((Shipped, recipe.Digest), "what it runs, not what it took out again");
        }
    }

    [Fact]
    public async Task Assign_BelowWhatAnAgentGoesBy_IsRefusedUntilItIsRegisteredAgain()
    {
        await using var registry = await RunningRegistry.StartAsync();
        var old = await RegisterAsync(registry, new Recipe { Id = "door-red@1" });
        var present = await RegisterAsync(registry, new Recipe { Id = "door-red@2", MinAreaPx = 9 });
        await StateAsync(registry, "box7", Shipped, state => state with { RecipeId = "door-red@2", RecipeCounter = present.Counter, RecipeDigest = present.Digest });

        var refused = await registry.PostAsync(RegistryRoutes.For(RegistryRoutes.AssignRecipe, old.Digest), new AssignRecipe { Agents = [Box7] });

        refused.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await refused.Content.ReadAsStringAsync(Stop)).ShouldContain("goes by 'door-red@2' with counter 2, above the 1 of 'door-red@1'");
        (await AssignAsync(registry, present.Digest, Box7)).Agents.ShouldBe([Box7]);
        var again = await RegisterAsync(registry, new Recipe { Id = "door-red@1" });
        (await AssignAsync(registry, again.Digest, Box7)).Agents.ShouldBe([Box7]);
    }

    [Fact]
    public async Task State_OfAnAgentWithANewerRecipe_RaisesTheCounter()
    {
        await using var registry = await RunningRegistry.StartAsync();
        await RegisterAsync(registry, new Recipe { Id = "door-red@1" });
        await StateAsync(registry, "box7", Shipped, state => state with { RecipeId = "door-red@9", RecipeCounter = 40, RecipeDigest = "sha256:" + new string('9', 64) });
        await StateAsync(registry, "box8", Shipped, state => state with { RecipeId = "hood@2", RecipeCounter = 5 });
        await StateAsync(registry, "box9", Shipped, state => state with { RecipeId = "hood@2", RecipeCounter = long.MaxValue });

        (await RegisterAsync(registry, new Recipe { Id = "door-red@10" })).Counter.ShouldBe(41);
        (await RegisterAsync(registry, new Recipe { Id = "hood@3" })).Counter.ShouldBe(6, "a wrong number is not followed");
    }

    private async Task<RunningRegistry> StartAsync(bool isPostgres)
        => isPostgres ? await RunningRegistry.StartAsync(("Registry:ConnectionString", await postgres.CreateDatabaseAsync())) : await RunningRegistry.StartAsync();

    private static RegisterRecipe Request(Recipe recipe, DateTimeOffset? expiresAt = null)
        => new() { Recipe = JsonSerializer.SerializeToElement(recipe, ImddJson.Options), ExpiresAt = expiresAt, By = "anna" };

    private static async Task<RecipeView> RegisterAsync(RunningRegistry registry, Recipe recipe, DateTimeOffset? expiresAt = null)
        => await RunningRegistry.ReadAsync<RecipeView>(await registry.PostAsync(RegistryRoutes.Recipes, Request(recipe, expiresAt)));

    private static async Task<RecipeAssignment> AssignAsync(RunningRegistry registry, string digest, params string[] agents)
        => await RunningRegistry.ReadAsync<RecipeAssignment>(await registry.PostAsync(
            RegistryRoutes.For(RegistryRoutes.AssignRecipe, digest), new AssignRecipe { Agents = agents, AllowUnknown = true, By = "ben", Reason = "new lamps" }));

    private static async Task<IReadOnlyList<AuditEntry>> AuditAsync(RunningRegistry registry) => (await registry.GetAsync<AuditPage>(RegistryRoutes.Audit)).Entries;

    private static List<DesiredModels> Wishes(RunningRegistry registry, string rolloutId) => [.. registry.Wishes.Select(wish => wish.Wish).Where(wish => wish.RolloutId == rolloutId)];

    private static (ModelRelease Model, string? Recipe) Slot(RunningRegistry registry, string agent, string rolloutId)
        => Slot(Wishes(registry, rolloutId).Single(wish => wish.Agent == agent));

    private static (ModelRelease Model, string? Recipe) Slot(DesiredModels wish) => (wish.Slots[0].Model, wish.Slots[0].RecipeDigest);

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
        await Eventually.HoldsAsync(async () => (await registry.AgentsAsync()).Any(row => row.Agent == agent && row.State is not null));
    }
}
