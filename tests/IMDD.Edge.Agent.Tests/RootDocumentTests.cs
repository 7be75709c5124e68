using IMDD.Contracts.Events;
using IMDD.Contracts.Models;
using IMDD.Edge.Agent.Faults;
using IMDD.Edge.Agent.Inspection;
using IMDD.Edge.Agent.Outcomes;
using IMDD.Edge.Agent.Tests.Support;
using IMDD.Hosting;
using IMDD.Inference.Signing;
using IMDD.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace IMDD.Edge.Agent.Tests;

/// <summary>Which keys an agent takes, in a whole agent with a broker, and what makes it change its mind.</summary>
public sealed class RootDocumentTests : IDisposable
{
    private readonly TestDirectory _directory = new();
    private readonly TestSigningKey _root = new();
    private readonly TestSigningKey _first = new();
    private readonly TestSigningKey _second = new();
    private readonly TestSigningKey _foreign = new();

    private string Pinned => _directory.File("root-1.dsse");

    public void Dispose()
    {
        foreach (var key in new[] { _root, _first, _second, _foreign })
        {
            key.Dispose();
        }

        _directory.Dispose();
    }

    [Fact]
    public async Task Rotation_WhileTheAgentRuns_TakesTheNewKeyAndNoMoreOfTheOld()
    {
        await using var plant = await StartAsync(Document(1, _first));
        var old = plant.Offer(1, _first);
        var recipe = plant.OfferRecipe(new Recipe { Id = "door-red@1" }, counter: 1, _first);
        (await plant.EndAsync(await plant.WishRecipeAsync(old, recipe))).Result.ShouldBe(RolloutResult.Success);

        // Old and new for a while, then the new one alone: two steps that the agent has slept through are followed in turn.
        plant.Registry.OfferRoot(2, Document(2, _first, _second).Write());
        plant.Registry.OfferRoot(3, Document(3, _second).Write());
        var revoked = await plant.EndAsync(await plant.WishAsync(plant.Offer(2, _first)));
        (revoked.Step, revoked.ReasonCode).ShouldBe((RolloutStepWord.Rejected, RolloutReason.SignatureInvalid), revoked.Detail);
        Kept(plant).ShouldBe(3);
        var refused = await plant.EndAsync(await plant.WishRecipeAsync(old, plant.OfferRecipe(new Recipe { Id = "door-red@2" }, counter: 2, _first)));
        refused.ReasonCode.ShouldBe(RolloutReason.SignatureInvalid, refused.Detail);

        // What decides was signed by a key that is withdrawn, and goes on, also through a restart.
        (await plant.InspectAsync()).Model!.Digest.ShouldBe(old.Digest);
        await plant.Harness.StopAgentAsync();
        await plant.Harness.StartAgentAsync(Settings(plant));
        var outcome = await plant.InspectAsync();
        (outcome.Model!.Digest, outcome.RecipeDigest).ShouldBe((old.Digest, recipe));

        var release = plant.Offer(3, _second);
        (await plant.EndAsync(await plant.WishAsync(release))).Result.ShouldBe(RolloutResult.Success);
        (await plant.InspectAsync()).Model!.Digest.ShouldBe(release.Digest);
    }

    [Fact]
    public async Task Rotation_FollowedForTwoGroupsOfCamerasAtOnce_IsFollowedOnce()
    {
        await using var plant = await StartAsync(
            Document(1, _first),
            ("Edge:Agent:Cameras:0:Name", "cam1"), ("Edge:Agent:Cameras:1:Name", "cam2"), ("Edge:Agent:Groups:0:Name", "seam"), ("Edge:Agent:Groups:0:Cameras:0", "cam2"));
        for (var version = 2; version <= 9; version++)
        {
            plant.Registry.OfferRoot(version, Document(version, _second).Write());
        }

        var release = plant.Offer(1, _second);
        await plant.WishAsync(release, wish => wish with { Slots = [new() { Model = release, RolloutId = "rest" }, new() { Group = "seam", Cameras = ["cam2"], Model = release, RolloutId = "seam" }] });

        (await plant.EndAsync("rest")).Result.ShouldBe(RolloutResult.Success);
        (await plant.EndAsync("seam")).Result.ShouldBe(RolloutResult.Success);
        Kept(plant).ShouldBe(9);
    }

