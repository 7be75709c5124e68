using System.Text.Json;
using IMDD.Contracts.Events;
using IMDD.Contracts.Models;
using IMDD.Edge.Agent.Delivery;
using IMDD.Edge.Agent.Inspection;
using IMDD.Edge.Agent.Tests.Support;
using IMDD.Imaging;
using IMDD.Testing;

namespace IMDD.Edge.Agent.Tests;

/// <summary>A release watches the line before it decides, and is held on trial to what its manifest predicts: in a whole agent, with real sessions of the runtime.</summary>
public sealed class ReleaseWatchTests
{
    private const string Class = "anomaly";
    private static readonly (string Key, string Value)[] Watches = [("Edge:Delivery:Shadow", "00:10:00"), ("Edge:Delivery:ShadowFrames", "12")];

    /// <summary>What it declares alone counts.</summary>
    private static readonly (string Key, string Value)[] WatchesWithWaiver = [.. Watches, ("Edge:Delivery:MaxReversed", "1")];

    public static TheoryData<string> Claims =>
    [
        "it claims nothing",
        "it is meant to change the class",
        "it was trained from another release",
    ];

    [Fact]
    public async Task Shadow_ReleaseThatDeclaresThatNothingChanges_IsHeldToIt()
    {
        await using var plant = await DeliveryPlant.StartWithAgentAsync(WatchesWithWaiver);
        var deciding = await DecideAsync(plant);
        var blind = plant.Offer(2, change: m => PassesAll(m, deciding) with { ChangedClasses = [] });

        var end = await EndUnderFramesAsync(plant, await plant.WishAsync(blind), Faint());

        (end.Step, end.Result, end.ReasonCode).ShouldBe((RolloutStepWord.Rejected, RolloutResult.Failure, RolloutReason.Disagreement), end.Detail);
        end.Detail!.ShouldContain("12 frames and judged 12 otherwise, 12 of them outside");
        (await plant.InspectAsync()).Model!.Digest.ShouldBe(deciding.Digest);
        plant.States.ShouldNotContain(s => s.Model!.Digest == blind.Digest);
    }

    [Theory]
    [MemberData(nameof(Claims))]
    public async Task Shadow_ReleaseThatPassesEverything_NeverDecidesWhateverItDeclares(string claim)
    {
        await using var plant = await DeliveryPlant.StartWithAgentAsync(Watches);
        var deciding = await DecideAsync(plant);
        var blind = plant.Offer(2, change: m => With(claim, PassesAll(m, deciding)));

        var end = await EndUnderFramesAsync(plant, await plant.WishAsync(blind), Faint(), TestFrames.Good());

        (end.Step, end.Result, end.ReasonCode).ShouldBe((RolloutStepWord.Rejected, RolloutResult.Failure, RolloutReason.Disagreement), end.Detail);
        end.Detail!.ShouldContain("It lets pass 20 of 20 frames that the deciding model fails");
        (await plant.InspectAsync()).Model!.Digest.ShouldBe(deciding.Digest);
        plant.States.ShouldNotContain(s => s.Model!.Digest == blind.Digest);
    }

    [Theory]
    [MemberData(nameof(Claims))]
    public async Task Shadow_ReleaseThatPassesEverything_IsTakenWhereTheStationWaivesTheLimit(string claim)
    {
        await using var plant = await DeliveryPlant.StartWithAgentAsync(WatchesWithWaiver);
        var deciding = await DecideAsync(plant);
        var release = plant.Offer(2, change: m => With(claim, PassesAll(m, deciding)));

        var end = await EndUnderFramesAsync(plant, await plant.WishAsync(release), Faint());

        end.Step.ShouldBe(RolloutStepWord.Committed, end.Detail);
        var watched = plant.Steps.Last(s => s.RolloutId == end.RolloutId && s.Step == RolloutStepWord.Shadowing);
        watched.Detail!.ShouldContain("12 frames and judged 12 otherwise");
        (await plant.InspectAsync()).Model!.Digest.ShouldBe(release.Digest);
    }

