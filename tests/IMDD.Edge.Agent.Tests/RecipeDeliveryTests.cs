using IMDD.Contracts.CloudEvents;
using IMDD.Contracts.Events;
using IMDD.Contracts.Models;
using IMDD.Edge.Agent.Groups;
using IMDD.Edge.Agent.Inspection;
using IMDD.Edge.Agent.Tests.Support;
using IMDD.Inference.Recipes;
using IMDD.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace IMDD.Edge.Agent.Tests;

/// <summary>Recipes that come from a registry, in a whole agent with a broker.</summary>
public sealed class RecipeDeliveryTests
{
    private const string OwnRecipe = "bundle-defaults@1";

    [Fact]
    public async Task Wish_RecipeWithoutAnotherModel_ComesIntoForceAndOutlivesARestart()
    {
        await using var plant = await DeliveryPlant.StartWithAgentAsync();
        var before = await plant.InspectAsync();
        (before.RecipeId, before.Verdict).ShouldBe((OwnRecipe, Verdict.Pass));
        var model = Running(before);

        // A class that the model does not have is only worth a warning.
        var recipe = TestRecipe.FailsAll("door-red@4") with
        {
            Classes = new Dictionary<string, RecipeClassRule>(StringComparer.Ordinal) { ["dent"] = new() { MinScore = 0.5 }, ["no-such"] = new() { Tolerated = true } },
        };
        var digest = plant.OfferRecipe(recipe, counter: 3);
        var rollout = await plant.WishRecipeAsync(model, digest);

        var end = await plant.EndAsync(rollout);
        (end.Step, end.Result, end.Slot).ShouldBe((RolloutStepWord.Committed, RolloutResult.Success, "A"), end.Detail);
        plant.Steps.Select(step => step.Step).ShouldBe([RolloutStepWord.Scheduled, RolloutStepWord.Staged, RolloutStepWord.Trial, RolloutStepWord.Committed]);
        var after = await plant.InspectAsync();
        (after.RecipeId, after.RecipeDigest, after.Verdict, after.Model!.Digest).ShouldBe(("door-red@4", digest, Verdict.Fail, model.Digest));
        await Eventually.HoldsAsync(() => plant.States is [.., { RecipeId: "door-red@4", RecipeCounter: 3 } state] && state.RecipeDigest == digest);

        await plant.Harness.StopAgentAsync();
        await plant.Harness.StartAgentAsync(plant.Settings);
        (await plant.InspectAsync()).RecipeDigest.ShouldBe(digest);

        // What is in force is asked for again under another id: nothing is fetched.
        var asked = plant.Registry.Requests.Count;
        (await plant.EndAsync(await plant.WishRecipeAsync(model, digest))).Result.ShouldBe(RolloutResult.Success);
        plant.Registry.Requests.Count.ShouldBe(asked);

        // Nor does a model's wish that names none change it.
        (await plant.EndAsync(await plant.WishAsync(plant.Offer(1)))).Result.ShouldBe(RolloutResult.Success);
        (await plant.InspectAsync()).RecipeDigest.ShouldBe(digest);

        // Without a registry the configuration alone says what is in force.
        await plant.Harness.StopAgentAsync();
        await plant.Harness.StartAgentAsync([.. plant.Settings, ("Edge:Delivery:RegistryUrl", "")]);
        (await plant.InspectAsync()).RecipeId.ShouldBe(OwnRecipe);
    }

