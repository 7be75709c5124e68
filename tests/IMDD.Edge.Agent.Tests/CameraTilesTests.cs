using IMDD.Inference.Tiling;

namespace IMDD.Edge.Agent.Tests;

/// <summary>Which tiles models are warmed up on.</summary>
public sealed class CameraTilesTests
{
    [Fact]
    public void All_CamerasThatAreNotListedMayCome_HasTheAgentsPlanToo()
    {
        AgentOptions options = new() { TileSize = "512x512", TileOverlap = 0, Cameras = { new CameraOptions { Name = "cam1", TileSize = "" }, new CameraOptions { Name = "cam2", TileSize = "256x256" } } };

        CameraTiles.All(options, cameras: []).ShouldBe([new TilePlan(256, 256, 0), new TilePlan(512, 512, 0)]);
        CameraTiles.All(options, ["cam1", "cam2"]).ShouldBe([new TilePlan(256, 256, 0)]);
        CameraTiles.All(options, ["cam1", "cam9"]).ShouldBe([new TilePlan(512, 512, 0)]);
    }
}