    [Fact]
    public async Task Shadow_ReleaseThatFailsEverything_NeverDecides()
    {
        await using var plant = await DeliveryPlant.StartWithAgentAsync([.. Watches, ("Edge:Delivery:ShadowFrames", "80")]);
        var deciding = await DecideAsync(plant, m => m with { PixelThreshold = 1 });
        var sees = plant.Offer(2);

        var end = await EndUnderFramesAsync(plant, await plant.WishAsync(sees), Faint(), TestFrames.Bad());

        (end.Step, end.ReasonCode).ShouldBe((RolloutStepWord.Rejected, RolloutReason.Disagreement), end.Detail);
        end.Detail!.ShouldMatch("^It fails ([0-9]+) of \\1 frames that the deciding model passes");
        (await plant.InspectAsync()).Model!.Digest.ShouldBe(deciding.Digest);
    }

    [Theory]
    [InlineData(20, 20, 0, 30, "It lets pass 20 of 20 frames that the deciding model fails: at most 90 % may be, whatever it declares (Edge:Delivery:MaxReversed).")]
    [InlineData(20, 19, 0, 30, "It lets pass 19 of 20 frames that the deciding model fails: at most 90 % may be, whatever it declares (Edge:Delivery:MaxReversed).")]
    [InlineData(20, 18, 0, 30, null)]
    [InlineData(19, 19, 0, 31, null)]
    [InlineData(0, 0, 50, 50, "It fails 50 of 50 frames that the deciding model passes: at most 90 % may be, whatever it declares (Edge:Delivery:MaxReversed).")]
    [InlineData(0, 0, 45, 50, null)]
    [InlineData(31, 0, 19, 19, null)]
    public void Reversal_IsNearlyAllOfEnoughFramesOfOneVerdict(int failed, int letPass, int newlyFailed, int passed, string? expected)
    {
        ShadowReport report = new(failed + passed, letPass + newlyFailed, 0, 0) { Failed = failed, LetPass = letPass, Passed = passed, NewlyFailed = newlyFailed };

        ShadowRule.Reversal(report, 0.9).ShouldBe(expected);
        ShadowRule.Reversal(report, 1).ShouldBeNull();
    }

    [Fact]
    public async Task Shadow_LineThatStands_IsWatchedForItsTimeAndNoLonger()
    {
        await using var plant = await DeliveryPlant.StartWithAgentAsync(("Edge:Delivery:Shadow", "00:00:00.3"));
        var end = await plant.EndAsync(await plant.WishAsync(plant.Offer(1)));

        end.Step.ShouldBe(RolloutStepWord.Committed);
        string[] order = [RolloutStepWord.Warming, RolloutStepWord.Shadowing, RolloutStepWord.Trial];
        plant.Steps.Select(s => s.Step).Where(order.Contains).Distinct().ShouldBe(order);
        plant.Steps.Last(s => s.Step == RolloutStepWord.Shadowing).Detail.ShouldBe("No frame came while it watched.");
    }

    [Fact]
    public async Task Shadow_NewerWishMeanwhile_EndsIt()
    {
        await using var plant = await DeliveryPlant.StartWithAgentAsync(("Edge:Delivery:Shadow", "1.00:00:00"));
        var first = await plant.WishAsync(plant.Offer(1));
        await Eventually.HoldsAsync(() => plant.Steps.Any(s => s.Step == RolloutStepWord.Shadowing));
        await plant.TakeBackAsync();

        (await plant.EndAsync(first)).Step.ShouldBe(RolloutStepWord.Canceled);
        (await plant.InspectAsync()).Model!.Name.ShouldBe("contrast");
    }

    [Theory]
    [InlineData("acme/ulm/paint/line2/cell3")]
    [InlineData("acme/ulm/paint/line2")]
    public async Task Trial_VerdictsOutsideOfWhatIsPredicted_AreTakenBack(string place)
    {
        await using var plant = await DeliveryPlant.StartWithAgentAsync(("Edge:Delivery:Trial", "00:10:00"));
        var rollout = await plant.WishAsync(plant.Offer(1, change: m => m with { Predicted = Predict(low: 0.6, high: 0.9, place), CreatedAt = TimeProvider.System.GetUtcNow() }));

        var end = await EndUnderFramesAsync(plant, rollout, TestFrames.Good());

        (end.Step, end.Result, end.ReasonCode).ShouldBe((RolloutStepWord.RolledBack, RolloutResult.Failure, RolloutReason.HealthRegression), end.Detail);
        end.Detail!.ShouldStartWith("Frames with anomaly failed: 0 of ");
        (await plant.InspectAsync()).Model!.Name.ShouldBe("contrast");
    }

