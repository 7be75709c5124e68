using System.Collections.Frozen;

namespace IMDD.Edge.Agent.Inspection;

/// <summary>The bundles beside the agent. Their digests are part of the program, so that they need no signature.</summary>
internal static class ShippedBundles
{
    /// <summary>Digests of their manifests.</summary>
    public static IReadOnlySet<string> Digests { get; } = new[]
    {
        "sha256:e512882bf42b356684b4916aa7343e9cfb6df2ca0431c57eb1e6b378add84842", // contrast 1.0.0
        "sha256:e357ad4ab91a907203cb9c81cc263dda07bc574ed01a39f6ee5fa729457dc864", // surfaces: edge-small 1.0.0
    }.ToFrozenSet(StringComparer.Ordinal);
}