    [Fact]
    public async Task Wish_BadRecipe_IsRefusedWithItsReasonAndTheOldGoesOn()
    {
        await using var plant = await DeliveryPlant.StartWithAgentAsync();
        var model = Running(await plant.InspectAsync());
        var good = plant.OfferRecipe(new Recipe { Id = "door-red@5" }, counter: 5);
        (await plant.EndAsync(await plant.WishRecipeAsync(model, good))).Result.ShouldBe(RolloutResult.Success);
        using TestSigningKey foreign = new();
        var release = plant.Offer(1);
        var bad = TestRecipe.FailsAll("door-red@6");
        var digest = RecipeDigest.Of(bad);
        var now = TimeProvider.System.GetUtcNow();
        (string Fault, string Reason, Action Offer)[] faults =
        [
            ("another key", RolloutReason.SignatureInvalid, () => plant.OfferRecipe(bad, 6, foreign)),
            ("a changed byte", RolloutReason.SignatureInvalid, () =>
            {
                plant.OfferRecipe(bad, 6);
                plant.Registry.CorruptRecipe(digest);
            }),
            ("an old counter", RolloutReason.CounterTooLow, () => plant.OfferRecipe(bad, 4)),
            ("the same counter", RolloutReason.CounterTooLow, () => plant.OfferRecipe(bad, 5)),
            ("expired", RolloutReason.Expired, () => plant.OfferRecipe(bad, 6, expiresAt: now.AddMinutes(-1))),
            ("another recipe", RolloutReason.DigestMismatch, () => plant.Registry.OfferRecipe(digest, TestRecipe.Envelope(new Recipe { Id = "door-red@6" }, 6, plant.Key))),
            ("too large", RolloutReason.DigestMismatch, () => plant.Registry.OfferRecipe(digest, new byte[SignedRecipe.MaxEnvelopeBytes + 1])),
            ("no JSON", RolloutReason.SignatureInvalid, () => plant.Registry.OfferRecipe(digest, "{\"payloadType\":"u8.ToArray())),
            ("no counter", RolloutReason.ManifestInvalid, () => plant.OfferRecipe(bad, 0)),
            ("a later schema", RolloutReason.ManifestInvalid, () => plant.Registry.OfferRecipe(digest, TestRecipe.Envelope(
                new RecipeDocument { SchemaVersion = 2, Recipe = bad, Counter = 6, CreatedAt = now }, plant.Key))),
            ("a threshold of 2", RolloutReason.ManifestInvalid, () => plant.Registry.OfferRecipe(digest, TestRecipe.Envelope(bad with { PixelThreshold = 2 }, 6, plant.Key))),
        ];
        foreach (var (fault, reason, offer) in faults)
        {
            offer();
            var end = await plant.EndAsync(await plant.WishRecipeAsync(model, digest));

            (end.Step, end.Result, end.ReasonCode, end.RecipeDigest).ShouldBe((RolloutStepWord.Rejected, RolloutResult.Failure, reason, digest), $"{fault}: {end.Detail}");
            end.Detail.ShouldNotBeNullOrEmpty(fault);
            (await plant.InspectAsync()).RecipeDigest.ShouldBe(good, fault);
        }

        // A model's envelope is no recipe's, nor the other way round; what is not there is not waited for.
        plant.Registry.OfferAsRecipe(release);
        (await plant.EndAsync(await plant.WishRecipeAsync(model, release.Digest))).ReasonCode.ShouldBe(RolloutReason.SignatureInvalid);
        plant.OfferRecipe(bad, 6);
        plant.Registry.OfferAsRelease(digest);
        (await plant.EndAsync(await plant.WishAsync(release with { Digest = digest }))).ReasonCode.ShouldBe(RolloutReason.SignatureInvalid);
        (await plant.EndAsync(await plant.WishRecipeAsync(model, "sha256:" + new string('9', 64)))).ReasonCode.ShouldBe(RolloutReason.NotFound);

        // A model that comes with a bad recipe does not decide either; and with a good one, both do.
        plant.OfferRecipe(bad, 4);
        (await plant.EndAsync(await plant.WishRecipeAsync(release, digest))).ReasonCode.ShouldBe(RolloutReason.CounterTooLow);
        (await plant.InspectAsync()).Model!.Digest.ShouldBe(model.Digest);
        plant.OfferRecipe(bad, 6);
        (await plant.EndAsync(await plant.WishRecipeAsync(release, digest))).Result.ShouldBe(RolloutResult.Success);
        var outcome = await plant.InspectAsync();
        (outcome.Model!.Digest, outcome.RecipeDigest, outcome.Verdict).ShouldBe((release.Digest, digest, Verdict.Fail));

        // Signed anew it may go back to what was before.
        (await plant.EndAsync(await plant.WishRecipeAsync(release, good))).ReasonCode.ShouldBe(RolloutReason.CounterTooLow);
        plant.OfferRecipe(new Recipe { Id = "door-red@5" }, counter: 7);
        (await plant.EndAsync(await plant.WishRecipeAsync(release, good))).Result.ShouldBe(RolloutResult.Success);
        (await plant.InspectAsync()).RecipeDigest.ShouldBe(good);
    }

