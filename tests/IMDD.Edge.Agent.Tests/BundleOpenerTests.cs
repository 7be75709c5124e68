using IMDD.Edge.Agent.Inspection;
using IMDD.Edge.Agent.Tests.Support;
using IMDD.Inference.Bundles;
using IMDD.Testing;

namespace IMDD.Edge.Agent.Tests;

/// <summary>What a model is warmed up on, and what an accelerator's engine is made for.</summary>
public sealed class BundleOpenerTests : IDisposable
{
    private readonly TestDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Options_NoSizeIsNamed_MakeNoEngineOfWhatWasGuessed()
    {
        var bundle = ModelBundle.Open(TestBundle.Shipped);

        var options = Opener(new AgentOptions { TileSize = "512x512", TileOverlap = 0 }).Options([SeenFrame.StandIn], bundle.Manifest, cameras: []);

        options.Engine.ShouldBeNull("it would refuse frames of every other size");
        options.WarmUpSizes.ShouldBe([(256, 256), (512, 512)]);
    }

    [Fact]
    public void Options_SizesAreNamed_EachIsRunAsItsCamerasGiveIt()
    {
        var bundle = ModelBundle.Open(TestBundle.Shipped);
        AgentOptions agent = new()
        {
            MaxBatch = 3,
            Cameras = { new CameraOptions { Name = "whole" }, new CameraOptions { Name = "tiled", TileSize = "512x512", TileOverlap = 0 } },
        };
        var opener = Opener(agent, "4096x256", "640x480");

        var whole = opener.Options(opener.NamedFrames(["whole"]), bundle.Manifest, ["whole"]);
        var tiled = opener.Options(opener.NamedFrames(["tiled"]), bundle.Manifest, ["tiled"]);
        var both = opener.Options(opener.NamedFrames(cameras: []), bundle.Manifest, cameras: []);

        whole.WarmUpSizes.ShouldBe([(4096, 256), (640, 480)]);
        tiled.WarmUpSizes.ShouldBe([(512, 256), (512, 480), (512, 512)], "a frame that is smaller is not cut, and none is run whole");
        both.WarmUpSizes.ShouldBe([.. whole.WarmUpSizes, .. tiled.WarmUpSizes], ignoreOrder: true);
        foreach (var options in new[] { whole, tiled, both })
        {
            options.Engine.ShouldNotBeNull().Sizes.ShouldBe(options.WarmUpSizes, ignoreOrder: true);
            options.Engine.MaxBatch.ShouldBe(3);
        }
    }

    [Fact]
    public void Options_FrameThatWasSeenBesideThoseNamed_IsRunAndChangesNoEngine()
    {
        var bundle = ModelBundle.Open(TestBundle.Shipped);
        var opener = Opener(new AgentOptions(), "640x480");

        var options = opener.Options([.. opener.NamedFrames(cameras: []), new SeenFrame(1280, 1024, Tiles: null)], bundle.Manifest, cameras: []);

        options.WarmUpSizes.ShouldBe([(640, 480), (1280, 1024)]);
        options.Engine!.Sizes.ShouldBe([(640, 480)]);
    }

    private BundleOpener Opener(AgentOptions agent, params string[] sizes)
    {
        ModelOptions model = new();
        Array.ForEach(sizes, model.WarmUpSizes.Add);
        return TestOpener.Create(model, _directory.File("store"), agent);
    }
}
