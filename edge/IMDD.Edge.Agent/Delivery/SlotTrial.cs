namespace IMDD.Edge.Agent.Delivery;

/// <summary>A release decides and may still be taken out again.</summary>
/// <param name="RolloutId">The wish that it came by.</param>
/// <param name="Starts">Starts of the process since.</param>
/// <param name="Replaced">The recipe that goes back into force with the model before; null: none came with this one.</param>
internal sealed record SlotTrial(string RolloutId, int Starts, ReplacedRecipe? Replaced = null);