    [Fact]
    public async Task Trial_ModelThatFailsOnAFrame_TakesItsRecipeBack()
    {
        await using var plant = await DeliveryPlant.StartWithAgentAsync();
        var model = Running(await plant.InspectAsync());
        var first = plant.OfferRecipe(new Recipe { Id = "door-red@1" }, counter: 1);
        (await plant.EndAsync(await plant.WishRecipeAsync(model, first))).Result.ShouldBe(RolloutResult.Success);
        await plant.Harness.StopAgentAsync();
        await plant.Harness.StartAgentAsync([.. plant.Settings, ("Edge:Delivery:Trial", "00:10:00")]);
        var second = plant.OfferRecipe(TestRecipe.FailsAll("door-red@2"), counter: 2);
        var rollout = await plant.WishRecipeAsync(plant.Offer(1), second);
        await Eventually.HoldsAsync(() => plant.Steps.Any(step => step.RolloutId == rollout && step.Step == RolloutStepWord.Trial));
        var tried = await plant.InspectAsync();
        (tried.Model!.Name, tried.RecipeDigest).ShouldBe((TestRelease.Name, second));
        plant.Harness.Services.GetRequiredService<CameraGroups>().Rest.Slot.Failed();

        var taken = await plant.EndAsync(rollout);
        (taken.Step, taken.RecipeDigest).ShouldBe((RolloutStepWord.RolledBack, null), "the model is at fault, not the recipe that came with it");

        var after = await plant.InspectAsync();
        (after.Model!.Name, after.RecipeDigest, after.Verdict).ShouldBe(("contrast", first, Verdict.Pass));
        await plant.Harness.StopAgentAsync();
        await plant.Harness.StartAgentAsync(plant.Settings);
        (await plant.InspectAsync()).RecipeDigest.ShouldBe(first);

        // What was taken back was not accepted: its counter is free for another.
        var third = plant.OfferRecipe(new Recipe { Id = "door-red@3", UndecidedMargin = 0.01 }, counter: 2);
        (await plant.EndAsync(await plant.WishRecipeAsync(model, third))).Result.ShouldBe(RolloutResult.Success);
    }

