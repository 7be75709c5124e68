namespace IMDD.Contracts.Models;

/// <summary>One file of a bundle.</summary>
/// <param name="Path">Relative, forward slashes, no <c>..</c>.</param>
/// <param name="Sha256">64 lower-case hex digits.</param>
/// <param name="SizeBytes">Exact size.</param>
/// <param name="MediaType">Media type.</param>
public sealed record BundleFile(string Path, string Sha256, long SizeBytes, string MediaType);
