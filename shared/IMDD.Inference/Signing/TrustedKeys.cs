using System.Security.Cryptography;

namespace IMDD.Inference.Signing;

/// <summary>The public keys that releases may be signed with. Several at a time, so that a key can be changed without a gap.</summary>
public sealed class TrustedKeys
{
    private const int MaxFileBytes = 64 << 10;
    private const string PublicKeyLabel = "PUBLIC KEY";

    private readonly IReadOnlyList<TrustedKey> _keys;

    private TrustedKeys(IReadOnlyList<TrustedKey> keys) => _keys = keys;

    /// <summary>No key: nothing signed can be verified.</summary>
    public static TrustedKeys None { get; } = new([]);

    /// <summary>Ids of the keys.</summary>
    public IEnumerable<string> Ids => _keys.Select(key => key.Id);

    /// <summary>True when there is none.</summary>
    public bool IsEmpty => _keys.Count == 0;

    /// <summary>Reads PEM files, each with one or more public keys.</summary>
    /// <exception cref="SigningKeyException">A file cannot be read or holds something else; the message names it.</exception>
    public static TrustedKeys Load(params IEnumerable<string> files) => new([.. files.SelectMany(Read).DistinctBy(key => key.Id)]);

    /// <summary>The keys to try for a signature: those of that id, or all where the signature has none.</summary>
    internal IEnumerable<TrustedKey> For(string? keyId) => keyId is null ? _keys : _keys.Where(key => key.Id == keyId);

    private static List<TrustedKey> Read(string file)
    {
        var text = ReadText(file).AsSpan();
        List<TrustedKey> keys = [];
        while (PemEncoding.TryFind(text, out var fields))
        {
            var label = text[fields.Label];
            if (label.EndsWith("PRIVATE KEY", StringComparison.Ordinal))
            {
                throw new SigningKeyException($"{file} holds a private key: expected the public one, and the private one to stay with who signs.");
            }

            if (!label.SequenceEqual(PublicKeyLabel))
            {
                throw new SigningKeyException($"{file} holds a '{label}': expected '{PublicKeyLabel}'.");
            }

            keys.Add(Parse(file, Convert.FromBase64String(text[fields.Base64Data].ToString())));
            text = text[fields.Location.End..];
        }

        return keys.Count > 0 ? keys : throw new SigningKeyException($"{file} holds no PEM block: expected '-----BEGIN {PublicKeyLabel}-----'.");
    }

    private static TrustedKey Parse(string file, byte[] der)
    {
        try
        {
            return new TrustedKey(der);
        }
        catch (CryptographicException e)
        {
            throw new SigningKeyException($"{file} holds no usable key ({e.Message}): expected ECDSA over NIST P-256.", e);
        }
    }

    private static string ReadText(string file)
    {
        try
        {
            return new FileInfo(file).Length <= MaxFileBytes
                ? File.ReadAllText(file)
                : throw new SigningKeyException($"{file} has more than {MaxFileBytes} bytes: expected PEM.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SigningKeyException($"{file} cannot be read: {e.Message}", e);
        }
    }
}
