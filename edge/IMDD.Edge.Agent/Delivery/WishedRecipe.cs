using IMDD.Contracts.Events;

namespace IMDD.Edge.Agent.Delivery;

/// <summary>The recipe that a wish changes to.</summary>
/// <param name="Digest">Its digest; null: the configuration's.</param>
/// <param name="IsRestored">True for one that takes the place of one that was withdrawn.</param>
internal sealed record WishedRecipe(string? Digest, bool IsRestored)
{
    /// <summary>What a slot of a message desires; null: it leaves the recipe as it is.</summary>
    public static WishedRecipe? Of(DesiredSlot slot) => slot.ConfiguredRecipe ? new WishedRecipe(null, IsRestored: true) : slot.RecipeDigest is { } digest ? new WishedRecipe(digest, slot.RecipeRestored) : null;
}
