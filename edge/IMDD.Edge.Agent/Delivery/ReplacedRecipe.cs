namespace IMDD.Edge.Agent.Delivery;

/// <summary>The recipe that another has taken the place of.</summary>
/// <param name="Digest">Its digest; null: it was the configuration's.</param>
/// <param name="IsWithdrawn">True where it must not come back because of the frames that the other leaves undecided.</param>
internal sealed record ReplacedRecipe(string? Digest = null, bool IsWithdrawn = false);
