namespace IMDD.Edge.Agent.Outcomes;

/// <summary>A hard example whose picture waits in the spool.</summary>
/// <param name="OutcomeId">The frame's outcome.</param>
/// <param name="CameraKey">Key of the camera.</param>
/// <param name="Digest"><c>sha256:</c> and hex of the picture's bytes.</param>
/// <param name="ContentType">Media type of the picture.</param>
/// <param name="SizeBytes">Size of the picture.</param>
/// <param name="Since">When it was spooled.</param>
/// <param name="Happened">Exposure, or receipt.</param>
/// <param name="TraceParent">The frame's trace, or null.</param>
/// <param name="Value">The event's data as JSON, but for the picture's address.</param>
internal sealed record ExampleItem(
    string OutcomeId, string CameraKey, string Digest, string ContentType, long SizeBytes, DateTimeOffset Since, DateTimeOffset Happened, string? TraceParent, byte[] Value);
