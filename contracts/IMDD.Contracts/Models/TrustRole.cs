namespace IMDD.Contracts.Models;

/// <summary>The keys of a role, and how many of them must have signed.</summary>
/// <param name="Threshold">1 to the number of keys.</param>
/// <param name="Keys">The keys.</param>
public sealed record TrustRole(int Threshold, IReadOnlyList<TrustRoleKey> Keys);