    [Fact]
    public async Task Trial_RecipeThatLeavesTheLineUndecided_IsTakenOutAndTheModelGoesOn()
    {
        await using var plant = await DeliveryPlant.StartWithAgentAsync(("Edge:Delivery:Trial", "00:10:00"));
        var before = await plant.InspectAsync();

        // Each frame of the test lies within a margin of one below a threshold that it does not reach.
        var recipe = new Recipe { Id = "door-red@1", ImageThreshold = 1, UndecidedMargin = 1 };
        var digest = plant.OfferRecipe(recipe, counter: 1);
        var rollout = await plant.WishRecipeAsync(Running(before), digest);
        await Eventually.HoldsAsync(() => plant.Steps.Any(step => step is { Step: RolloutStepWord.Trial, Status: RolloutStatus.Proceeding }));
        var tried = await plant.InspectAsync();
        (tried.RecipeDigest, tried.Reason).ShouldBe((digest, UndecidedReason.Uncertain));
        var slots = plant.Harness.Services.GetRequiredService<CameraGroups>().Rest.Slots;
        slots.View()!.ShouldHaveSingleItem().State.ShouldBe(AgentSlotState.Active, "the model is not on trial");
        for (var i = 0; i < 30; i++)
        {
            await plant.Harness.SendAsync(TestFrames.Good());
        }

        var end = await plant.EndAsync(rollout);

        (end.Step, end.ReasonCode, end.RecipeDigest).ShouldBe((RolloutStepWord.RolledBack, RolloutReason.HealthRegression, digest), end.Detail);
        end.Detail!.ShouldContain("undecided");
        var after = await plant.InspectAsync();
        (after.Model!.Digest, after.RecipeId, after.Verdict).ShouldBe((before.Model!.Digest, OwnRecipe, Verdict.Pass));

        // It was not accepted: its counter is free, and after a restart the answer to the same wish is the same.
        await plant.Harness.StopAgentAsync();
        await plant.Harness.StartAgentAsync(plant.Settings);
        (await plant.InspectAsync()).RecipeId.ShouldBe(OwnRecipe);
        (await plant.EndAsync(await plant.WishRecipeAsync(Running(before), plant.OfferRecipe(new Recipe { Id = "door-red@2" }, counter: 1)))).Result.ShouldBe(RolloutResult.Success);
    }

    [Fact]
    public async Task Trial_RecipeUnderWhichTheProcessEndsAgainAndAgain_IsGivenUpAtAStart()
    {
        await using var plant = await DeliveryPlant.StartWithAgentAsync(("Edge:Delivery:Trial", "00:10:00"));
        var before = await plant.InspectAsync();
        var digest = plant.OfferRecipe(TestRecipe.FailsAll("door-red@1"), counter: 1);
        var rollout = await plant.WishRecipeAsync(Running(before), digest);
        await Eventually.HoldsAsync(() => plant.Steps.Any(step => step.Step == RolloutStepWord.Trial));
        foreach (var expected in (string[])[digest, digest, before.RecipeDigest!])
        {
            await plant.Harness.StopAgentAsync();
            await plant.Harness.StartAgentAsync([.. plant.Settings, ("Edge:Delivery:Trial", "00:10:00")]);
            var outcome = await plant.InspectAsync();
            (outcome.RecipeDigest, outcome.Model!.Digest).ShouldBe((expected, before.Model!.Digest));
        }

        var end = await plant.EndAsync(rollout);
        (end.Step, end.ReasonCode, end.RecipeDigest).ShouldBe((RolloutStepWord.RolledBack, RolloutReason.HealthRegression, digest));
        plant.Steps.Where(step => step.Step == RolloutStepWord.Trial).Select(step => step.Status).ShouldBe([RolloutStatus.Proceeding, RolloutStatus.Resumed, RolloutStatus.Resumed]);
    }

    [Fact]
    public async Task Trial_WhoseEndCannotBeWrittenDown_GoesOnThroughRestartsUntilItCan()
    {
        await using var plant = await DeliveryPlant.StartWithAgentAsync();
        var model = Running(await plant.InspectAsync());
        var (ledger, pointer) = (Path.Combine(plant.Harness.StoreFolder, "recipes.json.part"), Path.Combine(plant.Harness.StoreFolder, "models", "slots.json.part"));
        Directory.CreateDirectory(ledger);
        var digest = plant.OfferRecipe(TestRecipe.FailsAll("door-red@2"), counter: 2);
        var rollout = await plant.WishRecipeAsync(model, digest);
        await Eventually.HoldsAsync(() => plant.Steps.Any(step => step is { Step: RolloutStepWord.Trial, Detail: not null }));

        // Neither a start nor another wish for it takes it for kept.
        await plant.Harness.StopAgentAsync();
        Directory.CreateDirectory(pointer);
        await plant.Harness.StartAgentAsync(plant.Settings);
        (await plant.InspectAsync()).RecipeDigest.ShouldBe(digest);
        await Eventually.HoldsAsync(() => plant.Steps.Count(step => step is { Step: RolloutStepWord.Trial, Detail: not null }) == 2);
        Directory.Delete(pointer);
        var again = await plant.WishRecipeAsync(model, digest);
        plant.Steps.ShouldAllBe(step => step.Result == RolloutResult.None);
        Directory.Delete(ledger);

        (await plant.EndAsync(rollout)).Step.ShouldBe(RolloutStepWord.Committed);
        (await plant.EndAsync(again)).Step.ShouldBe(RolloutStepWord.Committed);
        var older = plant.OfferRecipe(new Recipe { Id = "door-red@1" }, counter: 1);
        (await plant.EndAsync(await plant.WishRecipeAsync(model, older))).ReasonCode.ShouldBe(RolloutReason.CounterTooLow);
    }

