using IMDD.Contracts.Events;
using IMDD.Contracts.Identity;

namespace IMDD.Contracts.Models;

/// <summary>Digest of what a recipe says: what outcomes and wishes name it by.</summary>
public static class RecipeDigest
{
    /// <summary>SHA-256 of the recipe's JSON as this program writes it, with its classes in order, so that whoever writes the same gets the same.</summary>
    public static string Of(Recipe recipe) => ContentDigest.Of(ImddJson.Serialize(recipe with
    {
        Classes = new SortedDictionary<string, RecipeClassRule>(recipe.Classes.ToDictionary(StringComparer.Ordinal), StringComparer.Ordinal),
    }));
}
