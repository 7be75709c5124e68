using IMDD.Contracts.Identity;

namespace IMDD.Contracts.Events;

/// <summary>Keys of <c>imdd.edge.state.v1</c>, which keeps the last record of each: <c>{assetPath}/{kind}/{name}</c>.</summary>
public static class EdgeStateKey
{
    /// <summary>An agent's state.</summary>
    public static string Agent(AssetPath asset, string agent) => $"{asset}/agent/{NamePart.Checked(agent)}";

    /// <summary>A camera's state, as its agent sees it.</summary>
    public static string Camera(CameraPath camera) => $"{camera.Asset}/camera/{camera.Camera}";

    /// <summary>A camera's balance, as its gateway counts it: a key of its own, or compaction would lose one of the two.</summary>
    public static string Balance(CameraPath camera) => $"{camera.Asset}/balance/{camera.Camera}";
}
