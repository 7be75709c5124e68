using IMDD.Contracts.Events;
using IMDD.Contracts.Models;
using IMDD.Edge.Agent.Delivery;
using IMDD.Edge.Agent.Groups;
using IMDD.Edge.Agent.Inspection;
using IMDD.Edge.Agent.Tests.Support;
using IMDD.Hosting;
using IMDD.Inference.Bundles;
using IMDD.Inference.Signing;
using IMDD.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace IMDD.Edge.Agent.Tests;

/// <summary>Which bundles an agent loads.</summary>
public sealed class ModelLoaderTests : IDisposable
{
    private readonly TestDirectory _directory = new();
    private readonly TestSigningKey _key = new();
    private readonly SettableTime _time = new(new DateTimeOffset(2026, 11, 23, 12, 0, 0, TimeSpan.Zero));

    private readonly RunMark _mark = new(file: null);

    private string Bundle => _directory.File("bundle");

    private string Ledger => Path.Combine(_directory.File("store"), "releases.json");

    public void Dispose()
    {
        _directory.Dispose();
        _key.Dispose();
        _mark.Dispose();
    }

    [Fact]
    public void Load_EveryShippedBundle_NeedsNoKeyAndNoOtherIsListed()
    {
        var folders = Directory.GetDirectories(Path.GetDirectoryName(TestBundle.Shipped)!);
        ShippedBundles.Digests.ShouldBe(folders.Select(folder => ModelBundle.Open(folder).Digest), ignoreOrder: true);

        using var segmenter = Load(new ModelOptions { BundleDirectory = TestBundle.Shipped });

        segmenter.Manifest.Name.ShouldBe("contrast");
        File.Exists(Ledger).ShouldBeFalse("no signature, no release");
    }

    [Fact]
    public void Load_ForeignBundle_OnlySignedOrWhereUnsignedIsAllowed()
    {
        TestBundle.Write(Bundle);
        Refused(new ModelOptions { BundleDirectory = Bundle }).ShouldContain("no key is trusted");
        Refused(Options()).ShouldContain("is not signed");
        Load(new ModelOptions { BundleDirectory = Bundle, AllowUnsigned = true }).Dispose();

        _key.SignBundle(Bundle);
        Load(Options()).Dispose();
    }

    [Fact]
    public void Load_ShippedBundleChanged_IsForeign()
    {
        TestBundle.Write(Bundle, manifest => manifest with { Name = "contrast", PixelThreshold = 0.9 });

        Refused(new ModelOptions { BundleDirectory = Bundle }).ShouldContain("not a bundle this program came with");
    }

    [Fact]
    public void Load_OlderReleaseThanHasRun_IsRefusedAlsoAfterARestart()
    {
        Load(Release(5)).Dispose();
        Load(Release(6)).Dispose();

        Refused(Release(5)).ShouldContain("Release 5 of trial");
        Refused(Release(6, version: "1.0.1")).ShouldContain("the one of that counter that has run here");
        Load(Release(6)).Dispose();
        Load(Release(1, name: "another")).Dispose();
    }

    [Fact]
    public void Load_ReleaseThatDoesNotRun_IsNotRemembered()
    {
        Release(7);
        Refused(Options(provider: "cuda"));

        Load(Release(3)).Dispose();
    }

    [Fact]
    public void Load_ExpiredRelease_IsNotActivatedButGoesOnWhereItWas()
    {
        var expires = _time.GetUtcNow().AddDays(1);
        Load(Release(1, expires: expires)).Dispose();

        _time.Now += TimeSpan.FromDays(2);
        Load(Release(1, expires: expires)).Dispose();
        Refused(Release(2, expires: expires)).ShouldContain("has expired");
    }

