namespace IMDD.Edge.Agent.Inspection;

/// <summary>A release that has run on this box.</summary>
/// <param name="Counter">Its release counter.</param>
/// <param name="Digest">Digest of its manifest.</param>
/// <param name="Configured">Digests of that name which the agent was configured with and has run; null: none.</param>
internal sealed record AcceptedRelease(long Counter, string Digest, IReadOnlyList<string>? Configured = null);
