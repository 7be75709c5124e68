using IMDD.Contracts.Events;

namespace IMDD.Edge.Agent.Delivery;

/// <summary>What is desired of one group of cameras.</summary>
/// <param name="RolloutId">Names the wish.</param>
/// <param name="Model">The release to run.</param>
/// <param name="Recipe">The recipe to go by; null: the one there is.</param>
/// <param name="Install">When it may be installed; null: at once.</param>
internal sealed record GroupWish(string RolloutId, ModelRelease Model, WishedRecipe? Recipe, InstallWindow? Install)
{
    /// <summary>What a slot of a message desires.</summary>
    public static GroupWish Of(DesiredModels message, DesiredSlot slot)
        => new(slot.RolloutId ?? message.RolloutId, slot.Model, WishedRecipe.Of(slot), slot.Install ?? message.Install);
}