    [Fact]
    public void Load_TwoReleasesOfANameForTwoGroups_StartAgainAndAgainAlsoWhenTheGroupsGo()
    {
        var expires = _time.GetUtcNow().AddDays(1);
        var options = Options();
        Write("old", 1, expires);
        Write("new", 2, expires);
        Start((null, "old"), ("top", "new"));
        _time.Now += TimeSpan.FromDays(2);
        Start((null, "old"), ("top", "new"));
        Start((null, "old"));
        Start(("top", "new"), (null, "old"));

        // What one group has started with is nothing that another may go back to, nor one that has gone on.
        Write("newer", 3);
        RefusedFor("seam", "Release 1 of trial", (null, "old"), ("seam", "old"));
        Start((null, "newer"), ("top", "new"));
        RefusedFor(null, "Release 1 of trial", (null, "old"), ("top", "new"));
        Start((null, "newer"), ("top", "newer"));
        RefusedFor("top", "Release 2 of trial", (null, "newer"), ("top", "new"));

        // Where no group has a model the agent does not start.
        Should.Throw<ConfigurationInvalidException>(() => Faults((null, "old"), ("top", "old"))).Message.ShouldContain("Release 1 of trial");

        void Write(string folder, long counter, DateTimeOffset? expiresAt = null)
            => TestRelease.Write(_directory.File(folder), _key, counter, manifest => manifest with { ExpiresAt = expiresAt });

        void Start(params (string? Name, string Folder)[] groups) => Faults(groups).ShouldBeEmpty();

        // The others start all the same.
        void RefusedFor(string? name, string message, params (string? Name, string Folder)[] groups)
        {
            var (group, fault) = Faults(groups).ShouldHaveSingleItem();
            group.ShouldBe(name);
            fault.ShouldContain(message);
        }

        List<(string? Group, string Fault)> Faults(params (string? Name, string Folder)[] groups)
        {
            var all = groups.Select(group => TestGroup.Create(folder: _directory.File("store"), bundle: _directory.File(group.Folder), name: group.Name)).ToList();
            try
            {
                var loaded = Loader(options).Load(all);
                foreach (var model in loaded)
                {
                    model.Segmenter?.Dispose();
                }

                return [.. all.Zip(loaded).Where(pair => pair.Second.Fault is not null).Select(pair => (pair.First.Name, pair.Second.Fault!))];
            }
            finally
            {
                all.ForEach(group => group.Dispose());
            }
        }
    }

    [Fact]
    public void Load_WithTheLedgerOfAnOlderAgent_GoesOnWithWhatHasRun()
    {
        var release = Release(5);
        var digest = ModelBundle.Open(Bundle, new BundleTrust { Keys = TrustedKeys.Load(release.TrustedKeys), KnownDigests = ShippedBundles.Digests }).Digest;
        Directory.CreateDirectory(Path.GetDirectoryName(Ledger)!);
        File.WriteAllText(Ledger, $$$"""{"trial":{"counter":5,"digest":"{{{digest}}}"}}""");
        Load(release).Dispose();
        Load(release).Dispose();

        Refused(Release(4)).ShouldContain("Release 4 of trial");
    }

    [Fact]
    public void Load_ConfiguredReleaseOfAGroupThatHasKeptALaterOne_IsAStepBack()
    {
        var release = Release(1);
        Load(release).Dispose();
        TestRelease.Write(_directory.File("delivered"), _key, 2);
        var opener = Opener(release);
        var delivered = opener.Open(_directory.File("delivered"));
        opener.Accept(delivered, group: "top");
        Load(release).Dispose();

        opener.Accept(delivered, group: null);
        Refused(release).ShouldContain("Release 1 of trial");
    }

    [Theory]
    [InlineData("99.0.0")]
    [InlineData("soon")]
    public void Load_BundleForALaterAgent_IsRefused(string version)
    {
        TestBundle.Write(Bundle, manifest => manifest with { MinAgentVersion = version });
        _key.SignBundle(Bundle);

        Refused(Options()).ShouldContain($"minAgentVersion is '{version}'");
    }