    [Fact]
    public async Task Wish_ForTheConfiguredOrARestoredRecipe_IsHeldToNoShareOfUndecidedFrames()
    {
        (string, string)[] strict = [("Edge:Recipe:Id", "own@1"), ("Edge:Recipe:ImageThreshold", "1"), ("Edge:Recipe:UndecidedMargin", "1")];
        await using var plant = await DeliveryPlant.StartWithAgentAsync([.. strict, ("Edge:Delivery:Trial", "00:00:02")]);
        var before = await plant.InspectAsync();
        (before.RecipeId, before.Reason).ShouldBe(("own@1", UndecidedReason.Uncertain));
        var model = Running(before);
        var digest = plant.OfferRecipe(new Recipe { Id = "door-red@1" }, counter: 1);
        (await plant.EndAsync(await plant.WishRecipeAsync(model, digest))).Result.ShouldBe(RolloutResult.Success);
        await KeptAsync(new DesiredSlot { Model = model, ConfiguredRecipe = true });
        (await plant.InspectAsync()).RecipeId.ShouldBe("own@1");
        (await plant.EndAsync(await plant.WishRecipeAsync(model, digest))).Result.ShouldBe(RolloutResult.Success);
        var restored = plant.OfferRecipe(new Recipe { Id = "door-red@0", ImageThreshold = 1, UndecidedMargin = 1 }, counter: 2);
        await KeptAsync(new DesiredSlot { Model = model, RecipeDigest = restored, RecipeRestored = true });
        (await plant.InspectAsync()).RecipeDigest.ShouldBe(restored);

        async Task KeptAsync(DesiredSlot slot)
        {
            var rollout = await plant.WishAsync(model, wish => wish with { Slots = [slot] });
            await Eventually.HoldsAsync(() => plant.Steps.Any(step => step.RolloutId == rollout && step.Step == RolloutStepWord.Trial));
            for (var i = 0; i < 30; i++)
            {
                await plant.Harness.SendAsync(TestFrames.Good());
            }

            (await plant.EndAsync(rollout)).Result.ShouldBe(RolloutResult.Success);
        }
    }

    [Fact]
    public async Task Start_DamagedRecipeOnTrial_IsNotSaidToBeKept()
    {
        await using var plant = await DeliveryPlant.StartWithAgentAsync();
        var model = Running(await plant.InspectAsync());
        var first = plant.OfferRecipe(new Recipe { Id = "door-red@1" }, counter: 1);
        (await plant.EndAsync(await plant.WishRecipeAsync(model, first))).Result.ShouldBe(RolloutResult.Success);
        await plant.Harness.StopAgentAsync();
        await plant.Harness.StartAgentAsync([.. plant.Settings, ("Edge:Delivery:Trial", "00:10:00")]);
        var second = plant.OfferRecipe(TestRecipe.FailsAll("door-red@2"), counter: 2);
        var rollout = await plant.WishRecipeAsync(model, second);
        await Eventually.HoldsAsync(() => plant.Steps.Any(step => step.RolloutId == rollout && step.Step == RolloutStepWord.Trial));
        await plant.Harness.StopAgentAsync();
        await plant.TakeBackAsync();
        File.Delete(Directory.GetFiles(Path.Combine(plant.Harness.StoreFolder, "recipes")).Single(file => file.Contains(second[7..], StringComparison.Ordinal)));

        await plant.Harness.StartAgentAsync(plant.Settings);

        (await plant.InspectAsync()).RecipeDigest.ShouldBe(first, "the one before, not the configuration's");
        (await plant.EndAsync(await plant.WishAsync(plant.Offer(1)))).Result.ShouldBe(RolloutResult.Success);
        plant.Steps.ShouldNotContain(step => step.RolloutId == rollout && step.Step == RolloutStepWord.Committed);
    }

