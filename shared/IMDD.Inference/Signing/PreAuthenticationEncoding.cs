using System.Text;

namespace IMDD.Inference.Signing;

/// <summary>What a DSSE signature is made over: type and body with their lengths, so that neither can pass for part of the other.</summary>
public static class PreAuthenticationEncoding
{
    /// <summary><c>"DSSEv1" SP LEN(type) SP type SP LEN(body) SP body</c>, DSSE protocol 1.0, "Signature Definition".</summary>
    /// <param name="payloadType">Type, written as UTF-8.</param>
    /// <param name="body">The signed bytes.</param>
    public static byte[] Of(string payloadType, ReadOnlySpan<byte> body)
    {
        var length = Encoding.UTF8.GetByteCount(payloadType);
        return [.. Encoding.UTF8.GetBytes(FormattableString.Invariant($"DSSEv1 {length} {payloadType} {body.Length} ")), .. body];
    }
}
