namespace IMDD.Edge.Agent.Inspection;

/// <summary>A release that has run on this box.</summary>
/// <param name="Counter">Its release counter.</param>
/// <param name="Digest">Digest of its manifest.</param>
internal sealed record AcceptedRelease(long Counter, string Digest);
