using IMDD.Contracts.Events;
using IMDD.Contracts.Models;

namespace IMDD.Testing;

/// <summary>Root documents, good and bad, made without the product's signing code.</summary>
public sealed record TestRoot(long Version)
{
    public required IReadOnlyList<TestSigningKey> Root { get; init; }

    public int RootThreshold { get; init; } = 1;

    public required IReadOnlyList<TestSigningKey> Release { get; init; }

    /// <summary>Who signs; null: its own root keys.</summary>
    public IReadOnlyList<TestSigningKey>? Signers { get; init; }

    public DateTimeOffset? ExpiresAt { get; init; }

    public string PayloadType { get; init; } = "application/vnd.imdd.root+json";

    /// <summary>The envelope's bytes.</summary>
    public byte[] Write()
    {
        var now = TimeProvider.System.GetUtcNow();
        var payload = ImddJson.Serialize(new TrustRoot
        {
            SchemaVersion = 1,
            Version = Version,
            CreatedAt = now,
            ExpiresAt = ExpiresAt ?? now.AddDays(365),
            Root = new TrustRole(RootThreshold, [.. Root.Select(key => new TrustRoleKey(key.Id, key.PublicKey))]),
            Release = new TrustRole(1, [.. Release.Select(key => new TrustRoleKey(key.Id, key.PublicKey))]),
        });
        return ImddJson.Serialize(new DsseEnvelope
        {
            PayloadType = PayloadType,
            Payload = Convert.ToBase64String(payload),
            Signatures = [.. (Signers ?? Root).Select(key => key.Sign(PayloadType, payload))],
        });
    }
}
