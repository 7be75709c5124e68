namespace IMDD.Edge.Agent.Outcomes;

/// <summary>A mask that is too large for its event and waits in the spool.</summary>
/// <param name="Region">Index of its region in the defect event.</param>
/// <param name="Digest"><c>sha256:</c> and hex of its bytes.</param>
/// <param name="SizeBytes">Size.</param>
internal sealed record EvidenceMask(int Region, string Digest, long SizeBytes)
{
    /// <summary>Media type: run lengths as JSON.</summary>
    public const string ContentType = "application/json";
}
