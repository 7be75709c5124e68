using System.Collections.Frozen;

namespace IMDD.Edge.Agent.Inspection;

/// <summary>The bundles beside the agent. Their digests are part of the program, so that they need no signature.</summary>
internal static class ShippedBundles
{
    /// <summary>Digests of their manifests.</summary>
    public static IReadOnlySet<string> Digests { get; } = new[]
    {
        "sha256:e512882bf42b356684b4916aa7343e9cfb6df2ca0431c57eb1e6b378add84842", // contrast 1.0.0
        "sha256:c34954e7a48ef48d2453bc8bf289c4d4bdde79e94827c988499aab86a6ebf365", // surfaces: edge-small 1.0.0
    }.ToFrozenSet(StringComparer.Ordinal);
}
