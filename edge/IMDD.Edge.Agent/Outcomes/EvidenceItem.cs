namespace IMDD.Edge.Agent.Outcomes;

/// <summary>A picture that waits in the spool to be stored as a blob.</summary>
/// <param name="OutcomeId">The outcome it proves.</param>
/// <param name="Digest"><c>sha256:</c> and hex of its bytes.</param>
/// <param name="ContentType">Media type.</param>
/// <param name="SizeBytes">Size.</param>
/// <param name="Since">When it was spooled.</param>
internal sealed record EvidenceItem(string OutcomeId, string Digest, string ContentType, long SizeBytes, DateTimeOffset Since);