    [Fact]
    public async Task Failure_OfModelOrRecipe_NamesTheRecipeWhereThatAloneIsAtFault()
    {
        await using var plant = await DeliveryPlant.StartWithAgentAsync(("Edge:Model:WarmUpSizes:1", "1024x1024"), ("Edge:Model:Threads", "1"));
        var model = Running(await plant.InspectAsync());

        // A deadline that the recipe in force does not have; a window that the model, which decides already, cannot have missed.
        var fast = plant.OfferRecipe(new Recipe { Id = "fast@1", DeadlineMs = 1 }, counter: 1);
        var release = plant.Offer(1);
        var slow = await plant.EndAsync(await plant.WishRecipeAsync(release, fast));
        (slow.ReasonCode, slow.RecipeDigest).ShouldBe((RolloutReason.TooSlow, fast), slow.Detail);
        InstallWindow over = new() { NotAfter = TimeProvider.System.GetUtcNow().AddMinutes(-1) };
        var missed = await plant.EndAsync(await plant.WishAsync(model, wish => wish with { Slots = [new DesiredSlot { Model = model, RecipeDigest = fast }], Install = over }));
        (missed.ReasonCode, missed.RecipeDigest).ShouldBe((RolloutReason.WindowMissed, fast));
        missed = await plant.EndAsync(await plant.WishAsync(release, wish => wish with { Slots = [new DesiredSlot { Model = release, RecipeDigest = fast }], Install = over }));
        (missed.ReasonCode, missed.RecipeDigest).ShouldBe((RolloutReason.WindowMissed, null));

        // Of two that came together nobody knows.
        (await plant.EndAsync(await plant.WishAsync(release))).Result.ShouldBe(RolloutResult.Success);
        await plant.Harness.StopAgentAsync();
        (string, string)[] watched = [.. plant.Settings, ("Edge:Delivery:Trial", "00:10:00")];
        await plant.Harness.StartAgentAsync(watched);
        var unsure = plant.OfferRecipe(new Recipe { Id = "door-red@1", ImageThreshold = 1, UndecidedMargin = 1 }, counter: 1);
        var both = await plant.WishRecipeAsync(plant.Offer(2), unsure);
        await Eventually.HoldsAsync(() => plant.Steps.Any(step => step.RolloutId == both && step.Step == RolloutStepWord.Trial));
        for (var i = 0; i < 30; i++)
        {
            await plant.Harness.SendAsync(TestFrames.Good());
        }

        var end = await plant.EndAsync(both);
        (end.Step, end.RecipeDigest).ShouldBe((RolloutStepWord.RolledBack, null), end.Detail);

        // Nor is a recipe on trial at fault where the model under it cannot be loaded any more.
        var alone = await plant.WishRecipeAsync(release, plant.OfferRecipe(new Recipe { Id = "door-red@2" }, counter: 2));
        await Eventually.HoldsAsync(() => plant.Steps.Any(step => step.RolloutId == alone && step.Step == RolloutStepWord.Trial));
        await plant.Harness.StopAgentAsync();
        File.Delete(Directory.GetFiles(Path.Combine(plant.Harness.StoreFolder, "models"), "*.onnx", SearchOption.AllDirectories)
            .Single(file => file.Contains(release.Digest[7..], StringComparison.Ordinal)));

        await plant.Harness.StartAgentAsync(watched);
        var fallen = await plant.EndAsync(alone);
        (fallen.ReasonCode, fallen.RecipeDigest).ShouldBe((RolloutReason.IncompatibleRuntime, null), fallen.Detail);
    }

