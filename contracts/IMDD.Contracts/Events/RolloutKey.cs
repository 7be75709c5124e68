using IMDD.Contracts.Identity;

namespace IMDD.Contracts.Events;

/// <summary>
/// Keys of <c>imdd.model.rollout.v1</c>: <c>{rolloutId}/{assetPath}/{agent}</c>, of a named group of its cameras <c>…/{agent}:{group}</c>, so that the
/// last word on each part stays.
/// </summary>
public static class RolloutKey
{
    /// <summary>The key of the part that an agent, or a named group of its cameras, has in a rollout.</summary>
    public static string Of(string rolloutId, AssetPath asset, string agent, string? group = null)
        => $"{rolloutId}/{asset}/{NamePart.Checked(agent)}" + (group is null ? "" : ":" + NamePart.Checked(group));
}
