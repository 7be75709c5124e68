using IMDD.Contracts.Events;

namespace IMDD.Edge.Agent.Delivery;

/// <summary>The recipe that a wish changes to.</summary>
/// <param name="Digest">Its digest; null: the configuration's.</param>
internal sealed record WishedRecipe(string? Digest)
{
    /// <summary>What a slot of a message desires; null: it leaves the recipe as it is.</summary>
    public static WishedRecipe? Of(DesiredSlot slot) => slot.ConfiguredRecipe ? new WishedRecipe((string?)null) : slot.RecipeDigest is { } digest ? new WishedRecipe(digest) : null;
}