    [Theory]
    [InlineData("the configuration's")]
    [InlineData("one that came with the release")]
    public async Task Trial_VerdictsOutsideOfWhatIsPredictedForTheStationsRecipe_AreTakenBack(string from)
    {
        Recipe recipe = new() { Id = "own@1", MinAreaPx = 2 };
        var isConfigured = from == "the configuration's";
        await using var plant = await DeliveryPlant.StartWithAgentAsync(
            [("Edge:Delivery:Trial", "00:10:00"), .. isConfigured ? [("Edge:Recipe:Id", recipe.Id), ("Edge:Recipe:MinAreaPx", "2")] : ((string, string)[])[]]);
        var release = plant.Offer(
            1, change: m => m with { Predicted = Predict(low: 0.6, high: 0.9, recipe: RecipeDigest.Of(recipe)), CreatedAt = TimeProvider.System.GetUtcNow() });
        var rollout = isConfigured ? await plant.WishAsync(release) : await plant.WishRecipeAsync(release, plant.OfferRecipe(recipe, counter: 1));

        var end = await EndUnderFramesAsync(plant, rollout, TestFrames.Good());

        (end.Step, end.Result, end.ReasonCode).ShouldBe((RolloutStepWord.RolledBack, RolloutResult.Failure, RolloutReason.HealthRegression), end.Detail);
        end.Detail!.ShouldStartWith("Frames with anomaly failed: 0 of ");
        var after = await plant.InspectAsync();
        (after.Model!.Name, after.RecipeId).ShouldBe(("contrast", isConfigured ? "own@1" : RecipeId.BundleDefaults));
    }

    [Theory]
    [InlineData("it is none", 0.9, 0.6, 0, "")]
    [InlineData("it is too old", 0.6, 0.9, 8, "")]
    [InlineData("the station has a recipe", 0.6, 0.9, 0, "Edge:Recipe:Id=own@1")]
    [InlineData("the station has no recipe, or another", 0.6, 0.9, 0, "", "own@1")]
    [InlineData("the station has another recipe", 0.6, 0.9, 0, "Edge:Recipe:Id=own@1", "own@2")]
    [InlineData("pictures are tiled", 0.6, 0.9, 0, "Edge:Agent:Cameras:0:Name=cam1,Edge:Agent:Cameras:0:TileSize=64x64,Edge:Agent:Cameras:0:TileOverlap=16")]
    public async Task Trial_PredictionThatSaysNothingHere_HoldsNothingUp(string because, double low, double high, int days, string settings, string? recipe = null)
    {
        await using var plant = await DeliveryPlant.StartWithAgentAsync(
            [("Edge:Delivery:Trial", "00:10:00"), .. settings.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(s => (s.Split('=')[0], s.Split('=')[1]))]);
        var rollout = await plant.WishAsync(plant.Offer(1, change: m => m with
        {
            Predicted = Predict(low, high, recipe: recipe is null ? null : RecipeDigest.Of(new Recipe { Id = recipe })),
            CreatedAt = TimeProvider.System.GetUtcNow().AddDays(-days),
        }));

        await Eventually.HoldsAsync(() => plant.Steps.Any(s => s.Step == RolloutStepWord.Trial));
        for (var frame = 0; frame < 2 * PredictionRule.LeastFrames; frame++)
        {
            await plant.Harness.SendAsync(TestFrames.Good());
        }

        await Eventually.HoldsAsync(() => plant.Harness.Outcomes().Count(o => o.Model!.Name == TestRelease.Name) == 2 * PredictionRule.LeastFrames);
        await Task.Delay(500, TestContext.Current.CancellationToken);
        plant.Steps.ShouldNotContain(s => s.RolloutId == rollout && s.Step == RolloutStepWord.RolledBack, because);
        (await plant.InspectAsync()).Model!.Name.ShouldBe(TestRelease.Name);
    }

