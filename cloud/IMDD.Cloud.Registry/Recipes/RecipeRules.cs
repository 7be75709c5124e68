using IMDD.Cloud.Registry.State;
using IMDD.Cloud.Registry.Trust;
using IMDD.Contracts.Events;
using IMDD.Contracts.Models;
using IMDD.Relational;

namespace IMDD.Cloud.Registry.Recipes;

/// <summary>Which recipe may be given to whom.</summary>
internal static class RecipeRules
{
    /// <summary>Why a recipe must not be given out; null: it may.</summary>
    public static async Task<string?> ForbidsAsync(RegistryDbContext context, RecipeRow recipe, DateTimeOffset now, CancellationToken cancellationToken)
        => recipe.ExpiresAt <= now ? $"'{recipe.Id}' has expired at {recipe.ExpiresAt:O}: register it again."
            : await RootBook.UnlistedByAsync(context, recipe.KeyId, cancellationToken) is { } version
                ? $"'{recipe.Id}' was signed by {recipe.KeyId}, which root document {version} does not list: register it again."
                : null;

    /// <exception cref="RegistryException">It must not be given out.</exception>
    public static async Task CheckUsableAsync(RegistryDbContext context, RecipeRow recipe, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (await ForbidsAsync(context, recipe, now, cancellationToken) is { } why)
        {
            throw RegistryException.Forbidden(why);
        }
    }

    /// <exception cref="RegistryException">The agent is known to go by a later recipe of the name, and would refuse this one.</exception>
    public static void CheckTaken(AgentRow? agent, RecipeRow recipe)
    {
        if (agent?.State is { } said && ImddJsonText.Read<AgentState>(said) is { RecipeId: { } id, RecipeCounter: { } counter } state
            && RecipeId.NameOf(id) == recipe.Name && counter > recipe.Counter && state.RecipeDigest != recipe.Digest)
        {
            throw RegistryException.Forbidden(
                $"{agent.Asset}/{agent.Agent} goes by '{id}' with counter {counter}, above the {recipe.Counter} of '{recipe.Id}', and takes none below: register it again.");
        }
    }

    /// <summary>True for an agent that goes by a recipe of a name, or is to.</summary>
    /// <param name="agent">The agent.</param>
    /// <param name="name">What all revisions share.</param>
    /// <param name="digests">Digests of all that are registered.</param>
    public static bool GoesBy(AgentRow agent, string name, IReadOnlyCollection<string> digests)
        => agent.Recipe is { } assigned ? digests.Contains(assigned)
            : agent.State is { } said && ImddJsonText.Read<AgentState>(said).RecipeId is { } id && RecipeId.NameOf(id) == name;
}
