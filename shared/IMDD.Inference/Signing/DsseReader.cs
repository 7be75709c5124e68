using System.Text.Json;
using IMDD.Contracts.Events;
using IMDD.Contracts.Models;

namespace IMDD.Inference.Signing;

/// <summary>Reads envelopes in their one form: a byte that means nothing could be changed unseen.</summary>
public static class DsseReader
{
    /// <summary>An envelope and its payload, whoever signed it.</summary>
    /// <param name="bytes">JSON.</param>
    /// <param name="payloadType">What it must hold.</param>
    /// <exception cref="FormatException">It is none, or of another type; the message says what was expected.</exception>
    public static (DsseEnvelope Envelope, byte[] Payload) Read(ReadOnlySpan<byte> bytes, string payloadType)
    {
        DsseEnvelope envelope;
        try
        {
            envelope = ImddJson.Deserialize<DsseEnvelope>(bytes);
        }
        catch (JsonException e)
        {
            throw new FormatException($"is not a DSSE envelope: {e.Message}", e);
        }

        if (!ImddJson.Serialize(envelope).AsSpan().SequenceEqual(bytes))
        {
            throw new FormatException("is not in its one form: expected JSON without blanks, unknown fields or escapes that need not be.");
        }

        if (envelope.PayloadType != payloadType)
        {
            throw new FormatException($"is of type '{envelope.PayloadType}': expected '{payloadType}'.");
        }

        return (envelope, Decode(envelope.Payload, "payload"));
    }

    /// <summary>Bytes of a base64 text in its one form.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    internal static byte[] Decode(string base64, string field)
    {
        try
        {
            var bytes = Convert.FromBase64String(base64);
            return Convert.ToBase64String(bytes) == base64 ? bytes : throw new FormatException("not in its one form");
        }
        catch (FormatException e)
        {
            throw new FormatException($"has a '{field}' that is not base64: {e.Message}", e);
        }
    }
}
