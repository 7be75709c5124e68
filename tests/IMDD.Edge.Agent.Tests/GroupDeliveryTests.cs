using System.Net;
using IMDD.Contracts.Events;
using IMDD.Contracts.Models;
using IMDD.Contracts.Topics;
using IMDD.Edge.Agent.Delivery;
using IMDD.Edge.Agent.Groups;
using IMDD.Edge.Agent.Tests.Support;
using IMDD.Testing;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;

namespace IMDD.Edge.Agent.Tests;

/// <summary>Groups of one agent's cameras with a model and a recipe each, in a whole agent with a broker and real sessions of the runtime.</summary>
public sealed class GroupDeliveryTests
{
    private const string Top = "top";
    private const string Seam = "seam";

    /// <summary>cam1 is the top, cam2 the seam, cam3 the rest.</summary>
    private static readonly (string Key, string Value)[] Groups =
    [
        ("Edge:Agent:Cameras:0:Name", "cam1"), ("Edge:Agent:Cameras:1:Name", "cam2"), ("Edge:Agent:Cameras:2:Name", "cam3"),
        ("Edge:Agent:Groups:0:Name", Top), ("Edge:Agent:Groups:0:Cameras:0", "cam1"),
        ("Edge:Agent:Groups:1:Name", Seam), ("Edge:Agent:Groups:1:Cameras:0", "cam2"),
    ];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Groups_WithBundlesAndRecipesOfTheirOwn_JudgeTheirOwnCameras()
    {
        await using var plant = await DeliveryPlant.StartAsync();
        using TestDirectory directory = new();
        var (own, newer) = (TestRelease.Write(directory.File("own"), plant.Key, counter: 1), TestRelease.Write(directory.File("newer"), plant.Key, counter: 2));
        await File.WriteAllBytesAsync(directory.File("strict.json"), ImddJson.Serialize(TestRecipe.FailsAll("strict@1")), Stop);
        plant.Harness.HasRealModel = true;
        (string, string)[] settings =
        [
            .. plant.Settings, .. Groups,
            ("Edge:Agent:Groups:0:BundleDirectory", directory.File("own")), ("Edge:Agent:Groups:0:RecipeFile", directory.File("strict.json")),
            ("Edge:Agent:Groups:1:BundleDirectory", directory.File("newer")),
            ("Edge:HardExamples:RandomShare", "1"),
        ];
        await plant.Harness.StartAgentAsync(settings);

        await HoldAsync();
        await Eventually.HoldsAsync(() => plant.States.Count > 0);
        var state = plant.States[^1];
        (state.Model!.Name, state.RecipeId, state.Slots).ShouldBe(("contrast", "bundle-defaults@1", null));
        state.Groups!.Select(group => (group.Name, group.Model!.Digest, group.RecipeId, group.Cameras.Single(), group.ExecutionProvider, group.Slots))
            .ShouldBe([(Top, own.Digest, "strict@1", "cam1", "cpu", null), (Seam, newer.Digest, "bundle-defaults@1", "cam2", "cpu", null)]);
        (await HealthAsync(plant)).ShouldBe(HttpStatusCode.OK);

        // A later release of the same name is kept for the rest: what a group was configured with and has run comes up all the same.
        var latest = plant.Offer(7);
        (await plant.EndAsync(await plant.WishAsync(latest))).Result.ShouldBe(RolloutResult.Success);
        await plant.Harness.StopAgentAsync();
        await plant.Harness.StartAgentAsync(settings);
        (await plant.InspectAsync("cam1")).Model!.Digest.ShouldBe(own.Digest);

        // What is said of frames beside their outcomes is of the group's model and recipe too.
        Dictionary<string, string> digests = new(StringComparer.Ordinal) { ["cam1"] = own.Digest, ["cam2"] = newer.Digest };
        await Eventually.HoldsAsync(() => plant.Harness.Examples().Select(e => e.CameraId).Distinct().Count() == 3 && Statistics().Select(s => s.CameraId).Distinct().Count() == 3);
        plant.Harness.Examples().Where(e => digests.ContainsKey(e.CameraId)).ShouldAllBe(e => e.Model!.Digest == digests[e.CameraId]);
        Statistics().Where(s => digests.ContainsKey(s.CameraId)).ShouldAllBe(s => s.Model.Digest == digests[s.CameraId]);
        Statistics().Where(s => s.CameraId == "cam1").ShouldAllBe(s => s.RecipeDigest == RecipeDigest.Of(TestRecipe.FailsAll("strict@1")));

        List<CameraStatistics> Statistics()
            => [.. plant.Harness.Records(KafkaTopics.CameraStatistics).Select(r => ImddJson.Deserialize<CameraStatistics>(r.Value!.Value.Span))];
        (await plant.InspectAsync("cam3")).Model!.Digest.ShouldBe(latest.Digest);

        async Task HoldAsync()
        {
            var (top, seam, rest) = (await plant.InspectAsync("cam1"), await plant.InspectAsync("cam2"), await plant.InspectAsync("cam3"));
            (top.Model!.Digest, top.RecipeId, top.Verdict).ShouldBe((own.Digest, "strict@1", Verdict.Fail));
            (seam.Model!.Digest, seam.RecipeId, seam.Verdict).ShouldBe((newer.Digest, "bundle-defaults@1", Verdict.Pass));
            (rest.Model!.Name, rest.RecipeId, rest.Verdict).ShouldBe(("contrast", "bundle-defaults@1", Verdict.Pass));
        }
    }

