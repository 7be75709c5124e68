namespace IMDD.Edge.Agent.Outcomes;

/// <summary>What waits in the spool to be stored as blobs for one outcome: the picture, and the masks that are too large for the event.</summary>
/// <param name="OutcomeId">The outcome it proves.</param>
/// <param name="Digest"><c>sha256:</c> and hex of the picture's bytes.</param>
/// <param name="ContentType">Media type of the picture.</param>
/// <param name="SizeBytes">Size of the picture.</param>
/// <param name="Since">When it was spooled.</param>
internal sealed record EvidenceItem(string OutcomeId, string Digest, string ContentType, long SizeBytes, DateTimeOffset Since)
{
    /// <summary>The large masks; mostly none.</summary>
    public IReadOnlyList<EvidenceMask> Masks { get; init; } = [];
}
