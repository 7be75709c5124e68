namespace IMDD.Edge.Agent.Delivery;

/// <summary>The recipe that another has taken the place of.</summary>
/// <param name="Digest">Its digest; null: it was the configuration's.</param>
internal sealed record ReplacedRecipe(string? Digest = null);
