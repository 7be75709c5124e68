using IMDD.Contracts.Identity;

namespace IMDD.Storage;

/// <summary>The one mapping between a digest, the blob's name (<c>ab/cd/sha256-…</c>) and its URI.</summary>
public static class BlobName
{
    /// <summary>Scheme of a URI that names content and no place.</summary>
    public const string Scheme = "imdd-blob";

    private const string NamePrefix = "sha256-";

    /// <summary><c>ab/cd/sha256-abcd…</c> for <c>sha256:abcd…</c>.</summary>
    /// <exception cref="ArgumentException">Not a digest: it could otherwise be a path.</exception>
    public static string Of(string digest)
    {
        if (!ContentDigest.IsValid(digest))
        {
            throw new ArgumentException($"'{Shortened(digest)}' is not a digest: expected 'sha256:' and 64 lower-case hex digits.", nameof(digest));
        }

        var hex = digest[ContentDigest.Prefix.Length..];
        return $"{hex[..2]}/{hex[2..4]}/{NamePrefix}{hex}";
    }

    /// <summary>The blob's URI: below <paramref name="publicBase"/> where there is one, else <c>imdd-blob:sha256:…</c>.</summary>
    public static Uri UriOf(string digest, Uri? publicBase)
    {
        var name = Of(digest);
        return publicBase is null ? new Uri($"{Scheme}:{digest}") : new Uri($"{publicBase.AbsoluteUri.TrimEnd('/')}/{name}");
    }

    /// <summary>The digest a blob's URI names, in either form; false for any other address.</summary>
    public static bool TryGetDigest(string? uri, out string digest)
    {
        digest = "";
        if (!Uri.TryCreate(uri, UriKind.Absolute, out var parsed))
        {
            return false;
        }

        if (parsed.Scheme == Scheme)
        {
            digest = parsed.AbsolutePath;
        }
        else if (parsed.Scheme is "http" or "https" && parsed.Segments[^1].StartsWith(NamePrefix, StringComparison.Ordinal))
        {
            digest = ContentDigest.Prefix + parsed.Segments[^1][NamePrefix.Length..];
        }

        return ContentDigest.IsValid(digest);
    }

    private static string Shortened(string? text) => text is { Length: > 80 } ? text[..80] + "…" : text ?? "";
}
