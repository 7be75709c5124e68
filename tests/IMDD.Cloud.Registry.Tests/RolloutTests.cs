using System.Net;
using IMDD.Cloud.Registry.Fleet;
using IMDD.Cloud.Registry.Rollouts;
using IMDD.Cloud.Registry.State;
using IMDD.Contracts.CloudEvents;
using IMDD.Contracts.Events;
using IMDD.Contracts.Identity;
using IMDD.Contracts.Registry;
using IMDD.Contracts.Topics;
using IMDD.Testing;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace IMDD.Cloud.Registry.Tests;

/// <summary>Rollouts by waves, with agents whose words come over the broker.</summary>
public sealed class RolloutTests(PostgresFixture postgres)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static TheoryData<bool> Databases => [false, true];

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task Waves_OneAfterTheOther_EndWithTheChampionAndNobodyToldTwice(bool isPostgres)
    {
        await using var registry = await StartAsync(isPostgres);
        var (old, release) = await TwoReleasesAsync(registry, 4);
        var rollout = await BeginAsync(registry, release, new() { Percent = 10 }, new() { Percent = 50 }, new() { Percent = 100 });
        rollout.Waves.Select(wave => wave.Agents.Count).ShouldBe([1, 1, 2]);

        for (var wave = 0; wave < 3; wave++)
        {
            var agents = Agents(rollout, wave);
            await ToldAsync(registry, rollout, agents);
            (await FindAsync(registry, rollout)).WavesBegun.ShouldBe(wave + 1);
            (await registry.ModelAsync()).Aliases[ModelAlias.Champion].ShouldBe(old.Model.Digest);
            (await registry.ModelAsync()).Aliases[ModelAlias.Challenger].ShouldBe(release.Model.Digest);
            ToldBy(registry, rollout).Count.ShouldBe(rollout.Waves.Take(wave + 1).Sum(w => w.Agents.Count));
            foreach (var agent in agents)
            {
                await SayAsync(registry, rollout, agent, RolloutStepWord.Committed);
            }
        }

        var end = await StateAsync(registry, rollout, RolloutStateWord.Finished);
        end.Waves.SelectMany(wave => wave.Agents).ShouldAllBe(agent => agent.State == RolloutAgentStateWord.InSync && agent.Step == RolloutStepWord.Committed);
        (await registry.ModelAsync()).Aliases.ShouldBe(
            new Dictionary<string, string> { [ModelAlias.Champion] = release.Model.Digest, [ModelAlias.Previous] = old.Model.Digest }, ignoreOrder: true);
        (await registry.AgentsAsync()).ShouldAllBe(agent => agent.RolloutId == rollout.RolloutId);
        registry.Wishes.Count(wish => wish.Wish.Slots[0].Model == release.Model).ShouldBe(4);
        await Eventually.HoldsAsync(() => registry.Events<DesiredModels>(KafkaTopics.ModelRollout, EventTypes.RolloutRequested).Count(e => e.Data.RolloutId == rollout.RolloutId) == 4);
        await Eventually.HoldsAsync(() => registry.Events<RolloutStep>(KafkaTopics.ModelRollout, EventTypes.RolloutStepReported).Count == 4);
        (await registry.GetAsync<List<RolloutProgressView>>(RegistryRoutes.Rollouts)).ShouldHaveSingleItem().State.ShouldBe(RolloutStateWord.Finished);
    }

    [Fact]
    public async Task Approval_PauseResume_HoldTheNextWave()
    {
        await using var registry = await StartAsync();
        var (_, release) = await TwoReleasesAsync(registry, 2);
        var rollout = await BeginAsync(registry, release, new() { Percent = 50, ApproveBefore = true }, new() { Percent = 100, ApproveBefore = true });
        await StateAsync(registry, rollout, RolloutStateWord.WaitingForApproval);
        ToldBy(registry, rollout).ShouldBeEmpty();

        (await DecideAsync(registry, RegistryRoutes.PauseRollout, rollout)).State.ShouldBe(RolloutStateWord.Paused);
        await RefusedAsync(registry, RegistryRoutes.ApproveRollout, rollout, "is paused");
        await DecideAsync(registry, RegistryRoutes.ResumeRollout, rollout);
        await StateAsync(registry, rollout, RolloutStateWord.WaitingForApproval);
        (await DecideAsync(registry, RegistryRoutes.ApproveRollout, rollout)).ChangedBy.ShouldBe("anna");
        await ToldAsync(registry, rollout, Agents(rollout, 0));

        await DecideAsync(registry, RegistryRoutes.PauseRollout, rollout);
        await SayAsync(registry, rollout, Agents(rollout, 0)[0], RolloutStepWord.Committed);
        await Eventually.HoldsAsync(async () => (await FindAsync(registry, rollout)).Waves[0].Agents[0].State == RolloutAgentStateWord.InSync);
        (await Driver(registry).AdvanceAsync(rollout.RolloutId, Stop)).ShouldBeFalse("it is paused");
        (await FindAsync(registry, rollout)).State.ShouldBe(RolloutStateWord.Paused);

        // The word on the first wave does not count for the second.
        await DecideAsync(registry, RegistryRoutes.ResumeRollout, rollout);
        await StateAsync(registry, rollout, RolloutStateWord.WaitingForApproval);
        ToldBy(registry, rollout).Count.ShouldBe(1);
        await RefusedAsync(registry, RegistryRoutes.ResumeRollout, rollout, "expected paused");
        await DecideAsync(registry, RegistryRoutes.ApproveRollout, rollout);
        await ToldAsync(registry, rollout, Agents(rollout, 1));
        await SayAsync(registry, rollout, Agents(rollout, 1)[0], RolloutStepWord.Committed);
        await StateAsync(registry, rollout, RolloutStateWord.Finished);
        await RefusedAsync(registry, RegistryRoutes.CancelRollout, rollout, "is finished");
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task Failures_MoreThanMay_StopTheRolloutAndKeepTheCause(bool isPostgres)
    {
        await using var registry = await StartAsync(isPostgres);
        var (old, release) = await TwoReleasesAsync(registry, 4);
        var rollout = await BeginAsync(registry, release, new() { Percent = 75, MaxFailed = 1 }, new() { Percent = 100 });
        var agents = Agents(rollout, 0);
        await ToldAsync(registry, rollout, agents);
        await SayAsync(registry, rollout, agents[0], RolloutStepWord.Rejected, RolloutReason.TooSlow);
        await Eventually.HoldsAsync(async () => (await FindAsync(registry, rollout)).Waves[0].Agents[0].State == RolloutAgentStateWord.Failed);
        (await FindAsync(registry, rollout)).State.ShouldBe(RolloutStateWord.Running);
        await SayAsync(registry, rollout, agents[1], RolloutStepWord.RolledBack, RolloutReason.HealthRegression);

        var end = await StateAsync(registry, rollout, RolloutStateWord.Stopped);

        end.Cause.ShouldBe($"Wave 1: 2 of 3 agents have failed and 1 may: {agents[0]} rejected tooSlow, {agents[1]} rolledBack healthRegression");
        end.Waves[0].Agents.Select(agent => agent.State).ShouldBe([RolloutAgentStateWord.Failed, RolloutAgentStateWord.Failed, RolloutAgentStateWord.Told]);
        end.Waves[1].Agents.ShouldHaveSingleItem().State.ShouldBe(RolloutAgentStateWord.Cancelled);
        (await registry.ModelAsync()).Aliases[ModelAlias.Champion].ShouldBe(old.Model.Digest);
        ToldBy(registry, rollout).ShouldBe(agents, ignoreOrder: true);

        // What was told and has not begun is taken back by a person; the cause stays.
        var cancelled = await DecideAsync(registry, RegistryRoutes.CancelRollout, rollout);
        cancelled.Cause!.ShouldContain("healthRegression");
        await Eventually.HoldsAsync(() => LastWish(registry, agents[2]).Slots[0].Model == old.Model);
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task Cancel_TakesBackWhatDoesNotDecideYetAndNothingElse(bool isPostgres)
    {
        await using var registry = await StartAsync(isPostgres);
        var (old, release) = await TwoReleasesAsync(registry, 4);
        var rollout = await BeginAsync(registry, release, new() { Percent = 75 }, new() { Percent = 100 });
        var (kept, tried, begun) = (Agents(rollout, 0)[0], Agents(rollout, 0)[1], Agents(rollout, 0)[2]);
        await ToldAsync(registry, rollout, Agents(rollout, 0));
        await SayAsync(registry, rollout, kept, RolloutStepWord.Committed);
        await SayAsync(registry, rollout, tried, RolloutStepWord.Trial);
        await SayAsync(registry, rollout, begun, RolloutStepWord.Downloading);
        await Eventually.HoldsAsync(async () => (await FindAsync(registry, rollout)).Waves[0].Agents.All(agent => agent.Step != null));

        var cancelled = await DecideAsync(registry, RegistryRoutes.CancelRollout, rollout, "wrong week");

        (cancelled.State, cancelled.Cause, cancelled.ChangedBy).ShouldBe((RolloutStateWord.Cancelled, "wrong week", "anna"));
        cancelled.Waves.SelectMany(wave => wave.Agents).ToDictionary(agent => agent.Agent, agent => agent.State).ShouldBe(
            new Dictionary<string, string>
            {
                [kept] = RolloutAgentStateWord.InSync,
                [tried] = RolloutAgentStateWord.Told,
                [begun] = RolloutAgentStateWord.Cancelled,
                [Agents(rollout, 1)[0]] = RolloutAgentStateWord.Cancelled,
            }, ignoreOrder: true);
        await Eventually.HoldsAsync(() => LastWish(registry, begun).Slots[0].Model == old.Model);
        var restored = LastWish(registry, begun).RolloutId;
        restored.ShouldNotBe(rollout.RolloutId);
        LastWish(registry, kept).RolloutId.ShouldBe(rollout.RolloutId);
        LastWish(registry, tried).RolloutId.ShouldBe(rollout.RolloutId);

        // One on trial goes on to the end; one that had begun to decide unheard is left with what it runs.
        await SayAsync(registry, rollout, tried, RolloutStepWord.Committed);
        await SayAsync(registry, rollout, begun, RolloutStepWord.Committed);
        await Eventually.HoldsAsync(async () => (await FindAsync(registry, rollout)).Waves[0].Agents.All(agent => agent.State == RolloutAgentStateWord.InSync));
        await Eventually.HoldsAsync(() => LastWish(registry, begun).Slots[0].Model == release.Model);
        LastWish(registry, begun).RolloutId.ShouldNotBeOneOf(rollout.RolloutId, restored);
        ToldBy(registry, rollout).ShouldNotContain(Agents(rollout, 1)[0]);
        (await registry.ModelAsync()).Aliases[ModelAlias.Champion].ShouldBe(old.Model.Digest);

        // Another rollout may begin; it has another id.
        (await BeginAsync(registry, release, new RolloutWave { Percent = 100 })).RolloutId.ShouldNotBe(rollout.RolloutId);
    }

    [Fact]
    public async Task Cancel_OfAnAgentsFirstWish_EmptiesItsRetainedMessage()
    {
        await using var registry = await StartAsync();
        var release = await registry.RegisterAsync(TestBundle.Create());
        var box = Box(0);
        var rollout = await BeginAsync(registry, release, new RolloutWave { Agents = [box] });
        await ToldAsync(registry, rollout, [box]);
        await DecideAsync(registry, RegistryRoutes.CancelRollout, rollout);

        await Eventually.HoldsAsync(() => registry.TakenBack.Count == 1);
        (await registry.AgentsAsync()).ShouldHaveSingleItem().Desired.ShouldBeNull();
        await SayAsync(registry, rollout, box, RolloutStepWord.Canceled);
        await Eventually.HoldsAsync(async () => (await FindAsync(registry, rollout)).Waves[0].Agents[0].Step == RolloutStepWord.Canceled);
    }

    [Fact]
    public async Task Soak_AndWindow_AreKept()
    {
        await using var registry = await StartAsync();
        var (_, release) = await TwoReleasesAsync(registry, 3);
        var night = registry.Time.GetUtcNow().AddHours(8);
        InstallWindow window = new() { NotBefore = night, NotAfter = night.AddHours(4) };
        var rollout = await RunningRegistry.ReadAsync<RolloutProgressView>(await registry.PostAsync(Path(release), new StartRollout
        {
            Digest = release.Model.Digest,
            Waves = [new() { Percent = 30, SoakSeconds = 36_000 }, new() { Percent = 60 }, new() { Percent = 100 }],
            Install = window,
        }));
        await ToldAsync(registry, rollout, Agents(rollout, 0));
        var told = LastWish(registry, Agents(rollout, 0)[0]).Install!;
        (told.NotBefore!.Value - night).Duration().ShouldBeLessThan(TimeSpan.FromMilliseconds(1));
        (told.NotAfter - told.NotBefore).ShouldBe(TimeSpan.FromHours(4));
        await SayAsync(registry, rollout, Agents(rollout, 0)[0], RolloutStepWord.Committed);
        await Eventually.HoldsAsync(async () => (await FindAsync(registry, rollout)).Waves[0].Agents[0].State == RolloutAgentStateWord.InSync);

        registry.Time.Shift(TimeSpan.FromSeconds(35_000));
        (await Driver(registry).AdvanceAsync(rollout.RolloutId, Stop)).ShouldBeFalse("it soaks");
        registry.Time.Shift(TimeSpan.FromSeconds(1_000));
        await ToldAsync(registry, rollout, Agents(rollout, 1));

        // The last wave would be told when the window is over.
        registry.Time.Shift(TimeSpan.FromHours(2));
        await SayAsync(registry, rollout, Agents(rollout, 1)[0], RolloutStepWord.Committed);
        (await StateAsync(registry, rollout, RolloutStateWord.Stopped)).Cause!.ShouldStartWith("Wave 3 was not told: the window ended");
        ToldBy(registry, rollout).Count.ShouldBe(2);
    }

    [Fact]
    public async Task Kill_BetweenTellingAndKeeping_TheNextInstanceGoesOn()
    {
        await using var registry = await StartAsync();
        var (_, release) = await TwoReleasesAsync(registry, 2);
        await ExecuteAsync(
            registry,
            $"CREATE TRIGGER dying BEFORE UPDATE OF is_told ON agents WHEN NEW.is_told = 1 AND NEW.desired = '{release.Model.Digest}' BEGIN SELECT RAISE(ABORT, 'dying'); END");
        var rollout = await BeginAsync(registry, release, new() { Percent = 50 }, new() { Percent = 100 });
        await ToldAsync(registry, rollout, Agents(rollout, 0));

        // The broker has the wish, the database does not know, and the instance is gone.
        await registry.StopAsync();
        await ExecuteAsync(registry, "DROP TRIGGER dying");
        var before = registry.Wishes.Count;
        await registry.StartAgainAsync();

        await Eventually.HoldsAsync(() => registry.Wishes.Count > before);
        registry.Wishes.Where(wish => wish.Wish.Slots[0].Model == release.Model).Select(wish => wish.Wish.RolloutId).Distinct().ShouldBe([rollout.RolloutId]);
        await SayUntilFinishedAsync(registry, rollout);
    }

    [Fact]
    public async Task Kill_OfTheProcessInEachWave_NothingIsLostOrToldUnderAnotherId()
    {
        await using var registry = await StartAsync();
        var (_, release) = await TwoReleasesAsync(registry, 4);
        var rollout = await BeginAsync(
            registry, release, new() { Percent = 25, ApproveBefore = true }, new() { Percent = 50 }, new() { Percent = 75 }, new() { Percent = 100 });
        await StateAsync(registry, rollout, RolloutStateWord.WaitingForApproval);
        await registry.StopAsync();

        // Approved where no instance runs, so that the first to act on it is one that is killed.
        await ExecuteAsync(registry, "UPDATE rollouts SET state = 'running', waves_approved = 1");
        for (var wave = 0; wave < 3; wave++)
        {
            // Killed as soon as the broker has the wish; what the agent says comes while nobody listens, and again, as agents do.
            await using var process = registry.StartProcess();
            await Eventually.HoldsAsync(async () =>
            {
                foreach (var told in ToldBy(registry, rollout).Except(Agents(rollout, wave)).Distinct())
                {
                    await SayAsync(registry, rollout, told, RolloutStepWord.Committed);
                }

                return ToldBy(registry, rollout).Contains(Agents(rollout, wave)[0]) || process.HasExited;
            }, expression: $"wave {wave + 1} is told");
            process.HasExited.ShouldBeFalse(process.Output);
            await process.KillAsync();
        }

        await registry.StartAgainAsync();
        await SayUntilFinishedAsync(registry, rollout);

        registry.Wishes.Where(wish => wish.Wish.Slots[0].Model == release.Model).Select(wish => wish.Wish.RolloutId).Distinct().ShouldBe([rollout.RolloutId]);
        (await registry.ModelAsync()).Aliases[ModelAlias.Champion].ShouldBe(release.Model.Digest);
        await Eventually.HoldsAsync(() => registry.Events<DesiredModels>(KafkaTopics.ModelRollout, EventTypes.RolloutRequested)
            .Where(e => e.Data.RolloutId == rollout.RolloutId).Select(e => e.Key).Distinct().Count() == 4);
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task Advance_ByManyAtOnce_TellsEachAgentOnce(bool isPostgres)
    {
        await using var registry = await StartAsync(isPostgres);
        var (_, release) = await TwoReleasesAsync(registry, 6);
        var rollout = await BeginAsync(registry, release, new() { Percent = 50 }, new() { Percent = 100 });
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => Driver(registry).AdvanceAsync(rollout.RolloutId, Stop), Stop)));
        await ToldAsync(registry, rollout, Agents(rollout, 0));

        (await FindAsync(registry, rollout)).WavesBegun.ShouldBe(1);
        await Task.WhenAll(Agents(rollout, 0).Select(agent => SayAsync(registry, rollout, agent, RolloutStepWord.Committed)));
        await Eventually.HoldsAsync(async () =>
        {
            await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => Driver(registry).AdvanceAsync(rollout.RolloutId, Stop), Stop)));
            return (await FindAsync(registry, rollout)).WavesBegun == 2;
        });
        await Eventually.HoldsAsync(() => registry.Events<DesiredModels>(KafkaTopics.ModelRollout, EventTypes.RolloutRequested).Count(e => e.Data.RolloutId == rollout.RolloutId) == 6);
        registry.Events<DesiredModels>(KafkaTopics.ModelRollout, EventTypes.RolloutRequested).Where(e => e.Data.RolloutId == rollout.RolloutId)
            .Select(e => e.Key).Distinct().Count().ShouldBe(6);
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task Wish_WhileTheOneBeforeIsBeingKeptAsTold_IsToldToo(bool isPostgres)
    {
        await using var registry = await StartAsync(isPostgres, ("Registry:PublishPeriod", "00:01:00"));
        var (_, release) = await TwoReleasesAsync(registry, 1);
        var fleet = registry.Services.GetRequiredService<FleetStore>();
        await using var context = await registry.Services.GetRequiredService<IDbContextFactory<RegistryDbContext>>().CreateDbContextAsync(Stop);
        var address = AgentAddress.Parse(Box(0));
        var rolloutId = (await registry.AgentsAsync()).Single().RolloutId!;
        UntoldWish before = new(address, new Dictionary<string, WishMark> { ["box0"] = new(rolloutId, StaleTold: 0) }, Message: null);
        var row = await context.Releases.SingleAsync(r => r.Digest == release.Model.Digest, Stop);

        await registry.Services.GetRequiredService<FleetWishes>().TellAsync(context, row, address, "rollout-new", install: null, Stop);
        await fleet.ToldAsync(before, Stop);
        await context.SaveChangesAsync(Stop);

        (await fleet.UntoldAsync(Stop)).ShouldHaveSingleItem().Message!.RolloutId.ShouldBe("rollout-new");
    }

    [Fact]
    public async Task Agent_ToldSomethingElseSince_IsLetGo()
    {
        await using var registry = await StartAsync();
        var (_, release) = await TwoReleasesAsync(registry, 2);
        var rollout = await BeginAsync(registry, release, new() { Percent = 50 }, new() { Percent = 100 });
        await ToldAsync(registry, rollout, Agents(rollout, 0));
        foreach (var agent in Agents(rollout, 0).Concat(Agents(rollout, 1)))
        {
            await ExecuteAsync(registry, $"UPDATE agents SET rollout_id = 'other', is_told = 1 WHERE asset || '/' || agent = '{agent}'");
        }

        // Nobody has tried it: no other wave is told, nor is it made the champion.
        var end = await StateAsync(registry, rollout, RolloutStateWord.Stopped);
        end.Waves.SelectMany(wave => wave.Agents).ShouldAllBe(agent => agent.State == RolloutAgentStateWord.Cancelled);
        end.Waves[0].Agents.ShouldAllBe(agent => agent.Detail!.Contains("something else"));
        ToldBy(registry, rollout).ShouldBe(Agents(rollout, 0));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Stop_Everywhere_PutsAllBackOnTheChampion(bool isFinished)
    {
        await using var registry = await StartAsync();
        var (old, release) = await TwoReleasesAsync(registry, 3);
        var rollout = await BeginAsync(registry, release, new() { Percent = 50 }, new() { Percent = 100 });
        for (var wave = 0; wave < (isFinished ? 2 : 1); wave++)
        {
            await ToldAsync(registry, rollout, Agents(rollout, wave));
            foreach (var agent in Agents(rollout, wave))
            {
                await SayAsync(registry, rollout, agent, RolloutStepWord.Committed);
            }
        }

        await StateAsync(registry, rollout, isFinished ? RolloutStateWord.Finished : RolloutStateWord.Running);
        var stopped = await RunningRegistry.ReadAsync<ModelVersionView>(await registry.PostAsync(
            RegistryRoutes.For(RegistryRoutes.Stop, TestBundle.Name), new BlockModel { Digest = release.Model.Digest, By = "anna", Reason = "misses dents" }));

        stopped.Aliases.ShouldBe([ModelAlias.Blocked]);
        var model = await registry.ModelAsync();
        var again = model.Versions[0];
        (again.ReleaseOf, model.Aliases[ModelAlias.Champion]).ShouldBe((old.Model.Digest, again.Model.Digest));
        (await registry.AgentsAsync()).ShouldAllBe(agent => agent.Desired == again.Model);
        var end = await FindAsync(registry, rollout);
        end.State.ShouldBe(isFinished ? RolloutStateWord.Finished : RolloutStateWord.Cancelled);
        (await TryBeginAsync(registry, release, new RolloutWave { Percent = 100 })).StatusCode.ShouldBe(HttpStatusCode.Conflict);
    }

    [Fact]
    public async Task Start_WhatIsForbidden_IsRefusedWithTheReason()
    {
        await using var registry = await StartAsync();
        var (old, release) = await TwoReleasesAsync(registry, 2);
        await RefusedAsync(await TryBeginAsync(registry, release), HttpStatusCode.BadRequest, "0 waves");
        await RefusedAsync(await TryBeginAsync(registry, release, new RolloutWave { Lines = ["acme/ulm/paint/line9"] }), HttpStatusCode.Conflict, "Wave 1 has no agent");
        await RefusedAsync(await TryBeginAsync(registry, release, new RolloutWave { Agents = ["box"] }), HttpStatusCode.BadRequest, "is not an agent");
        await RefusedAsync(await registry.Http.GetAsync(RegistryRoutes.For(RegistryRoutes.Rollout, "r9"), Stop), HttpStatusCode.NotFound, "no rollout r9");
        await RefusedAsync(
            await registry.PostAsync(RegistryRoutes.For(RegistryRoutes.CancelRollout, "r9"), new RolloutDecision()), HttpStatusCode.NotFound, "no rollout r9");

        var rollout = await BeginAsync(registry, release, new RolloutWave { Lines = [AssetPath.Parse(RunningRegistry.Asset).LinePath], ApproveBefore = true });
        await RefusedAsync(await TryBeginAsync(registry, release, new RolloutWave { Percent = 100 }), HttpStatusCode.Conflict, rollout.RolloutId);
        await RefusedAsync(
            await registry.PostAsync(RegistryRoutes.For(RegistryRoutes.Promote, TestBundle.Name), new PromoteModel { Digest = old.Model.Digest }),
            HttpStatusCode.Conflict, "expected it to be over");
        var document = await registry.Http.GetStringAsync("/openapi/v1.json", Stop);
        foreach (var route in (string[])[RegistryRoutes.ModelRollouts, RegistryRoutes.Rollout, RegistryRoutes.ApproveRollout, RegistryRoutes.Stop])
        {
            document.ShouldContain(route);
        }

        static async Task RefusedAsync(HttpResponseMessage answer, HttpStatusCode status, string message)
        {
            (await answer.Content.ReadAsStringAsync(Stop)).ShouldContain(message);
            answer.StatusCode.ShouldBe(status);
        }
    }

    /// <summary>Every agent that was told says that it has committed, again and again as agents do: a registry that has just started may not listen yet.</summary>
    private static Task SayUntilFinishedAsync(RunningRegistry registry, RolloutProgressView rollout) => Eventually.HoldsAsync(
        async () =>
        {
            foreach (var told in ToldBy(registry, rollout).Distinct())
            {
                await SayAsync(registry, rollout, told, RolloutStepWord.Committed);
            }

            return (await FindAsync(registry, rollout)).State == RolloutStateWord.Finished;
        },
        expression: "every wave committed");

    private static string Box(int number) => $"{RunningRegistry.Asset}/box{number}";

    private static string Path(ModelVersionView release) => RegistryRoutes.For(RegistryRoutes.ModelRollouts, release.Model.Name);

    private static RolloutDriver Driver(RunningRegistry registry) => registry.Services.GetRequiredService<RolloutDriver>();

    /// <summary>A fleet that runs the first of two releases.</summary>
    private static async Task<(ModelVersionView Old, ModelVersionView New)> TwoReleasesAsync(RunningRegistry registry, int agents)
    {
        var old = await registry.RegisterAsync(TestBundle.Create());
        var release = await registry.RegisterAsync(TestBundle.Create("2.0.0"));
        await registry.PromoteAsync(old.Model.Digest, [.. Enumerable.Range(0, agents).Select(Box)]);
        await registry.PromoteAsync(old.Model.Digest);
        return (old, release);
    }

    private static Task<HttpResponseMessage> TryBeginAsync(RunningRegistry registry, ModelVersionView release, params RolloutWave[] waves)
        => registry.PostAsync(Path(release), new StartRollout { Digest = release.Model.Digest, Waves = waves, AllowUnknown = true, By = "anna" });

    private static async Task<RolloutProgressView> BeginAsync(RunningRegistry registry, ModelVersionView release, params RolloutWave[] waves)
        => await RunningRegistry.ReadAsync<RolloutProgressView>(await TryBeginAsync(registry, release, waves));

    private static Task<RolloutProgressView> FindAsync(RunningRegistry registry, RolloutProgressView rollout)
        => registry.GetAsync<RolloutProgressView>(RegistryRoutes.For(RegistryRoutes.Rollout, rollout.RolloutId));

    private static async Task<RolloutProgressView> StateAsync(RunningRegistry registry, RolloutProgressView rollout, string state)
    {
        await Eventually.HoldsAsync(async () => (await FindAsync(registry, rollout)).State == state, expression: state);
        return await FindAsync(registry, rollout);
    }

    private static async Task<RolloutProgressView> DecideAsync(RunningRegistry registry, string route, RolloutProgressView rollout, string? reason = null)
        => await RunningRegistry.ReadAsync<RolloutProgressView>(
            await registry.PostAsync(RegistryRoutes.For(route, rollout.RolloutId), new RolloutDecision { By = "anna", Reason = reason }));

    private static async Task RefusedAsync(RunningRegistry registry, string route, RolloutProgressView rollout, string message)
    {
        var answer = await registry.PostAsync(RegistryRoutes.For(route, rollout.RolloutId), new RolloutDecision());
        answer.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await answer.Content.ReadAsStringAsync(Stop)).ShouldContain(message);
    }

    private static IReadOnlyList<string> Agents(RolloutProgressView rollout, int wave) => [.. rollout.Waves[wave].Agents.Select(agent => agent.Agent)];

    /// <summary>Agents that the broker has told under the rollout's id, each as often as it was.</summary>
    private static IReadOnlyList<string> ToldBy(RunningRegistry registry, RolloutProgressView rollout)
        => [.. registry.Wishes.Where(wish => wish.Wish.RolloutId == rollout.RolloutId).Select(wish => $"{RunningRegistry.Asset}/{wish.Wish.Agent}")];

    private static Task ToldAsync(RunningRegistry registry, RolloutProgressView rollout, IReadOnlyList<string> agents)
        => Eventually.HoldsAsync(() => agents.All(agent => ToldBy(registry, rollout).Contains(agent)), expression: $"told {string.Join(' ', agents)}");

    private static DesiredModels LastWish(RunningRegistry registry, string agent)
        => registry.Wishes.Last(wish => agent == $"{RunningRegistry.Asset}/{wish.Wish.Agent}").Wish;

    private static Task SayAsync(RunningRegistry registry, RolloutProgressView rollout, string agent, string step, string? reason = null)
    {
        var name = agent[(agent.LastIndexOf('/') + 1)..];
        return registry.SayAsync(MqttPublications.Feedback(
            AssetPath.Parse(RunningRegistry.Asset),
            new RolloutStep
            {
                Agent = name,
                RolloutId = rollout.RolloutId,
                Model = rollout.Model!,
                Step = step,
                Status = RolloutStatus.Proceeding,
                Result = reason is not null ? RolloutResult.Failure : step == RolloutStepWord.Committed ? RolloutResult.Success : RolloutResult.None,
                ReasonCode = reason,
            },
            RunningRegistry.Context(name)));
    }

    private static async Task ExecuteAsync(RunningRegistry registry, string sql)
    {
        await using SqliteConnection connection = new($"Data Source={registry.DatabaseFile};Pooling=False;Default Timeout=30");
        await connection.OpenAsync(Stop);
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync(Stop);
    }

    /// <summary>Without probes, which are not what this is about.</summary>
    private async Task<RunningRegistry> StartAsync(bool isPostgres = false, params (string Key, string? Value)[] settings) => await RunningRegistry.StartAsync(
        [("Registry:RunProbes", "false"), ("Registry:ConnectionString", isPostgres ? await postgres.CreateDatabaseAsync() : null), .. settings]);
}
