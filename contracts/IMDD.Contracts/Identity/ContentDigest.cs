using System.Security.Cryptography;

namespace IMDD.Contracts.Identity;

/// <summary>Content addresses: <c>sha256:</c> and 64 lower-case hex digits.</summary>
public static class ContentDigest
{
    /// <summary>The prefix of every digest.</summary>
    public const string Prefix = "sha256:";

    private const int HexLength = 64;

    /// <summary>The digest of <paramref name="content"/>.</summary>
    public static string Of(ReadOnlySpan<byte> content)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(content, hash);
        return Prefix + Convert.ToHexStringLower(hash);
    }

    /// <summary>The digest of all that is left of <paramref name="content"/>.</summary>
    public static async Task<string> OfAsync(Stream content, CancellationToken cancellationToken)
        => Prefix + Convert.ToHexStringLower(await SHA256.HashDataAsync(content, cancellationToken));

    /// <summary>True when <paramref name="text"/> is a well-formed digest: safe as a file or blob name.</summary>
    public static bool IsValid(string? text)
        => text is not null
        && text.Length == Prefix.Length + HexLength
        && text.StartsWith(Prefix, StringComparison.Ordinal)
        && !text.AsSpan(Prefix.Length).ContainsAnyExcept("0123456789abcdef");
}