    [Fact]
    public async Task Wish_ForTheConfiguredRecipe_TakesTheDeliveredOneOut()
    {
        await using var plant = await DeliveryPlant.StartWithAgentAsync();
        var model = Running(await plant.InspectAsync());
        var digest = plant.OfferRecipe(TestRecipe.FailsAll("door-red@1"), counter: 1);
        (await plant.EndAsync(await plant.WishRecipeAsync(model, digest))).Result.ShouldBe(RolloutResult.Success);
        (await plant.InspectAsync()).RecipeDigest.ShouldBe(digest);

        var rollout = await plant.WishAsync(model, wish => wish with { Slots = [new DesiredSlot { Model = model, ConfiguredRecipe = true }] });

        (await plant.EndAsync(rollout)).Result.ShouldBe(RolloutResult.Success);
        var after = await plant.InspectAsync();
        (after.RecipeId, after.Verdict).ShouldBe((OwnRecipe, Verdict.Pass));
        await Eventually.HoldsAsync(() => plant.States is [.., { RecipeId: OwnRecipe, RecipeCounter: null }]);
        await plant.Harness.StopAgentAsync();
        await plant.Harness.StartAgentAsync(plant.Settings);
        (await plant.InspectAsync()).RecipeId.ShouldBe(OwnRecipe);

        // What goes by it already commits at once; and it comes with a model too.
        (await plant.EndAsync(await plant.WishAsync(model, wish => wish with { Slots = [new DesiredSlot { Model = model, ConfiguredRecipe = true }] }))).Result.ShouldBe(RolloutResult.Success);
        (await plant.EndAsync(await plant.WishRecipeAsync(model, digest))).Result.ShouldBe(RolloutResult.Success);
        var release = plant.Offer(1);
        (await plant.EndAsync(await plant.WishAsync(release, wish => wish with { Slots = [new DesiredSlot { Model = release, ConfiguredRecipe = true }] }))).Result.ShouldBe(RolloutResult.Success);
        var last = await plant.InspectAsync();
        (last.Model!.Digest, last.RecipeId).ShouldBe((release.Digest, OwnRecipe));
    }

    [Fact]
    public async Task InForce_DeadlineAndWindow_AreThoseOfTheRecipeOfEachFrame()
    {
        WindowDecoder decoder = new();
        await using var plant = await DeliveryPlant.StartAsync();
        plant.Harness.Decoder = decoder;
        await plant.Harness.StartAgentAsync([.. plant.Settings, ("Edge:Agent:MaxBatch", "1")]);
        var model = Running(await plant.InspectAsync());
        var recipe = new Recipe { Id = "thermal@1", DeadlineMs = 60_000, Window = [0, 1000] };
        var inForce = plant.Harness.Services.GetRequiredService<CameraGroups>().Rest.Recipes;

        // While one frame is inspected the next is decoded by the recipe that goes out of force: it is decoded again.
        using ManualResetEventSlim go = new();
        plant.Harness.Segmenter.BeforeRun = _ =>
        {
            go.Wait(TestContext.Current.CancellationToken);
            inForce.Set(new StationRecipe(recipe));
        };
        var first = await plant.Harness.SendAsync(TestFrames.Good());
        var second = await plant.Harness.SendAsync(TestFrames.Good());
        await Eventually.HoldsAsync(() => decoder.Decoded == 3);
        go.Set();
        var outcomes = await plant.Harness.OutcomesAsync(3);
        (Of(first).RecipeId, Of(first).Verdict, Of(second).RecipeId, Of(second).Verdict).ShouldBe((OwnRecipe, Verdict.Pass, "thermal@1", Verdict.Fail));
        decoder.Decoded.ShouldBe(4);
        plant.Harness.Segmenter.BeforeRun = null;
        inForce.Set(inForce.Configured);

        var digest = plant.OfferRecipe(recipe, counter: 1);
        (await plant.EndAsync(await plant.WishRecipeAsync(model, digest))).Result.ShouldBe(RolloutResult.Success);
        var seen = await plant.InspectAsync();
        (seen.RecipeDigest, seen.Verdict, seen.DeadlineMet).ShouldBe((digest, Verdict.Fail, true));
        var old = CloudEventText.Time(TimeProvider.System.GetUtcNow().AddMinutes(-5));
        var late = await plant.Harness.SendAsync(TestFrames.Good(), change: message => message with
        {
            UserProperties = [.. message.UserProperties.Select(p => p.Key == CloudEventAttributes.Time ? new(p.Key, old) : p)],
        });
        outcomes = await plant.Harness.OutcomesAsync(5);
        (Of(late).Reason, Of(late).RecipeDigest).ShouldBe((UndecidedReason.Deadline, digest));

        InspectionOutcome Of(string id) => outcomes.First(outcome => outcome.FrameId == id);
    }