    [Fact]
    public async Task Wish_ForOneGroup_SwapsThatOneWhileTheOthersGoOn()
    {
        await using var plant = await DeliveryPlant.StartWithAgentAsync(Groups);
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        var line = SendAsync(plant.Harness, end.Token);
        var release = plant.Offer(1);
        var recipe = plant.OfferRecipe(TestRecipe.FailsAll("door-red@1"), counter: 1);
        var rollout = await plant.WishAsync(release, Slots(For(Top, release) with { RecipeDigest = recipe }));
        (await plant.EndAsync(rollout)).Result.ShouldBe(RolloutResult.Success);
        var last = await plant.InspectAsync("cam1");
        await end.CancelAsync();
        var sent = await line;
        var outcomes = (await plant.Harness.OutcomesAsync(sent.Count + 1)).DistinctBy(o => (o.CameraId, o.FrameId)).ToList();

        outcomes.Select(o => o.FrameId).ShouldBe([.. sent, last.FrameId], ignoreOrder: true);
        (last.Model!.Digest, last.RecipeDigest, last.Verdict).ShouldBe((release.Digest, recipe, Verdict.Fail));
        outcomes.Where(o => o.CameraId != "cam1").ShouldAllBe(o => o.Model!.Name == "contrast" && o.RecipeId == "bundle-defaults@1" && o.Verdict == Verdict.Pass);
        outcomes.Where(o => o.CameraId == "cam1").ShouldAllBe(o => (o.Model!.Digest == release.Digest) == (o.RecipeDigest == recipe));
        plant.Steps.ShouldAllBe(step => step.Group == Top && step.RolloutId == rollout);
        await Eventually.HoldsAsync(() => plant.States is
            [.., { Slots: null, Groups: [{ Slots: [{ Slot: "B", State: AgentSlotState.Active }, { Slot: "A", State: AgentSlotState.Previous }], RecipeCounter: 1 }, { Slots: null }] }]);
        Directory.Exists(Path.Combine(plant.Harness.StoreFolder, "models")).ShouldBeFalse("nothing was delivered for the rest");
    }

    [Fact]
    public async Task Wish_BadForOneGroup_IsRefusedThereAndFollowedElsewhere()
    {
        await using var plant = await DeliveryPlant.StartWithAgentAsync(Groups);
        using TestSigningKey foreign = new();
        var (bad, good) = (plant.Offer(6, foreign), plant.Offer(5));
        await plant.WishAsync(good, Slots(
            For(Top, bad) with { RolloutId = "bad" },
            new DesiredSlot { Cameras = ["cam2"], Model = good, RolloutId = "seam" },
            new DesiredSlot { Model = good }), rolloutId: "rest");

        var refused = await plant.EndAsync("bad");
        (refused.Group, refused.Step, refused.ReasonCode).ShouldBe((Top, RolloutStepWord.Rejected, RolloutReason.SignatureInvalid), refused.Detail);
        var seam = await plant.EndAsync("seam");
        (seam.Group, seam.Result).ShouldBe((Seam, RolloutResult.Success));
        var rest = await plant.EndAsync("rest");
        (rest.Group, rest.Result).ShouldBe((null, RolloutResult.Success));
        (await plant.InspectAsync("cam1")).Model!.Name.ShouldBe("contrast");
        (await plant.InspectAsync("cam2")).Model!.Digest.ShouldBe(good.Digest);
        (await plant.InspectAsync("cam3")).Model!.Digest.ShouldBe(good.Digest);
        plant.States.ShouldAllBe(state => state.Groups![0].Model!.Name == "contrast");
    }

