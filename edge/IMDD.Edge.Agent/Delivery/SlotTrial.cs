namespace IMDD.Edge.Agent.Delivery;

/// <summary>A release, a recipe or both decide and may still be taken out again.</summary>
/// <param name="RolloutId">The wish that it came by.</param>
/// <param name="Starts">Starts of the process since.</param>
/// <param name="Replaced">The recipe that goes back into force; null: none has come.</param>
/// <param name="IsRecipeAlone">True where the release has decided before: only the recipe goes back.</param>
internal sealed record SlotTrial(string RolloutId, int Starts, ReplacedRecipe? Replaced = null, bool IsRecipeAlone = false);
