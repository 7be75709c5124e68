namespace IMDD.Contracts.Models;

/// <summary>Ids of recipes: a name that stays and a revision, such as <c>door-red@4</c>.</summary>
public static class RecipeId
{
    /// <summary>Id of the recipe of a station that has none.</summary>
    public const string BundleDefaults = "bundle-defaults@1";

    private const char Separator = '@';

    /// <summary>The name, which all revisions share: <c>door-red</c>; the whole of an id without a revision.</summary>
    public static string NameOf(string id) => id.LastIndexOf(Separator) is > 0 and var cut ? id[..cut] : id;
}