    [Fact]
    public async Task Wish_TheSameForAGroupInANewMessage_DoesNotDisturbItsTrial()
    {
        await using var plant = await DeliveryPlant.StartWithAgentAsync([.. Groups, ("Edge:Delivery:Trial", "00:10:00")]);
        var (first, second) = (plant.Offer(1), plant.Offer(1, change: manifest => manifest with { Name = "seams" }));
        var top = For(Top, first) with { RolloutId = "top" };
        await plant.WishAsync(first, Slots(top), rolloutId: "one");
        await Eventually.HoldsAsync(() => plant.Steps.Any(step => step is { Group: Top, Step: RolloutStepWord.Trial }));
        var said = plant.Steps.Count;
        await plant.WishAsync(second, Slots(top, For(Seam, second) with { RolloutId = "seam" }), rolloutId: "two");
        await Eventually.HoldsAsync(() => plant.Steps.Any(step => step is { Group: Seam, Step: RolloutStepWord.Trial }));

        // One fails on its cameras: the other stays on trial.
        (await plant.InspectAsync("cam2")).Model!.Digest.ShouldBe(second.Digest);
        plant.Harness.Services.GetRequiredService<CameraGroups>().Of("cam2").Slot.Failed();
        var back = await plant.EndAsync("seam");
        (back.Group, back.Step, back.ReasonCode).ShouldBe((Seam, RolloutStepWord.RolledBack, RolloutReason.HealthRegression));
        (await plant.InspectAsync("cam2")).Model!.Name.ShouldBe("contrast");
        (await plant.InspectAsync("cam1")).Model!.Digest.ShouldBe(first.Digest);
        plant.Steps.Skip(said).ShouldAllBe(step => step.Group == Seam);
        await Eventually.HoldsAsync(() => plant.States is [.., { Groups: [{ Slots: [{ State: AgentSlotState.Trial }, _] }, { Model.Name: "contrast" }] }]);
    }

    [Fact]
    public async Task Watching_ReleaseForAGroup_SeesFramesOfThatGroupOnly()
    {
        await using var plant = await DeliveryPlant.StartWithAgentAsync([.. Groups, ("Edge:Delivery:Shadow", "00:10:00"), ("Edge:Delivery:ShadowFrames", "1"), ("Edge:Delivery:MaxReversed", "1")]);
        var release = plant.Offer(1);
        var rollout = await plant.WishAsync(release, Slots(For(Top, release)));
        await Eventually.HoldsAsync(() => plant.Steps.Any(step => step is { Group: Top, Step: RolloutStepWord.Shadowing }));
        for (var i = 0; i < 5; i++)
        {
            await plant.InspectAsync("cam2");
            await plant.InspectAsync("cam3");
        }

        plant.Steps[^1].Detail.ShouldBeNull("it has seen none");
        await Eventually.HoldsAsync(async () => (await plant.InspectAsync("cam1")).Model is not null && plant.Steps.Any(step => step.Detail?.StartsWith("It watched 1 frames", StringComparison.Ordinal) == true));
        (await plant.EndAsync(rollout)).Result.ShouldBe(RolloutResult.Success);
    }

    [Fact]
    public async Task Message_WithoutAGroup_HasTakenItsWishBack()
    {
        await using var plant = await DeliveryPlant.StartWithAgentAsync(Groups);
        var release = plant.Offer(1);
        InstallWindow tomorrow = new() { NotBefore = TimeProvider.System.GetUtcNow().AddDays(1) };
        var (top, seam) = (For(Top, release) with { RolloutId = "top", Install = tomorrow }, For(Seam, release) with { RolloutId = "seam", Install = tomorrow });
        await plant.WishAsync(release, Slots(top, seam));
        await Eventually.HoldsAsync(() => plant.Steps.Count(step => step.Step == RolloutStepWord.Staged) == 2);
        await plant.WishAsync(release, Slots(seam, new DesiredSlot { Model = release }), rolloutId: "rest");

        (await plant.EndAsync("top")).ShouldSatisfyAllConditions(step => step.Step.ShouldBe(RolloutStepWord.Canceled), step => step.Group.ShouldBe(Top));
        (await plant.EndAsync("rest")).Step.ShouldBe(RolloutStepWord.Committed);
        plant.Steps.ShouldNotContain(step => step.RolloutId == "seam" && step.Step == RolloutStepWord.Canceled);

        // The same wish again, once it was taken back, is followed again; and an empty message takes all back.
        await plant.WishAsync(release, Slots(top, seam));
        await Eventually.HoldsAsync(() => plant.Steps.Count(step => step is { Group: Top, Step: RolloutStepWord.Staged }) == 2);
        await plant.TakeBackAsync();
        (await plant.EndAsync("seam")).Step.ShouldBe(RolloutStepWord.Canceled);
        await Eventually.HoldsAsync(() => plant.Steps.Count(step => step is { Group: Top, Step: RolloutStepWord.Canceled }) == 2);
        (await plant.InspectAsync("cam3")).Model!.Digest.ShouldBe(release.Digest);
    }

