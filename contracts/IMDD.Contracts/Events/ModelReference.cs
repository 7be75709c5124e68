namespace IMDD.Contracts.Events;

/// <summary>The model that decided.</summary>
/// <param name="Name">Model name.</param>
/// <param name="Version">Version.</param>
/// <param name="Digest">Digest of the bundle's manifest.</param>
/// <param name="Slot">Slot on the agent, <c>A</c> or <c>B</c>.</param>
/// <param name="Role"><c>active</c> or <c>shadow</c>.</param>
public sealed record ModelReference(string Name, string Version, string Digest, string Slot = "A", string Role = "active");