    [Fact]
    public async Task RootRotation_SignedByBoth_IsFollowedAndTheOldRootKeyIsGoodNoMore()
    {
        await using var plant = await StartAsync(Document(1, _first));
        using TestSigningKey next = new();
        plant.Registry.OfferRoot(2, (Document(2, _first) with { Root = [next], Signers = [_root, next] }).Write());
        plant.Registry.OfferRoot(3, Document(3, _foreign).Write());

        var end = await plant.EndAsync(await plant.WishAsync(plant.Offer(1, _first)));

        end.ReasonCode.ShouldBe(RolloutReason.SignatureInvalid, end.Detail);
        Kept(plant).ShouldBe(2);
    }

    [Theory]
    [InlineData("an older version under the next number")]
    [InlineData("a version left out")]
    [InlineData("not signed by the old root key")]
    [InlineData("not signed by its own root key")]
    [InlineData("signed by the release key")]
    [InlineData("a key in both roles")]
    [InlineData("of the type of a manifest")]
    [InlineData("a byte changed")]
    public async Task NextDocument_ThatDoesNotFollow_IsRefusedAndNothingIsKept(string fault)
    {
        await using var plant = await StartAsync(Document(1, _first));
        var good = plant.Offer(1, _first);
        (await plant.EndAsync(await plant.WishAsync(good))).Result.ShouldBe(RolloutResult.Success);
        plant.Registry.OfferRoot(2, Bad(fault));

        var end = await plant.EndAsync(await plant.WishAsync(plant.Offer(2, _foreign)));

        (end.Step, end.ReasonCode).ShouldBe((RolloutStepWord.Rejected, RolloutReason.SignatureInvalid), end.Detail);
        Kept(plant).ShouldBe(1);
        (await plant.InspectAsync()).Model!.Digest.ShouldBe(good.Digest);
    }

    [Fact]
    public async Task Manifest_SignedByTheRootKey_IsRefused()
    {
        await using var plant = await StartAsync(Document(1, _first));

        var end = await plant.EndAsync(await plant.WishAsync(plant.Offer(1, _root)));

        (end.Step, end.ReasonCode).ShouldBe((RolloutStepWord.Rejected, RolloutReason.SignatureInvalid), end.Detail);
    }

    [Fact]
    public async Task Expired_NothingNewBecomesActiveAndWhatDecidesGoesOn()
    {
        ShiftedTime time = new();
        await using var plant = await StartAsync(Document(1, _first) with { ExpiresAt = time.GetUtcNow().AddDays(1) }, time);
        var good = plant.Offer(1, _first);
        (await plant.EndAsync(await plant.WishAsync(good))).Result.ShouldBe(RolloutResult.Success);
        time.Shift(TimeSpan.FromDays(2));

        var late = await plant.EndAsync(await plant.WishAsync(plant.Offer(2, _first)));
        (late.Step, late.ReasonCode).ShouldBe((RolloutStepWord.Rejected, RolloutReason.Expired), late.Detail);
        late.Detail!.ShouldContain("Root document 1");
        await plant.Harness.StopAgentAsync();
        await plant.Harness.StartAgentAsync(Settings(plant));
        (await plant.InspectAsync()).Model!.Digest.ShouldBe(good.Digest);

        plant.Registry.OfferRoot(2, Document(2, _first).Write());
        (await plant.EndAsync(await plant.WishAsync(plant.Offer(3, _first)))).Result.ShouldBe(RolloutResult.Success);
    }

    [Fact]
    public async Task CrashPoints_OneAfterTheOther_LeaveTheOldDocumentOrTheNew()
    {
        await using var plant = await DeliveryPlant.StartAsync();
        await File.WriteAllBytesAsync(Pinned, Document(1, _first).Write(), TestContext.Current.CancellationToken);
        var version = 1;
        foreach (var point in CrashPoints.RootNames)
        {
            var before = version == 1 ? 1 : Kept(plant);
            plant.Registry.OfferRoot(++version, Document(version, _first, _second).Write());
            await plant.WishAsync(plant.Offer(version, _second));

            // The first life also writes the pinned document, which the point of the file itself would take for the next.
            using var agent = await plant.Harness.StartProcessAsync(before == 1 && point == "after-root-written" ? point + ":2" : point, Settings(plant));
            await Eventually.HoldsAsync(() => agent.HasExited);
            agent.Output.ShouldContain($"Crash point {point}");
            Kept(plant).ShouldBeInRange(before, version);
        }

        var last = plant.Offer(version + 1, _second);
        var rollout = await plant.WishAsync(last);
        using var survivor = await plant.Harness.StartProcessAsync(crashPoint: null, Settings(plant));
        (await plant.EndAsync(rollout)).Result.ShouldBe(RolloutResult.Success, survivor.Output);
        Kept(plant).ShouldBe(version);
    }