    [Fact]
    public async Task Download_FilesThatAnotherGroupHas_AreNotFetchedAgain()
    {
        await using var plant = await DeliveryPlant.StartWithAgentAsync(Groups);
        var release = plant.Offer(1);
        var top = For(Top, release) with { RolloutId = "top" };
        await plant.WishAsync(release, Slots(top));
        (await plant.EndAsync("top")).Result.ShouldBe(RolloutResult.Success);
        var sent = plant.Registry.SentBytes;
        await plant.WishAsync(release, Slots(top, For(Seam, release) with { RolloutId = "seam" }));
        (await plant.EndAsync("seam")).Result.ShouldBe(RolloutResult.Success);

        (plant.Registry.SentBytes - sent).ShouldBeLessThan(20_000, "the signed manifest alone");
        (await plant.InspectAsync("cam2")).Model!.Digest.ShouldBe(release.Digest);
    }

    [Fact]
    public async Task Restart_EachGroup_ComesUpOnItsOwn()
    {
        await using var plant = await DeliveryPlant.StartWithAgentAsync(Groups);
        var (top, seam) = (plant.Offer(1), plant.Offer(1, change: manifest => manifest with { Name = "seams" }));
        await plant.WishAsync(top, Slots(
            For(Top, top) with { RolloutId = "top", RecipeDigest = plant.OfferRecipe(TestRecipe.FailsAll("a@1"), counter: 1) },
            For(Seam, seam) with { RolloutId = "seam", RecipeDigest = plant.OfferRecipe(new Recipe { Id = "b@1" }, counter: 1) }));
        (await plant.EndAsync("top")).Result.ShouldBe(RolloutResult.Success);
        (await plant.EndAsync("seam")).Result.ShouldBe(RolloutResult.Success);
        await plant.Harness.StopAgentAsync();
        var said = plant.Steps.Count;
        await plant.Harness.StartAgentAsync([.. plant.Settings, .. Groups]);

        await Eventually.HoldsAsync(() => plant.Steps.Count == said + 2);
        plant.Steps.Skip(said).ShouldAllBe(step => step.Step == RolloutStepWord.Committed);
        plant.Steps.Skip(said).Select(step => step.Group).ShouldBe([Top, Seam], ignoreOrder: true);
        foreach (var (camera, model, recipe) in (IEnumerable<(string, string, string)>)[("cam1", TestRelease.Name, "a@1"), ("cam2", "seams", "b@1"), ("cam3", "contrast", "bundle-defaults@1")])
        {
            var outcome = await plant.InspectAsync(camera);
            (outcome.Model!.Name, outcome.RecipeId).ShouldBe((model, recipe));
        }

        // The rest keeps its place when the groups go, and gets what the agent had before there were any.
        await plant.Harness.StopAgentAsync();
        await plant.Harness.StartAgentAsync([.. plant.Settings, .. Groups.Where(setting => !setting.Key.Contains("Groups", StringComparison.Ordinal))]);
        (await plant.InspectAsync("cam1")).Model!.Name.ShouldBe("contrast");
    }

    [Fact]
    public async Task Wish_ThatNamesNoGroup_IsAnsweredAndTheOthersAreFollowed()
    {
        await using var plant = await DeliveryPlant.StartWithAgentAsync(Groups);
        var release = plant.Offer(1);
        await plant.WishAsync(release, Slots(
            For("bottom", release) with { Cameras = ["cam9"], RolloutId = "bottom" },
            new DesiredSlot { Cameras = ["cam2", "cam3"], Model = release, RolloutId = "mixed" },
            For(Top, release) with { RolloutId = "top" }));

        foreach (var (rollout, group) in (IEnumerable<(string, string?)>)[("bottom", "bottom"), ("mixed", null)])
        {
            var end = await plant.EndAsync(rollout);
            (end.Group, end.Step, end.ReasonCode).ShouldBe((group, RolloutStepWord.Rejected, RolloutReason.Unsupported));
            end.Detail!.ShouldContain("top (cam1), seam (cam2)");
        }

        (await plant.EndAsync("top")).Result.ShouldBe(RolloutResult.Success);

        // Cameras that contradict the name, and two slots for one group.
        await plant.WishAsync(release, Slots(For(Top, release) with { Cameras = ["cam1", "cam9"], RolloutId = "other" }, For(Seam, release) with { RolloutId = "seam" }));
        (await plant.EndAsync("other")).ReasonCode.ShouldBe(RolloutReason.Unsupported);
        (await plant.EndAsync("seam")).Result.ShouldBe(RolloutResult.Success);
        await plant.WishAsync(release, Slots(new DesiredSlot { Model = release, RolloutId = "twice" }, new DesiredSlot { Cameras = ["cam3"], Model = release, RolloutId = "again" }));
        (await plant.EndAsync("twice")).ReasonCode.ShouldBe(RolloutReason.Unsupported);
        (await plant.EndAsync("again")).ReasonCode.ShouldBe(RolloutReason.Unsupported);
    }

