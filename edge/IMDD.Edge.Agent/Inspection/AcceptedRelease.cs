namespace IMDD.Edge.Agent.Inspection;

/// <summary>A release that has run on this box.</summary>
/// <param name="Counter">Its release counter.</param>
/// <param name="Digest">Digest of its manifest.</param>
/// <param name="ConfiguredFor">
/// By the name of a group of cameras, empty for the rest: digest of the release of that name that it last started with by its configuration; null: none has.
/// </param>
internal sealed record AcceptedRelease(long Counter, string Digest, IReadOnlyDictionary<string, string>? ConfiguredFor = null);