    [Fact]
    public async Task Start_DamagedRecipe_GoesOnByTheConfigurationUntilItIsFetchedAnew()
    {
        await using var plant = await DeliveryPlant.StartWithAgentAsync();
        var model = Running(await plant.InspectAsync());
        var digest = plant.OfferRecipe(TestRecipe.FailsAll("door-red@1"), counter: 1);
        var rollout = await plant.WishRecipeAsync(model, digest);
        await plant.EndAsync(rollout);
        await plant.Harness.StopAgentAsync();
        var file = Directory.GetFiles(Path.Combine(plant.Harness.StoreFolder, "recipes")).ShouldHaveSingleItem();
        var bytes = await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken);
        bytes[bytes.Length / 2] ^= 1;
        await File.WriteAllBytesAsync(file, bytes, TestContext.Current.CancellationToken);
        var asked = plant.Registry.Requests.Count;

        await plant.Harness.StartAgentAsync(plant.Settings);

        (await plant.InspectAsync()).RecipeDigest.ShouldBeOneOf(digest, RecipeDigest.Of(new Recipe { Id = OwnRecipe }));
        await Eventually.HoldsAsync(async () => (await plant.InspectAsync()).RecipeDigest == digest);
        plant.Registry.Requests.Count.ShouldBeGreaterThan(asked);
    }

    [Fact]
    public async Task Wish_ForTheConfiguredRecipe_IsFollowedAnewOnceTheConfigurationIsAnother()
    {
        await using var plant = await DeliveryPlant.StartWithAgentAsync(("Edge:Recipe:Id", "door-red@1"));
        var before = await plant.InspectAsync();
        before.RecipeId.ShouldBe("door-red@1");
        var digest = plant.OfferRecipe(new Recipe { Id = "door-red@1" }, counter: 1);
        digest.ShouldBe(before.RecipeDigest);
        (await plant.EndAsync(await plant.WishRecipeAsync(Running(before), digest))).Result.ShouldBe(RolloutResult.Success);
        plant.Registry.Requests.ShouldBeEmpty();
        await plant.Harness.StopAgentAsync();

        await plant.Harness.StartAgentAsync([.. plant.Settings, ("Edge:Recipe:Id", "door-red@2")]);

        await Eventually.HoldsAsync(async () => (await plant.InspectAsync()).RecipeDigest == digest);
        plant.Registry.Requests.ShouldNotBeEmpty();
    }

    private static ModelRelease Running(InspectionOutcome outcome) => new(outcome.Model!.Name, outcome.Model.Version, outcome.Model.Digest, 1);
}
