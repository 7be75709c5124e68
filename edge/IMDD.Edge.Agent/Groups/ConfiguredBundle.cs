namespace IMDD.Edge.Agent.Groups;

/// <summary>The bundle that the configuration names.</summary>
/// <param name="Directory">Its folder, as the configuration says.</param>
/// <param name="Key">The key that says so.</param>
internal sealed record ConfiguredBundle(string Directory, string Key);
