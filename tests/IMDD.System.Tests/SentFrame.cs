namespace IMDD.System.Tests;

/// <summary>A frame of the camera's log.</summary>
/// <param name="Identity">Asset path, camera and frame id, a line each.</param>
/// <param name="Sha256">Digest of the picture.</param>
internal sealed record SentFrame(string Identity, string Sha256);
