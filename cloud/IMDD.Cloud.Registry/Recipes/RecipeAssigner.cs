using IMDD.Cloud.Registry.Fleet;
using IMDD.Cloud.Registry.Rollouts;
using IMDD.Cloud.Registry.State;
using IMDD.Cloud.Registry.Trust;
using IMDD.Contracts.Audit;
using IMDD.Contracts.Events;
using IMDD.Contracts.Identity;
using IMDD.Contracts.Models;
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
        if (recipe.ExpiresAt <= now)
        {
            throw RegistryException.Forbidden($"'{recipe.Id}' has expired at {recipe.ExpiresAt:O}: register it again.");
        }

        if (await RootBook.UnlistedByAsync(context, recipe.KeyId, cancellationToken) is { } version)
        {
            throw RegistryException.Forbidden($"'{recipe.Id}' was signed by {recipe.KeyId}, which root document {version} does not list: register it again.");
        }

        // Before the agents' rows, as whoever tells a fleet does.
        await RolloutLock.HoldModelsAsync(context, cancellationToken);
        await AgentRows.CheckKnownAsync(context, addresses, request.AllowUnknown, groupsToo: true, cancellationToken);
        var agents = await AgentsAsync(context, addresses, cancellationToken);
        await CheckNotInRolloutAsync(context, agents, cancellationToken);
        await AssignAsync(context, agents, digest, cancellationToken);
        var rolloutId = identity.NewRolloutId();
        List<string> told = [];
        List<string> waiting = [];
        foreach (var agent in agents)
        {
            CheckTaken(agent, recipe);
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

    /// <summary>What an agent is known to refuse would stay assigned, and have each later wish refused with it.</summary>
    private static void CheckTaken(AgentRow agent, RecipeRow recipe)
    {
        if (agent.State is { } said && ImddJsonText.Read<AgentState>(said) is { RecipeId: { } id, RecipeCounter: { } counter } state
            && RecipeId.NameOf(id) == RecipeId.NameOf(recipe.Id) && counter > recipe.Counter && state.RecipeDigest != recipe.Digest)
        {
            throw RegistryException.Forbidden(
                $"{agent.Asset}/{agent.Agent} goes by '{id}' with counter {counter}, above the {recipe.Counter} of '{recipe.Id}', and takes none below: register it again.");
        }
    }

    /// <summary>
    /// Writes the recipe down and reads the rows again after: an agent that says its state in the same instant is seen here, or sees the recipe
    /// when it is heard, and does not wait for ever.
    /// </summary>
    private static async Task AssignAsync(RegistryDbContext context, List<AgentRow> agents, string digest, CancellationToken cancellationToken)
    {
        foreach (var agent in agents)
        {
            agent.Recipe = digest;
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

    /// <summary>A wish of its own would end the rollout's for that agent.</summary>
    private static async Task CheckNotInRolloutAsync(RegistryDbContext context, List<AgentRow> agents, CancellationToken cancellationToken)
    {
        var open = await context.Rollouts.Where(row => RolloutLock.Open.Contains(row.State)).Select(row => row.Id).ToListAsync(cancellationToken);
        var underWay = await context.RolloutAgents.AsNoTracking()
            .Where(row => open.Contains(row.RolloutId) && (row.State == RolloutAgentStateWord.Pending || row.State == RolloutAgentStateWord.Told))
            .ToListAsync(cancellationToken);
        if (underWay.Find(row => agents.Exists(agent => agent.Asset == row.Asset && agent.Agent == row.Agent)) is { } busy)
        {
            throw RegistryException.Forbidden($"Rollout {busy.RolloutId} of {busy.Asset}/{busy.Agent} goes on: expected it to be over, or cancelled first.");
        }
    }
}