    [Theory]
    [InlineData("{\"trial\":{\"counter\":")]
    [InlineData("[]")]
    public void Load_LedgerDamaged_StopsTheStart(string content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Ledger)!);
        File.WriteAllText(Ledger, content);

        Should.Throw<StoreUnavailableException>(() => Load(Release(1))).Message.ShouldContain("releases.json");
    }

    [Fact]
    public void Load_ConfiguredBundleReplacedByAnOlderReleaseAfterAWishWasOver_IsRefusedAndByANewerOneTaken()
    {
        var options = Release(5);
        Load(options).Dispose();
        using var group = TestGroup.Create(folder: _directory.File("store"), bundle: Bundle);
        group.Slots.Write(Pointer(options));
        Loader(options).Load([group])[0].Segmenter!.Dispose();

        Release(3);
        Should.Throw<ConfigurationInvalidException>(() => Loader(options).Load([group])).Message.ShouldContain("Release 3 of trial");
        group.Slots.State!.Deciding().Model.Version.ShouldBe("5");

        Release(6, version: "6");
        using (var newer = Loader(options).Load([group])[0].Segmenter!)
        {
            (group.Slots.State!.Deciding().Model.Digest, group.Slots.State.Deciding().Model.Version).ShouldBe((newer.Digest, "6"));
        }

        Release(5);
        Should.Throw<ConfigurationInvalidException>(() => Loader(options).Load([group])).Message.ShouldContain("Release 5 of trial");

        SlotState Pointer(ModelOptions release) => new()
        {
            Active = "A",
            Slots = new Dictionary<string, SlotContent>(StringComparer.Ordinal)
            {
                ["A"] = new(new ModelRelease("trial", "5", Opener(release).Open(Bundle).Digest, 0), IsConfigured: true, HasDecided: true),
            },
        };
    }

    [Fact]
    public void Open_KeyFileGoneSinceTheStart_ChangesNothing()
    {
        var options = Release(1);
        var opener = Opener(options);
        opener.Open(Bundle);
        File.Delete(options.TrustedKeys[0]);

        opener.Open(Bundle).SignedBy.ShouldNotBeNull();
    }

    [Fact]
    public void Load_ModelThatFails_IsHeldAgainstItsOwnSettingAndAProviderThatIsAbsentAgainstThat()
    {
        Release(1);
        var absent = Should.Throw<ConfigurationInvalidException>(() => Load(Options(provider: "cuda")));
        absent.Message.ShouldContain("Edge:Model:ExecutionProvider");

        var slow = Options();
        slow.WarmUpSizes.Add("1024x1024");
        var late = Should.Throw<ConfigurationInvalidException>(() => Load(slow, new Recipe { Id = "fast@1", DeadlineMs = 1 }));
        late.Message.ShouldContain("Edge:Model:BundleDirectory");
    }

    private ModelOptions Release(long counter, string name = "trial", string version = "1.0.0", DateTimeOffset? expires = null)
    {
        TestBundle.Write(Bundle, manifest => manifest with
        {
            Name = name,
            ReleaseCounter = counter,
            ExpiresAt = expires,
            Version = version,
        });
        _key.SignBundle(Bundle);
        return Options();
    }

    private ModelOptions Options(string provider = "cpu")
    {
        var file = _directory.File("release.pub");
        File.WriteAllText(file, _key.PublicPem);
        return new ModelOptions { BundleDirectory = Bundle, ExecutionProvider = provider, TrustedKeys = { file } };
    }

    [Fact]
    public void Load_ModelSlowerThanTheRecipesDeadline_IsRefused()
    {
        var options = Release(1);
        options.WarmUpSizes.Add("1024x1024");

        Should.Throw<ConfigurationInvalidException>(() => Load(options, new Recipe { Id = "fast@1", DeadlineMs = 1 })).Message.ShouldContain("the deadline is 1 ms");
        using var slow = Load(options, new Recipe { Id = "slow@1", DeadlineMs = 600_000 });
    }

    [Fact]
    public void Load_SlowerThanTheDeadlineWhereNoFrameSizeIsKnown_IsRefusedByASmallOne()
    {
        ModelOptions options = new() { BundleDirectory = Repository.PathOf("edge", "IMDD.Edge.Agent", "bundles", "surfaces") };

        Should.Throw<ConfigurationInvalidException>(() => Load(options, new Recipe { Id = "fast@1", DeadlineMs = 1 })).Message.ShouldContain("256 x 256");
        Load(options, new Recipe { Id = "slow@1", DeadlineMs = 600_000 }).Dispose();
    }

    private Inference.ISegmenter Load(ModelOptions options, Recipe? recipe = null)
    {
        using var group = TestGroup.Create(recipe, _directory.File("store"), options.BundleDirectory);
        return Loader(options).Load([group])[0].Segmenter!;
    }

    private ModelLoader Loader(ModelOptions options)
    {
        AgentIdentity identity = new(new AgentOptions { Asset = "acme/ulm/paint/line2/cell3", Name = "box7" }, _time);
        return new ModelLoader(Opener(options), new DeliveryOptions(), identity, _mark, _time, NullLogger<ModelLoader>.Instance);
    }

    private BundleOpener Opener(ModelOptions options) => TestOpener.Create(options, _directory.File("store"), time: _time);

    private string Refused(ModelOptions options) => Should.Throw<ConfigurationInvalidException>(() => Load(options)).Message;
}