    [Fact]
    public async Task Agent_WhoseEveryCameraIsInAGroup_HasNoRest()
    {
        await using var plant = await DeliveryPlant.StartWithAgentAsync([.. Groups, ("Edge:Agent:Groups:1:Cameras:1", "cam3")]);
        var release = plant.Offer(1);
        (await plant.EndAsync(await plant.WishAsync(release))).ReasonCode.ShouldBe(RolloutReason.Unsupported);

        (await plant.InspectAsync("cam3")).Model!.Name.ShouldBe("contrast");
        await Eventually.HoldsAsync(() => plant.States.Count > 0);
        var state = plant.States[^1];
        (state.Model, state.RecipeId, state.RecipeDigest, state.ExecutionProvider, state.Slots).ShouldBe((null, null, null, null, null));
        state.Groups!.Select(group => group.Model!.Name).ShouldBe(["contrast", "contrast"]);
        (await HealthAsync(plant)).ShouldBe(HttpStatusCode.OK);

        // It is ready only while each group has a model.
        plant.Harness.Services.GetRequiredService<CameraGroups>().Of("cam2").Slot.Swap(null, "")!.Dispose();
        (await HealthAsync(plant)).ShouldBe(HttpStatusCode.ServiceUnavailable);
        (await plant.InspectAsync("cam2")).Reason.ShouldBe(UndecidedReason.ModelUnavailable);
        (await plant.InspectAsync("cam1")).Verdict.ShouldBe(Verdict.Pass);
    }

    [Fact]
    public async Task CrashPoints_OnTheWayOfAGroup_ComeUpOnAOrBAndLeaveTheOthersAlone()
    {
        await using var plant = await DeliveryPlant.StartAsync();
        (string, string)[] settings = [.. plant.Settings, .. Groups];
        List<string> sent = [];
        HashSet<string> known = [];
        var counter = 0;
        foreach (var point in (string[])["after-file", "after-stage", "after-pointer", "after-swap", "after-ledger"])
        {
            var release = plant.Offer(++counter);
            known.Add(release.Digest);
            await plant.WishAsync(release, Slots(For(Top, release)));
            using var agent = await plant.Harness.StartProcessAsync(point, settings);
            await Eventually.HoldsAsync(() => agent.HasExited || agent.Output.Contains("frames are taken from", StringComparison.Ordinal));
            if (!agent.HasExited)
            {
                sent.Add(await plant.Harness.SendAsync(TestFrames.Good(), "cam1"));
                sent.Add(await plant.Harness.SendAsync(TestFrames.Good(), "cam2"));
            }

            await Eventually.HoldsAsync(() => agent.HasExited);
            agent.Output.ShouldContain($"Crash point {point}");
        }

        var last = plant.Offer(++counter);
        var rollout = await plant.WishAsync(last, Slots(For(Top, last)));
        using var survivor = await plant.Harness.StartProcessAsync(crashPoint: null, settings);
        (await plant.EndAsync(rollout)).Result.ShouldBe(RolloutResult.Success, survivor.Output);
        sent.Add((await plant.InspectAsync("cam1")).FrameId);
        var outcomes = (await plant.Harness.OutcomesAsync(sent.Count)).DistinctBy(o => (o.CameraId, o.FrameId)).ToList();

        outcomes.Select(o => o.FrameId).ShouldBe(sent, ignoreOrder: true);
        outcomes.Single(o => o.FrameId == sent[^1]).Model!.Digest.ShouldBe(last.Digest);
        outcomes.Where(o => o.CameraId == "cam1").ShouldAllBe(o => o.Model!.Name == "contrast" || o.Model.Digest == last.Digest || known.Contains(o.Model.Digest));
        outcomes.Where(o => o.CameraId == "cam2").ShouldAllBe(o => o.Model!.Name == "contrast");
        var births = plant.States.Where(state => state.State == EdgeStateWord.Online).ToList();
        births.ShouldNotBeEmpty();
        births.ShouldAllBe(state => state.Model!.Name == "contrast" && state.Slots == null && state.Groups![1].Model!.Name == "contrast");
        births.Select(state => state.Groups![0]).ShouldAllBe(top => top.Model != null && (top.Slots == null || top.Slots[0].Model.Digest == top.Model.Digest));
    }

