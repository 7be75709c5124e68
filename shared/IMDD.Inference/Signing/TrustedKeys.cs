using System.Security.Cryptography;
using IMDD.Contracts.Models;

namespace IMDD.Inference.Signing;

/// <summary>The public keys that releases may be signed with. Several at a time, so that a key can be changed without a gap.</summary>
public sealed class TrustedKeys
{
    private const int MaxFileBytes = 64 << 10;
    private const int MaxSignatures = 16;
    private const string PublicKeyLabel = "PUBLIC KEY";

    private readonly IReadOnlyList<TrustedKey> _keys;

    private TrustedKeys(IReadOnlyList<TrustedKey> keys) => _keys = keys;

    /// <summary>The keys of a role.</summary>
    /// <param name="keys">Each once.</param>
    /// <param name="threshold">How many of them must have signed.</param>
    internal TrustedKeys(IReadOnlyList<TrustedKey> keys, int threshold)
        : this(keys) => Threshold = threshold;

    /// <summary>No key: nothing signed can be verified.</summary>
    public static TrustedKeys None { get; } = new([]);

    /// <summary>Ids of the keys.</summary>
    public IEnumerable<string> Ids => _keys.Select(key => key.Id);

    /// <summary>How many of them must have signed.</summary>
    public int Threshold { get; } = 1;

    /// <summary>The keys.</summary>
    public IReadOnlyList<TrustedKey> Keys => _keys;

    /// <summary>True when there is none.</summary>
    public bool IsEmpty => _keys.Count == 0;

    /// <summary>Reads PEM files, each with one or more public keys.</summary>
    /// <exception cref="SigningKeyException">A file cannot be read or holds something else; the message names it.</exception>
    public static TrustedKeys Load(params IEnumerable<string> files) => new([.. files.SelectMany(Read).DistinctBy(key => key.Id)]);

    /// <summary>Ids of the keys that have signed an envelope's payload, each once.</summary>
    /// <exception cref="FormatException">There are too many signatures, or none, or one is not base64.</exception>
    public IReadOnlyList<string> SignersOf(DsseEnvelope envelope, ReadOnlySpan<byte> payload)
    {
        if (envelope.Signatures.Count is 0 or > MaxSignatures)
        {
            throw new FormatException($"has {envelope.Signatures.Count} signatures: expected 1 to {MaxSignatures}.");
        }

        var signed = PreAuthenticationEncoding.Of(envelope.PayloadType, payload);
        List<string> signers = [];
        foreach (var signature in envelope.Signatures)
        {
            var bytes = DsseReader.Decode(signature.Sig, "sig");
            if (For(signature.KeyId).FirstOrDefault(key => key.Verifies(signed, bytes)) is { } key && !signers.Contains(key.Id))
            {
                signers.Add(key.Id);
            }
        }

        return signers;
    }

    /// <summary>The keys to try for a signature: those of that id, or all where the signature has none.</summary>
    private IEnumerable<TrustedKey> For(string? keyId) => keyId is null ? _keys : _keys.Where(key => key.Id == keyId);

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