    [Fact]
    public void Start_KeptDocument_WinsOverAnOlderConfiguredOne()
    {
        Open(Document(2, _second)).Root!.Document.Version.ShouldBe(2);

        var store = Open(Document(1, _first));

        store.Root!.ReleaseKeys.Ids.ShouldBe([_second.Id]);
        Should.Throw<TrustRootException>(() => store.Follow(Document(2, _foreign).Write()));
        store.Follow(Document(3, _first).Write());
        Open(Document(1, _first)).Root!.Document.Version.ShouldBe(3);
    }

    [Fact]
    public void Start_AnotherDocumentOfTheSameVersionOrDamage_IsAnErrorThatNamesTheFile()
    {
        Open(Document(1, _first));
        Should.Throw<ConfigurationInvalidException>(() => Open(Document(1, _foreign))).Message.ShouldContain("Edge:Model:TrustRoot");

        var file = _directory.File(Path.Combine("store", "trust", "root.dsse"));
        File.WriteAllText(file, "{\"payloadType\":");
        Should.Throw<StoreUnavailableException>(() => Open(Document(1, _first))).Message.ShouldContain(file);
    }

    [Theory]
    [InlineData("keys beside it", "TrustedKeys beside it must be empty")]
    [InlineData("no file", "nowhere.dsse")]
    [InlineData("not signed", "0 good signatures of its own root keys")]
    public void Options_ThatCannotBe_AreNamed(string fault, string expected)
    {
        File.WriteAllText(_directory.File("key.pub"), _first.PublicPem);
        File.WriteAllBytes(Pinned, (fault == "not signed" ? Document(1, _first) with { Signers = [_foreign] } : Document(1, _first)).Write());
        ModelOptions options = new() { TrustRoot = fault == "no file" ? _directory.File("nowhere.dsse") : Pinned };
        if (fault == "keys beside it")
        {
            options.TrustedKeys.Add(_directory.File("key.pub"));
        }

        new ModelOptionsValidator().Validate(null, options).FailureMessage!.ShouldContain(expected);
    }

    private byte[] Bad(string fault) => fault switch
    {
        "an older version under the next number" => Document(1, _foreign).Write(),
        "a version left out" => Document(3, _foreign).Write(),
        "not signed by the old root key" => (Document(2, _foreign) with { Root = [_second] }).Write(),
        "not signed by its own root key" => (Document(2, _foreign) with { Root = [_second], Signers = [_root] }).Write(),
        "signed by the release key" => (Document(2, _foreign) with { Signers = [_first] }).Write(),
        "a key in both roles" => Document(2, _foreign, _root).Write(),
        "of the type of a manifest" => (Document(2, _foreign) with { PayloadType = DsseEnvelope.ModelPayloadType }).Write(),
        _ => Flipped(Document(2, _foreign).Write()),
    };

    private static byte[] Flipped(byte[] bytes)
    {
        bytes[bytes.Length / 2] ^= 1;
        return bytes;
    }

    private TestRoot Document(long version, params TestSigningKey[] release) => new(version) { Root = [_root], Release = release };

    private TrustStore Open(TestRoot root)
    {
        File.WriteAllBytes(Pinned, root.Write());
        return new TrustStore(
            Microsoft.Extensions.Options.Options.Create(new ModelOptions { TrustRoot = Pinned }),
            Microsoft.Extensions.Options.Options.Create(new StoreOptions { Directory = _directory.File("store") }),
            CrashPoints.None, TimeProvider.System, NullLogger<TrustStore>.Instance);
    }

    private Task<DeliveryPlant> StartAsync(TestRoot root, params (string Key, string Value)[] settings) => StartAsync(root, time: null, settings);

    private async Task<DeliveryPlant> StartAsync(TestRoot root, TimeProvider? time, params (string Key, string Value)[] settings)
    {
        await File.WriteAllBytesAsync(Pinned, root.Write(), TestContext.Current.CancellationToken);
        var plant = await DeliveryPlant.StartAsync();
        plant.Harness.Time = time;
        plant.Harness.HasRealModel = true;
        await plant.Harness.StartAgentAsync([.. Settings(plant), .. settings]);
        return plant;
    }

    private (string Key, string Value)[] Settings(DeliveryPlant plant)
        => [.. plant.Settings.Where(setting => !setting.Key.StartsWith("Edge:Model:TrustedKeys", StringComparison.Ordinal)), ("Edge:Model:TrustRoot", Pinned)];

    private static long Kept(DeliveryPlant plant)
        => SignedRoot.Pin(File.ReadAllBytes(Path.Combine(plant.Harness.StoreFolder, "trust", "root.dsse"))).Document.Version;
}