    [Fact]
    public async Task Trial_ThatEndsTheProcessAgainAndAgain_IsGivenUpInItsGroupAlone()
    {
        await using var plant = await DeliveryPlant.StartAsync();
        (string, string)[] settings = [.. plant.Settings, .. Groups, ("Edge:Delivery:Trial", "00:10:00")];
        var (bad, good) = (plant.Offer(1), plant.Offer(1, change: manifest => manifest with { Name = "seams" }));
        await plant.WishAsync(bad, Slots(For(Top, bad) with { RolloutId = "bad" }, For(Seam, good) with { RolloutId = "good" }));
        for (var life = 0; life < 3; life++)
        {
            // The first life ends when both decide; the next two see a frame of the top, and die of it.
            using var agent = await plant.Harness.StartProcessAsync(life == 0 ? "after-swap:2" : "after-inspect", settings);
            await Eventually.HoldsAsync(() => agent.HasExited || agent.Output.Contains("frames are taken from", StringComparison.Ordinal));
            if (life > 0)
            {
                await plant.Harness.SendAsync(TestFrames.Good(), "cam1");
            }

            await Eventually.HoldsAsync(() => agent.HasExited);
        }

        using var last = await plant.Harness.StartProcessAsync(crashPoint: null, settings);
        var end = await plant.EndAsync("bad");

        (end.Group, end.Step, end.ReasonCode).ShouldBe((Top, RolloutStepWord.RolledBack, RolloutReason.HealthRegression), last.Output);
        (await plant.InspectAsync("cam1")).Model!.Name.ShouldBe("contrast");
        (await plant.InspectAsync("cam2")).Model!.Digest.ShouldBe(good.Digest);
        plant.Steps.ShouldNotContain(step => step.RolloutId == "good" && step.Result != RolloutResult.None);
    }

    [Fact]
    public async Task CandidateTurn_SecondCaller_WaitsForTheFirstAndMayGiveUp()
    {
        using CandidateTurn turn = new();
        TaskCompletionSource<int> first = new(TaskCreationOptions.RunContinuationsAsynchronously);
        var one = turn.RunAsync(() => first.Task, Stop);
        var hasBegun = false;
        using CancellationTokenSource newer = new();
        var two = turn.RunAsync(() => Task.FromResult(hasBegun = true), newer.Token);
        await newer.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => two);
        hasBegun.ShouldBeFalse();
        first.SetException(new IOException("away"));
        await Should.ThrowAsync<IOException>(() => one);

