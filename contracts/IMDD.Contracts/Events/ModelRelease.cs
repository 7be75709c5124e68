namespace IMDD.Contracts.Events;

/// <summary>One release of a model: what an agent can be told to run.</summary>
/// <param name="Name">Model name.</param>
/// <param name="Version">Version, for people; two releases may share it.</param>
/// <param name="Digest">Digest of the bundle's manifest: the release's identity.</param>
/// <param name="ReleaseCounter">Only ever rises for a name.</param>
public sealed record ModelRelease(string Name, string Version, string Digest, long ReleaseCounter);
