using System.Security.Cryptography;
using IMDD.Contracts.Identity;

namespace IMDD.Inference.Signing;

/// <summary>A public key, ECDSA over NIST P-256.</summary>
public sealed class TrustedKey
{
    private const string NistP256 = "1.2.840.10045.3.1.7";
    private const int RawSignatureBytes = 64;

    private readonly byte[] _publicKey;

    /// <summary>Takes a key.</summary>
    /// <param name="subjectPublicKeyInfo">DER.</param>
    /// <exception cref="CryptographicException">No key, or of another kind.</exception>
    public TrustedKey(ReadOnlySpan<byte> subjectPublicKeyInfo)
    {
        using var key = ECDsa.Create();
        int read;
        try
        {
            key.ImportSubjectPublicKeyInfo(subjectPublicKeyInfo, out read);
        }
        catch (PlatformNotSupportedException e)
        {
            throw new CryptographicException("the key is on a curve that is not known", e);
        }

        if (read != subjectPublicKeyInfo.Length || key.ExportParameters(includePrivateParameters: false).Curve.Oid?.Value != NistP256)
        {
            throw new CryptographicException("the key is not on the curve NIST P-256");
        }

        _publicKey = subjectPublicKeyInfo.ToArray();
        Id = IdOf(_publicKey);
    }

    /// <summary><c>sha256:</c> of its SubjectPublicKeyInfo.</summary>
    public string Id { get; }

    /// <summary>SubjectPublicKeyInfo, DER.</summary>
    public ReadOnlyMemory<byte> SubjectPublicKeyInfo => _publicKey;

    /// <summary>The id of a key.</summary>
    public static string IdOf(ReadOnlySpan<byte> subjectPublicKeyInfo) => ContentDigest.Of(subjectPublicKeyInfo);

    /// <summary>True when the key made the signature over SHA-256 of <paramref name="signed"/>; DER as OpenSSL writes it, or r and s of 32 bytes each.</summary>
    public bool Verifies(ReadOnlySpan<byte> signed, ReadOnlySpan<byte> signature)
    {
        using var key = ECDsa.Create();
        key.ImportSubjectPublicKeyInfo(_publicKey, out _);
        var format = signature.Length == RawSignatureBytes ? DSASignatureFormat.IeeeP1363FixedFieldConcatenation : DSASignatureFormat.Rfc3279DerSequence;
        return key.VerifyData(signed, signature, HashAlgorithmName.SHA256, format);
    }
}
