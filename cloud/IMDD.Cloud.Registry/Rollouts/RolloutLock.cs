using IMDD.Cloud.Registry.State;
using IMDD.Contracts.Registry;
using Microsoft.EntityFrameworkCore;

namespace IMDD.Cloud.Registry.Rollouts;

/// <summary>
/// Who changes a rollout holds its row until the transaction ends, so that several instances do it one after the other. Rows are taken in one
/// order: the one of whoever tells recipes, the models', the recipe name's, the rollout's, the agents'. A rollout of a recipe tells agents of any model, and holds all.
/// </summary>
internal static class RolloutLock
{
    /// <summary>States in which it may go on.</summary>
    public static IReadOnlyList<string> Open { get; } =
        [RolloutStateWord.Scheduled, RolloutStateWord.Running, RolloutStateWord.WaitingForApproval, RolloutStateWord.Paused];

    /// <summary>Holds a model's row, if there is one; releases and aliases of it change under the same lock.</summary>
    public static Task HoldModelAsync(RegistryDbContext context, string name, CancellationToken cancellationToken)
        => context.Database.ExecuteSqlAsync($"UPDATE models SET counter = counter WHERE name = {name}", cancellationToken);

    /// <summary>Holds the rows of all models, in one order, after one that is there though no model is: no fleet is told anything meanwhile.</summary>
    public static async Task HoldModelsAsync(RegistryDbContext context, CancellationToken cancellationToken)
    {
        await context.Database.ExecuteSqlAsync($"UPDATE fleet_lock SET holds = holds", cancellationToken);
        foreach (var name in await context.Models.OrderBy(row => row.Name).Select(row => row.Name).ToListAsync(cancellationToken))
        {
            await HoldModelAsync(context, name, cancellationToken);
        }
    }

    /// <summary>As whoever tells agents a recipe does: all models, and then the row of its name, if it was ever registered.</summary>
    public static async Task HoldRecipeAsync(RegistryDbContext context, string name, CancellationToken cancellationToken)
    {
        await HoldModelsAsync(context, cancellationToken);
        await context.Database.ExecuteSqlAsync($"UPDATE recipe_names SET counter = counter WHERE name = {name}", cancellationToken);
    }

    /// <summary>Takes the locks of a rollout; null: there is none of this id.</summary>
    public static async Task<RolloutRow?> TakeAsync(RegistryDbContext context, string id, CancellationToken cancellationToken)
    {
        var rollout = await context.Rollouts.Where(row => row.Id == id).Select(row => new { row.Kind, row.Name }).SingleOrDefaultAsync(cancellationToken);
        if (rollout is null)
        {
            return null;
        }

        await (rollout.Kind == RolloutKind.Recipe ? HoldRecipeAsync(context, rollout.Name, cancellationToken) : HoldModelAsync(context, rollout.Name, cancellationToken));
        return await HoldAsync(context, id, cancellationToken);
    }

    /// <summary>The rollout of a model, or of a recipe, that may go on, locked, for a caller that holds the rows before it; null: none.</summary>
    public static async Task<RolloutRow?> HoldOpenAsync(RegistryDbContext context, string name, CancellationToken cancellationToken, string kind = RolloutKind.Model)
    {
        var id = await context.Rollouts.Where(row => row.Kind == kind && row.Name == name && Open.Contains(row.State)).Select(row => row.Id).SingleOrDefaultAsync(cancellationToken);
        return id is null ? null : await HoldAsync(context, id, cancellationToken);
    }

    private static async Task<RolloutRow?> HoldAsync(RegistryDbContext context, string id, CancellationToken cancellationToken)
        => await context.Database.ExecuteSqlAsync($"UPDATE rollouts SET revision = revision + 1 WHERE id = {id}", cancellationToken) == 1
            ? await context.Rollouts.SingleAsync(row => row.Id == id, cancellationToken)
            : null;
}
