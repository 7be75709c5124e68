using IMDD.Contracts.Identity;
using IMDD.Edge.Agent.Groups;
using IMDD.Edge.Agent.Intake;
using IMDD.Inference.Tiling;

namespace IMDD.Edge.Agent.Tests.Support;

/// <summary>Frames under way that no broker has sent.</summary>
internal static class InFlight
{
    private static readonly CameraGroup AllCameras = TestGroup.Create();

    public static FrameInFlight Create(string frameId, CameraLine? line = null, TilePlan? tiles = null, CameraGroup? group = null) => new()
    {
        Line = line ?? new CameraLine(AgentHarness.Camera("cam1"), OverloadPolicy.Block, TimeSpan.FromSeconds(30), TimeProvider.System, _ => { })
        {
            Group = group ?? AllCameras,
            Tiles = tiles,
        },
        Header = new FrameHeader { FrameId = frameId },
        OutcomeId = EventId.ForOutcome(AgentHarness.Camera("cam1"), frameId),
        ReceivedAt = DateTimeOffset.UnixEpoch,
        ReceivedTimestamp = 0,
        Happened = DateTimeOffset.UnixEpoch,
    };
}
