namespace IMDD.Contracts.Registry;

/// <summary>A signed recipe, shortly.</summary>
/// <param name="Id">Such as <c>door-red@4</c>.</param>
/// <param name="Digest">What outcomes name it by.</param>
/// <param name="Counter">Of its newest document.</param>
public sealed record RecipeReference(string Id, string Digest, long Counter);
