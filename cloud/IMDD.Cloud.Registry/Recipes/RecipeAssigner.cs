using IMDD.Cloud.Registry.Fleet;
using IMDD.Cloud.Registry.Rollouts;
using IMDD.Cloud.Registry.State;
using IMDD.Contracts.Audit;
using IMDD.Contracts.Identity;
using IMDD.Contracts.Registry;
using IMDD.Relational;
using Microsoft.EntityFrameworkCore;

namespace IMDD.Cloud.Registry.Recipes;

/// <summary>Says which stations decide by which recipe. It stays with an agent whatever model it is told to run later.</summary>
internal sealed class RecipeAssigner(IDbContextFactory<RegistryDbContext> contexts, FleetWishes wishes, RegistryIdentity identity, ILogger<RecipeAssigner> logger)
{
    /// <summary>Assigns a recipe and tells who can be told.</summary>
    /// <exception cref="RegistryException">It is not known, expired or signed by a key that is withdrawn, or a rollout of one of the agents goes on.</exception>
    public async Task<RecipeAssignment> AssignAsync(string digest, AssignRecipe request, CancellationToken cancellationToken)
    {
        var addresses = request.Agents.Select(AgentRows.Asked).Distinct().ToList();
        var now = identity.Now().Time;
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        await using var transaction = await context.Database.BeginTransactionAsync(cancellationToken);
        var recipe = await RecipeBook.NewestAsync(context, digest, cancellationToken);
        await RecipeRules.CheckUsableAsync(context, recipe, now, cancellationToken);

        // Before the agents' rows, as whoever tells a fleet does.
        await RolloutLock.HoldModelsAsync(context, cancellationToken);
        await AgentRows.CheckKnownAsync(context, addresses, request.AllowUnknown, groupsToo: true, cancellationToken);
        var agents = await AgentsAsync(context, addresses, cancellationToken);
        await RolloutBook.CheckFreeAsync(context, agents.Select(row => (row.Asset, row.Agent)), kind: null, cancellationToken);
        await AssignAsync(context, agents, digest, cancellationToken);
        var rolloutId = identity.NewRolloutId();
        List<string> told = [];
        List<string> waiting = [];
        foreach (var agent in agents)
        {
            RecipeRules.CheckTaken(agent, recipe);
            (await wishes.TellRecipeAsync(context, agent, rolloutId, cancellationToken) ? told : waiting).Add($"{agent.Asset}/{agent.Agent}");
        }

        await context.SaveChangesAsync(cancellationToken);
        AuditLog.Append(
            context, request.By, AuditAction.AssignRecipe, $"{recipe.Id} {digest}", AuditOutcome.Done,
            $"{(addresses.Count == 0 ? "all" : string.Join(", ", addresses))}. {request.Reason}".TrimEnd(), now);
        await transaction.CommitAsync(cancellationToken);
        Log.RecipeAssigned(logger, recipe.Id, digest, request.By, request.Reason, told.Count, waiting.Count, rolloutId);
        return new RecipeAssignment { Digest = digest, Id = recipe.Id, RolloutId = rolloutId, Agents = told, Waiting = waiting };
    }

    /// <summary>
    /// Writes the recipe down and reads the rows again after: an agent that says its state in the same instant is seen here, or sees the recipe
    /// when it is heard, and does not wait for ever.
    /// </summary>
    private static async Task AssignAsync(RegistryDbContext context, List<AgentRow> agents, string digest, CancellationToken cancellationToken)
    {
        foreach (var agent in agents)
        {
            AssignedRecipe.Set(agent, digest);
            var entry = context.Entry(agent);
            if (entry.State != EntityState.Added)
            {
                // Written even where it is the same: the write is what holds the row.
                entry.Property(row => row.Recipe).IsModified = true;
            }
        }

        await context.SaveChangesAsync(cancellationToken);
        foreach (var agent in agents)
        {
            await context.Entry(agent).ReloadAsync(cancellationToken);
        }
    }

    private static async Task<List<AgentRow>> AgentsAsync(RegistryDbContext context, List<AgentAddress> addresses, CancellationToken cancellationToken)
    {
        if (addresses.Count == 0)
        {
            return await context.Agents.Where(row => row.GoneAt == null).OrderBy(row => row.Asset).ThenBy(row => row.Agent).ToListAsync(cancellationToken);
        }

        List<AgentRow> agents = [];
        foreach (var address in addresses)
        {
            agents.Add(await AgentRows.TakeAsync(context, address, cancellationToken));
        }

        return agents;
    }
}
