using IMDD.Contracts.Identity;

namespace IMDD.Contracts.Events;

/// <summary>Keys of <c>imdd.model.rollout.v1</c>: <c>{rolloutId}/{assetPath}/{agent}</c>, so that the last word on each device's part stays.</summary>
public static class RolloutKey
{
    /// <summary>The key of one agent's part of a rollout.</summary>
    public static string Of(string rolloutId, AssetPath asset, string agent) => $"{rolloutId}/{asset}/{NamePart.Checked(agent)}";
}
