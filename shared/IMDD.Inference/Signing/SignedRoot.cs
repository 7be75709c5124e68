using System.Security.Cryptography;
using System.Text.Json;
using IMDD.Contracts.Events;
using IMDD.Contracts.Identity;
using IMDD.Contracts.Models;

namespace IMDD.Inference.Signing;

/// <summary>
/// A root document out of its envelope. There is no way to one that its own root keys have not signed, nor from one to the next that the keys
/// of both have not signed.
/// </summary>
public sealed class SignedRoot
{
    /// <summary>Largest envelope that is read, bytes.</summary>
    public const int MaxEnvelopeBytes = 64 << 10;

    private const int MaxKeys = 16;

    private readonly DsseEnvelope _signed;
    private readonly byte[] _payload;

    private SignedRoot(byte[] envelope)
    {
        if (envelope.Length > MaxEnvelopeBytes)
        {
            throw new TrustRootException($"has {envelope.Length} bytes: expected at most {MaxEnvelopeBytes}.");
        }

        try
        {
            (_signed, _payload) = DsseReader.Read(envelope, DsseEnvelope.RootPayloadType);
            Document = ImddJson.Deserialize<TrustRoot>(_payload);
        }
        catch (Exception e) when (e is FormatException or JsonException)
        {
            throw new TrustRootException(e is JsonException ? $"holds no root document: {e.Message}" : e.Message, e);
        }

        Envelope = envelope;
        CheckRules();
        RootKeys = KeysOf("root", Document.Root);
        ReleaseKeys = KeysOf("release", Document.Release);
        if (RootKeys.Ids.Intersect(ReleaseKeys.Ids).FirstOrDefault() is { } both)
        {
            throw new TrustRootException($"has key {both} in both roles: expected each key in one.");
        }
    }

    /// <summary>What it says.</summary>
    public TrustRoot Document { get; }

    /// <summary>Its envelope's bytes.</summary>
    public ReadOnlyMemory<byte> Envelope { get; }

    /// <summary>Keys that sign root documents.</summary>
    public TrustedKeys RootKeys { get; }

    /// <summary>Keys that sign manifests.</summary>
    public TrustedKeys ReleaseKeys { get; }

    /// <summary>Digest of the envelope.</summary>
    public string Digest => ContentDigest.Of(Envelope.Span);

    /// <summary>Ids of its own root keys that have signed it.</summary>
    public IReadOnlyList<string> Signers => SignersAmong(RootKeys);

    /// <summary>Reads the document with which trust begins: whoever hands it over is believed, if it agrees with itself.</summary>
    /// <exception cref="TrustRootException">It breaks a rule, or its own root keys have not signed it.</exception>
    public static SignedRoot Pin(byte[] envelope)
    {
        SignedRoot root = new(envelope);
        root.CheckSigned(root.RootKeys, "its own");
        return root;
    }

    /// <summary>Reads the document after this one.</summary>
    /// <exception cref="TrustRootException">It is another than the next, or was not signed by the keys of both.</exception>
    public SignedRoot Follow(byte[] envelope)
    {
        SignedRoot next = new(envelope);
        if (next.Document.Version != Document.Version + 1)
        {
            throw new TrustRootException($"has version {next.Document.Version}: expected {Document.Version + 1}, the one after the one that is trusted.");
        }

        next.CheckSigned(RootKeys, $"version {Document.Version}'s");
        next.CheckSigned(next.RootKeys, "its own");
        return next;
    }

    /// <summary>True from the time on that it names.</summary>
    public bool IsExpired(DateTimeOffset now) => Document.ExpiresAt <= now;

    private IReadOnlyList<string> SignersAmong(TrustedKeys keys)
    {
        try
        {
            return keys.SignersOf(_signed, _payload);
        }
        catch (FormatException e)
        {
            throw new TrustRootException(e.Message, e);
        }
    }

    private void CheckSigned(TrustedKeys keys, string whose)
    {
        var signers = SignersAmong(keys);
        if (signers.Count < keys.Threshold)
        {
            throw new TrustRootException(
                $"(version {Document.Version}) has {signers.Count} good signatures of {whose} root keys: expected {keys.Threshold} of {string.Join(", ", keys.Ids)}.");
        }
    }

    private void CheckRules()
    {
        if (Document.SchemaVersion != TrustRoot.CurrentSchemaVersion)
        {
            throw new TrustRootException($"has schemaVersion {Document.SchemaVersion}: expected {TrustRoot.CurrentSchemaVersion}.");
        }

        if (Document.Version < 1)
        {
            throw new TrustRootException($"has version {Document.Version}: expected 1 or more.");
        }
    }

    private static TrustedKeys KeysOf(string name, TrustRole role)
    {
        if (role.Keys.Count is 0 or > MaxKeys)
        {
            throw new TrustRootException($"has {role.Keys.Count} keys in role '{name}': expected 1 to {MaxKeys}.");
        }

        List<TrustedKey> keys = [.. role.Keys.Select(key => Parse(name, key)).DistinctBy(key => key.Id)];
        return keys.Count == role.Keys.Count && role.Threshold >= 1 && role.Threshold <= keys.Count
            ? new TrustedKeys(keys, role.Threshold)
            : throw new TrustRootException($"has {keys.Count} different keys and threshold {role.Threshold} in role '{name}': expected {role.Keys.Count}, and 1 to as many.");
    }

    private static TrustedKey Parse(string name, TrustRoleKey key)
    {
        try
        {
            TrustedKey parsed = new(DsseReader.Decode(key.PublicKey, "publicKey"));
            return parsed.Id == key.KeyId ? parsed : throw new FormatException($"has id {parsed.Id}");
        }
        catch (Exception e) when (e is FormatException or CryptographicException)
        {
            throw new TrustRootException($"has a key '{key.KeyId}' in role '{name}' that is none: {e.Message}", e);
        }
    }
}
