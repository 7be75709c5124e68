using IMDD.Contracts.Events;
using IMDD.Contracts.Models;

namespace IMDD.Inference.Signing;

/// <summary>Writes root documents.</summary>
public static class RootSigner
{
    /// <summary>A role of these keys.</summary>
    public static TrustRole Role(int threshold, params IEnumerable<TrustedKey> keys)
        => new(threshold, [.. keys.Select(key => new TrustRoleKey(key.Id, Convert.ToBase64String(key.SubjectPublicKeyInfo.Span)))]);

    /// <summary>The envelope's bytes with the signature of each key.</summary>
    public static byte[] Sign(TrustRoot root, params IReadOnlyList<PrivateKey> keys)
    {
        var payload = ImddJson.Serialize(root);
        var envelope = keys[0].Sign(DsseEnvelope.RootPayloadType, payload);
        return ImddJson.Serialize(keys.Skip(1).Aggregate(envelope, (signed, key) => key.Sign(DsseEnvelope.RootPayloadType, payload, signed.Signatures)));
    }
}
