using System.Text.Json.Serialization;

namespace IMDD.Contracts.Models;

/// <summary>A public key of a role.</summary>
/// <param name="KeyId"><c>sha256:</c> of its SubjectPublicKeyInfo.</param>
/// <param name="PublicKey">Base64 of the SubjectPublicKeyInfo, ECDSA over NIST P-256.</param>
public sealed record TrustRoleKey([property: JsonPropertyName("keyid")] string KeyId, string PublicKey);
