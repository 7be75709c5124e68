namespace IMDD.Cloud.Registry.State;

/// <summary>What <see cref="AgentRow.Recipe"/> says.</summary>
internal static class AssignedRecipe
{
    /// <summary>A recipe was withdrawn: the agent goes by its configuration's.</summary>
    public const string Configured = "configured";

    /// <summary>Digest of the recipe; null: none is assigned.</summary>
    public static string? DigestOf(AgentRow row) => IsConfigured(row) ? null : row.Recipe;

    /// <summary>True where the agent is to go by its configuration's.</summary>
    public static bool IsConfigured(AgentRow row) => row.Recipe == Configured;

    /// <summary>Assigns another, and remembers the one before.</summary>
    public static void Set(AgentRow row, string recipe)
    {
        if (row.Recipe != recipe)
        {
            (row.RecipeBefore, row.Recipe) = (row.Recipe, recipe);
        }

        row.IsRecipeRestored = false;
    }

    /// <summary>Assigns what was before; what was before that nobody knows.</summary>
    public static void GoBack(AgentRow row, string? recipe) => (row.Recipe, row.RecipeBefore, row.IsRecipeRestored) = (recipe, null, true);
}
