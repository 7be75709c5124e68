using System.Text.Json.Serialization;

namespace IMDD.Contracts.Models;

/// <summary>A signature of an envelope.</summary>
public sealed record DsseSignature
{
    /// <summary>Hint of the key: <c>sha256:</c> of its SubjectPublicKeyInfo. It selects which keys are tried and proves nothing.</summary>
    [JsonPropertyName("keyid")]
    public string? KeyId { get; init; }

    /// <summary>Base64 of the signature.</summary>
    public required string Sig { get; init; }
}
