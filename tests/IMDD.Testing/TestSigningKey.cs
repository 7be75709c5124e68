using System.Security.Cryptography;
using System.Text;
using IMDD.Contracts.Events;
using IMDD.Contracts.Models;

namespace IMDD.Testing;

/// <summary>A key of its own that signs bundles as the DSSE specification says, without the product's code.</summary>
public sealed class TestSigningKey : IDisposable
{
    private readonly ECDsa _key;

    /// <summary>Makes a key.</summary>
    /// <param name="curve">Curve; P-256 by default.</param>
    public TestSigningKey(ECCurve? curve = null) => _key = ECDsa.Create(curve ?? ECCurve.NamedCurves.nistP256);

    /// <summary><c>sha256:</c> of the public key.</summary>
    public string Id => "sha256:" + Convert.ToHexStringLower(SHA256.HashData(_key.ExportSubjectPublicKeyInfo()));

    /// <summary>The public half in PEM.</summary>
    public string PublicPem => _key.ExportSubjectPublicKeyInfoPem() + "\n";

    /// <summary>Base64 of the SubjectPublicKeyInfo.</summary>
    public string PublicKey => Convert.ToBase64String(_key.ExportSubjectPublicKeyInfo());

    /// <summary>The private half in PEM.</summary>
    public string PrivatePem => _key.ExportPkcs8PrivateKeyPem() + "\n";

    /// <summary>Signature over type and body.</summary>
    public DsseSignature Sign(string payloadType, byte[] body, DSASignatureFormat format = DSASignatureFormat.Rfc3279DerSequence)
    {
        byte[] signed = [.. Encoding.UTF8.GetBytes($"DSSEv1 {Encoding.UTF8.GetByteCount(payloadType)} {payloadType} {body.Length} "), .. body];
        return new DsseSignature { KeyId = Id, Sig = Convert.ToBase64String(_key.SignData(signed, HashAlgorithmName.SHA256, format)) };
    }

    /// <summary>Signs the manifest of a bundle's folder and writes the envelope.</summary>
    public DsseEnvelope SignBundle(string folder, DSASignatureFormat format = DSASignatureFormat.Rfc3279DerSequence)
    {
        var manifest = File.ReadAllBytes(Path.Combine(folder, "manifest.json"));
        DsseEnvelope envelope = new()
        {
            PayloadType = "application/vnd.imdd.model+json",
            Payload = Convert.ToBase64String(manifest),
            Signatures = [Sign("application/vnd.imdd.model+json", manifest, format)],
        };
        Write(folder, envelope);
        return envelope;
    }

    /// <summary>Writes an envelope into a bundle's folder.</summary>
    public static void Write(string folder, DsseEnvelope envelope) => File.WriteAllBytes(Path.Combine(folder, "manifest.dsse"), ImddJson.Serialize(envelope));

    /// <inheritdoc/>
    public void Dispose() => _key.Dispose();
}