        (await turn.RunAsync(() => Task.FromResult(3), Stop)).ShouldBe(3);
    }

    [Fact]
    public void RunMark_LeftByALife_TellsTheNextWhoseModelRan()
    {
        using TestDirectory directory = new();
        using CameraGroup rest = TestGroup.Create(), top = TestGroup.Create(name: Top);
        Mark(mark => mark.Enter(top)).ShouldBe((true, true), "the first life has left nothing");
        Mark(mark => mark.Enter(rest)).ShouldBe((false, true));
        Mark(mark => mark.Leave()).ShouldBe((true, false));
        Mark(mark => mark.Enter(top)).ShouldBe((true, true), "the last life ended between two batches");
        File.WriteAllBytes(directory.File("mark"), [255, .. new byte[new FileInfo(directory.File("mark")).Length - 1]]);
        Mark(mark => mark.Leave()).ShouldBe((true, true), "what is no mark says nothing");
        File.WriteAllBytes(directory.File("mark"), new byte[100]);
        Mark(mark => mark.Leave()).ShouldBe((true, true), "nor does a file of another size");

        (bool OfRest, bool OfTop) Mark(Action<RunMark> live)
        {
            using RunMark mark = new(directory.File("mark"));
            live(mark);
            return (mark.MayHaveEnded(rest), mark.MayHaveEnded(top));
        }
    }

    [Fact]
    public async Task RunMark_OnAFullDisk_NeitherEndsTheProcessNorKeepsItFromStarting()
    {
        using TestDirectory directory = new();
        var (mounted, reason) = await SmallDisk.TryMountAsync(directory.File("disk"), "64k");
        Assert.SkipWhen(mounted is null, reason);
        await using var disk = mounted!;
        using CameraGroup top = TestGroup.Create(name: Top);
        var mark = Path.Combine(directory.File("disk"), "mark");

        // Written while there was room, it is written on when there is none.
        using (RunMark first = new(mark))
        {
            Fill();
            first.Enter(top);
        }

        using (RunMark second = new(mark))
        {
            second.Left.ShouldBe(Top);
        }

        // Sparse from an agent before, or not there at all: there is no mark, and nothing to write to.
        File.Delete(mark);
        Fill();
        await using (FileStream sparse = new(mark, FileMode.Create))
        {
            sparse.SetLength(64 * 17);
        }

        foreach (var _ in (int[])[1, 2])
        {
            using RunMark none = new(mark);
            none.Enter(top);
            none.EnterCandidate(top);
            none.Left.ShouldBeNull();
            File.Delete(mark);
        }

        void Fill()
        {
            using FileStream filler = new(Path.Combine(directory.File("disk"), $"filler-{Guid.CreateVersion7():N}"), FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
            try
            {
                while (true)
                {
                    filler.Write(new byte[4096]);
                }
            }
            catch (IOException)
            {
                // Full.
            }
        }
    }

    [Fact]
    public async Task Start_WithABrokenBundleOfOneGroup_GoesOnForTheOthersUntilAReleaseMendsIt()
    {
        await using var plant = await DeliveryPlant.StartAsync();
        using TestDirectory directory = new();
        Directory.CreateDirectory(directory.File("broken"));
        plant.Harness.HasRealModel = true;
        (string, string)[] settings = [.. plant.Settings, .. Groups, ("Edge:Agent:Groups:0:BundleDirectory", directory.File("broken"))];
        await plant.Harness.StartAgentAsync(settings);

        var top = await plant.InspectAsync("cam1");
        (top.Verdict, top.Reason, top.Model).ShouldBe((Verdict.Undecided, UndecidedReason.ModelUnavailable, null));
        top.ReasonDetail!.ShouldContain("Edge:Agent:Groups:0:BundleDirectory");
        top.ReasonDetail!.ShouldContain(directory.File("broken"));
        (await plant.InspectAsync("cam2")).Verdict.ShouldBe(Verdict.Pass);
        (await plant.InspectAsync("cam3")).Verdict.ShouldBe(Verdict.Pass);
        await Eventually.HoldsAsync(() => plant.States.Count > 0);
        plant.States[^1].ModelFault.ShouldBeNull();
        plant.States[^1].Groups!.Select(group => group.ModelFault is null).ShouldBe([false, true]);
        plant.States[^1].Groups![0].Model.ShouldBeNull();
        (await HealthAsync(plant)).ShouldBe(HttpStatusCode.ServiceUnavailable);

        // A release that is refused leaves it as it was, through a restart too; one that is taken mends it.
        using TestSigningKey foreign = new();
        var bad = plant.Offer(1, foreign);
        (await plant.EndAsync(await plant.WishAsync(bad, Slots(For(Top, bad))))).ReasonCode.ShouldBe(RolloutReason.SignatureInvalid);
        await plant.Harness.StopAgentAsync();
        await plant.Harness.StartAgentAsync(settings);
        (await plant.InspectAsync("cam1")).Reason.ShouldBe(UndecidedReason.ModelUnavailable);
        var good = plant.Offer(2);
        (await plant.EndAsync(await plant.WishAsync(good, Slots(For(Top, good))))).Result.ShouldBe(RolloutResult.Success);
        (await plant.InspectAsync("cam1")).Model!.Digest.ShouldBe(good.Digest);
        await Eventually.HoldsAsync(() => plant.States is [.., { Groups: [{ ModelFault: null, Model: not null }, _] }]);
        await plant.Harness.StopAgentAsync();
        await plant.Harness.StartAgentAsync(settings);
        (await plant.InspectAsync("cam1")).Model!.Digest.ShouldBe(good.Digest);
        (await HealthAsync(plant)).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Start_WithABrokenBundleMendedInTheConfiguration_ComesUpOnIt()
    {
        await using var plant = await DeliveryPlant.StartAsync();
        using TestDirectory directory = new();
        Directory.CreateDirectory(directory.File("bundle"));
        plant.Harness.HasRealModel = true;
        (string, string)[] settings = [.. plant.Settings, .. Groups, ("Edge:Agent:Groups:0:BundleDirectory", directory.File("bundle"))];
        await plant.Harness.StartAgentAsync(settings);
        using TestSigningKey foreign = new();
        var bad = plant.Offer(1, foreign);
        (await plant.EndAsync(await plant.WishAsync(bad, Slots(For(Top, bad))))).ReasonCode.ShouldBe(RolloutReason.SignatureInvalid);
        await plant.Harness.StopAgentAsync();

        var own = TestRelease.Write(directory.File("bundle"), plant.Key, counter: 1);
        await plant.Harness.StartAgentAsync(settings);

        (await plant.InspectAsync("cam1")).Model!.Digest.ShouldBe(own.Digest);
        await Eventually.HoldsAsync(() => plant.States is [.., { Groups: [{ ModelFault: null, Slots: [{ Slot: "A", State: AgentSlotState.Active }] }, _] }]);
    }

    [Fact]
    public void RunMark_CandidatesAtWork_AreLeftUntilTheyAreDone()
    {
        using TestDirectory directory = new();
        using CameraGroup rest = TestGroup.Create(), top = TestGroup.Create(name: Top), seam = TestGroup.Create(name: Seam);
        using (RunMark mark = new(directory.File("mark")))
        {
            mark.EnterCandidate(seam);
            mark.EnterCandidate(rest);
            mark.LeaveCandidate(seam);
            mark.EnterCandidate(top);
            mark.Enter(seam);
        }

        using (RunMark mark = new(directory.File("mark")))
        {
            (mark.HadCandidate(rest), mark.HadCandidate(top), mark.HadCandidate(seam), mark.MayHaveEnded(seam)).ShouldBe((true, true, false, true));
        }

        using RunMark last = new(directory.File("mark"));
        (last.HadCandidate(rest), last.HadCandidate(top), last.HadCandidate(seam)).ShouldBe((false, false, false));
    }

    [Fact]
    public async Task Candidate_ThatIsAtWorkWhenTheProcessEnds_IsGivenUpWithoutHarmToAnothersTrial()
    {
        await using var plant = await DeliveryPlant.StartAsync();
        (string, string)[] settings = [.. plant.Settings, .. Groups, ("Edge:Delivery:Trial", "00:10:00")];
        (string, string)[] watching = [.. settings, ("Edge:Delivery:Shadow", "00:10:00")];
        var (good, bad) = (plant.Offer(1, change: manifest => manifest with { Name = "seams" }), plant.Offer(1));
        var seam = For(Seam, good) with { RolloutId = "good" };
        await plant.WishAsync(good, Slots(seam));
        using (var first = await plant.Harness.StartProcessAsync("after-swap", settings))
        {
            await Eventually.HoldsAsync(() => first.HasExited);
        }

        await plant.WishAsync(bad, Slots(seam, For(Top, bad) with { RolloutId = "bad" }));
        for (var life = 1; life <= 2; life++)
        {
            using var agent = await plant.Harness.StartProcessAsync(crashPoint: null, watching);
            await Eventually.HoldsAsync(() => plant.Steps.Count(step => step is { RolloutId: "bad", Step: RolloutStepWord.Shadowing }) == life);
        }

        using var last = await plant.Harness.StartProcessAsync(crashPoint: null, watching);
        var end = await plant.EndAsync("bad");

        (end.Group, end.Step, end.ReasonCode).ShouldBe((Top, RolloutStepWord.Rejected, RolloutReason.HealthRegression), last.Output);
        end.Detail!.ShouldContain("ended 2 times");
        (await plant.InspectAsync("cam2")).Model!.Digest.ShouldBe(good.Digest);
        plant.Steps.ShouldNotContain(step => step.RolloutId == "good" && step.Result != RolloutResult.None);
    }

    private static DesiredSlot For(string group, ModelRelease release) => new() { Group = group, Cameras = [group == Top ? "cam1" : "cam2"], Model = release };

    private static Func<DesiredModels, DesiredModels> Slots(params DesiredSlot[] slots) => wish => wish with { Slots = slots };

    /// <summary>Frames of all three cameras until the token fires; their ids.</summary>
    private static async Task<List<string>> SendAsync(AgentHarness harness, CancellationToken end)
    {
        List<string> sent = [];
        using PeriodicTimer timer = new(TimeSpan.FromMilliseconds(40));
        var frame = TestFrames.Good();
        while (!end.IsCancellationRequested)
        {
            sent.Add(await harness.SendAsync(frame, $"cam{(sent.Count % 3) + 1}"));
            await timer.WaitForNextTickAsync(CancellationToken.None);
        }

        return sent;
    }

    private static async Task<HttpStatusCode> HealthAsync(DeliveryPlant plant)
    {
        using HttpClient http = new();
        var address = plant.Harness.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        return (await http.GetAsync(new Uri($"{address}/health/ready"), Stop)).StatusCode;
    }
}
