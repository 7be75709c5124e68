namespace IMDD.Storage;

/// <summary>A stored blob.</summary>
/// <param name="Digest"><c>sha256:</c> and hex.</param>
/// <param name="Uri">Where a consumer finds it, without any secret.</param>
/// <param name="SizeBytes">Size.</param>
/// <param name="ContentType">Media type.</param>
public sealed record BlobReference(string Digest, Uri Uri, long SizeBytes, string ContentType);
