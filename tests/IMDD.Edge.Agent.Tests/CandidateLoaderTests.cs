using IMDD.Contracts.Events;
using IMDD.Edge.Agent.Delivery;
using IMDD.Edge.Agent.Inspection;
using IMDD.Edge.Agent.Tests.Support;
using IMDD.Inference.Bundles;
using IMDD.Inference.Tiling;
using IMDD.Testing;

namespace IMDD.Edge.Agent.Tests;

/// <summary>What a release is run on before it decides.</summary>
public sealed class CandidateLoaderTests : IDisposable
{
    private readonly TestDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Load_WhereFramesAreTiled_RunsTilesAndNeverTheWholeFrame()
    {
        // A batch of such frames is more than an array can hold.
        SeenFrame large = new(4096, 4096, new TilePlan(64, 64, 0));
        var bundle = ModelBundle.Open(TestBundle.Shipped);

        (await Loader(large).LoadAsync(bundle)).Dispose();
        (await Loader(large).ProveAsync(bundle, deadline: null, present: null)).Dispose();

        var whole = await Should.ThrowAsync<Inference.SegmenterException>(() => Loader(large with { Tiles = null }).LoadAsync(bundle));
        whole.Message.ShouldContain("4096");
    }

    [Fact]
    public async Task Prove_WhereFramesAreTiled_HoldsAllOfAFramesTilesAgainstTheDeadline()
    {
        var bundle = ModelBundle.Open(TestBundle.Shipped);
        SeenFrame one = new(64, 64, new TilePlan(64, 64, 0));

        // A few tiles of 64 by 64 are no hundredth of what 1,024 of them take.
        var enough = TimeSpan.FromSeconds(20);
        (await Loader(one).ProveAsync(bundle, enough, enough)).Dispose();
        var late = await Should.ThrowAsync<DeliveryException>(() => Loader(one with { Width = 2048, Height = 2048 }).ProveAsync(bundle, TimeSpan.FromMilliseconds(1), present: null));

        late.ReasonCode.ShouldBe(RolloutReason.TooSlow);
        late.Message.ShouldContain("A frame of 2048 x 2048");
    }

    [Theory]
    [InlineData("cpu", "4096")]
    [InlineData("tensorrt", "was asked for")]
    public async Task Load_FrameSeenBesideTheSizesThatAreNamed_IsRunUnlessAnEngineIsForThoseAlone(string provider, string failure)
    {
        // One frame is more than an array can hold; where it is left out, the provider that is not there is what fails.
        SeenFrame stray = new(4096, 4096, Tiles: null);
        ModelOptions model = new() { Threads = 1, ExecutionProvider = provider };
        model.WarmUpSizes.Add("64x64");

        var error = await Should.ThrowAsync<Inference.SegmenterException>(() => Loader(stray, model).LoadAsync(ModelBundle.Open(TestBundle.Shipped)));

        error.Message.ShouldContain(failure);
    }

    private CandidateLoader Loader(SeenFrame seen, ModelOptions? options = null)
    {
        var group = TestGroup.Create(folder: _directory.File("store"));
        group.Slot.TryUse(seen, (_, _) => { }).ShouldBeFalse("there is no model");
        var opener = TestOpener.Create(options ?? new ModelOptions { Threads = 1 }, _directory.File("store"), new AgentOptions { MaxBatch = 64 });
        return new CandidateLoader(opener, new DeliveryOptions(), group);
    }
}
