using IMDD.Inference.Tiling;

namespace IMDD.Edge.Agent.Tests;

/// <summary>How frames are given to models, which are warmed up so.</summary>
public sealed class CameraTilesTests
{
    [Fact]
    public void All_CamerasThatAreNamed_HavePlansOfTheirOwnOrAreWhole()
    {
        AgentOptions options = new()
        {
            TileSize = "512x512",
            TileOverlap = 0,
            Cameras = { new CameraOptions { Name = "cam1", TileSize = "" }, new CameraOptions { Name = "cam2", TileSize = "256x256" }, new CameraOptions { Name = "cam3" }, new CameraOptions { Name = "cam4" } },
        };

        CameraTiles.All(options, cameras: []).ShouldBe([null, new TilePlan(256, 256, 0), new TilePlan(512, 512, 0)]);
        CameraTiles.All(options, ["cam2"]).ShouldBe([new TilePlan(256, 256, 0)]);
        CameraTiles.All(options, ["cam1", "cam3"]).ShouldBe([null, new TilePlan(512, 512, 0)]);
    }

    [Theory]
    [InlineData("", null)]
    [InlineData("512x512", 512)]
    public void All_NoCameraIsNamed_IsTheAgentsPlan(string size, int? side)
        => CameraTiles.All(new AgentOptions { TileSize = size, TileOverlap = 0 }, cameras: []).ShouldBe([side is { } pixels ? new TilePlan(pixels, pixels, 0) : null]);
}