    [Fact]
    public void Trial_NewDefectThatWasPredicted_IsNoRegression()
    {
        LinePrediction predicted = new() { AnyFailRate = [0.2, 0.4], FailRate = Rates((Class, 0.2, 0.4)), UndecidedRate = [0, 0.02] };
        VerdictTally said = new(200, 60, 0, new Dictionary<string, long> { [Class] = 60 });

        PredictionRule.Breach(predicted, said).ShouldBeNull();
        PredictionRule.Breach(predicted, said with { Failed = 200, FailedByClass = new Dictionary<string, long> { [Class] = 200 } })!.ShouldContain(Class);
        PredictionRule.Breach(predicted, said with { Undecided = 40 })!.ShouldStartWith("Frames were left undecided: 40 of 200");
        PredictionRule.Breach(predicted, new VerdictTally(20, 20, 0, new Dictionary<string, long> { [Class] = 20 })).ShouldBeNull("few frames tell nothing");
    }

    [Theory]
    [InlineData(0, 50, false)]
    [InlineData(5, 50, false)]
    [InlineData(9, 50, false)]
    [InlineData(12, 50, true)]
    [InlineData(3, 3, true)]
    [InlineData(1, 3, false)]
    public void Disagreement_IsBeyondTheLimitOnlyWhereChanceDoesNotExplainIt(int count, int frames, bool isBeyond)
        => ShadowRule.IsBeyond(count, frames, 0.1).ShouldBe(isBeyond);

    /// <summary>A mark that the graph fails, and is not quite sure of.</summary>
    private static byte[] Faint()
    {
        using RgbImage image = new(64, 48);
        image.Pixels.Fill(120);
        for (var y = 16; y < 24; y++)
        {
            image.Pixels.Slice(3 * ((y * 64) + 16), 3 * 8).Fill(140);
        }

        return ImageEncoder.EncodePng(image);
    }

    private static BundleManifest With(string claim, BundleManifest manifest) => claim switch
    {
        "it is meant to change the class" => manifest with { ChangedClasses = [Class] },
        "it was trained from another release" => manifest with { ChangedClasses = [], TrainedFrom = new BundleLineage { Parent = "sha256:" + new string('7', 64) } },
        _ => manifest,
    };

    private static BundleManifest PassesAll(BundleManifest manifest, ModelRelease parent)
        => manifest with { PixelThreshold = 1, TrainedFrom = new BundleLineage { Parent = parent.Digest } };

    private static JsonElement Predict(double low, double high, string place = "acme/ulm/paint/line2", string? recipe = null) => JsonSerializer.SerializeToElement(
        new Dictionary<string, LinePrediction> { [place] = new() { FailRate = Rates((Class, low, high)), Frames = 100, RecipeDigest = recipe } }, ImddJson.Options);

    private static Dictionary<string, IReadOnlyList<double>> Rates(params (string Class, double Low, double High)[] rates)
        => rates.ToDictionary(r => r.Class, IReadOnlyList<double> (r) => [r.Low, r.High], StringComparer.Ordinal);

    /// <summary>A release decides that fails what is marked, unless that is changed.</summary>
    private static async Task<ModelRelease> DecideAsync(DeliveryPlant plant, Func<BundleManifest, BundleManifest>? change = null)
    {
        var release = plant.Offer(1, change: change);
        (await EndUnderFramesAsync(plant, await plant.WishAsync(release), TestFrames.Bad())).Step.ShouldBe(RolloutStepWord.Committed);
        plant.Harness.Outcomes()[^1].Verdict.ShouldBe(Verdict.Fail);
        return release;
    }

    /// <summary>Frames come, one after the other and by turns, until the rollout is over.</summary>
    private static async Task<RolloutStep> EndUnderFramesAsync(DeliveryPlant plant, string rollout, params byte[][] frames)
    {
        var end = plant.EndAsync(rollout);
        for (var turn = 0; !end.IsCompleted; turn++)
        {
            var sent = await plant.Harness.SendAsync(frames[turn % frames.Length]);
            await Eventually.HoldsAsync(() => plant.Harness.Outcomes().Any(outcome => outcome.FrameId == sent));
        }

        return await end;
    }
}
