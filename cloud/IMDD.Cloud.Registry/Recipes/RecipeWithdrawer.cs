using IMDD.Cloud.Registry.Fleet;
using IMDD.Cloud.Registry.Rollouts;
using IMDD.Cloud.Registry.State;
using IMDD.Contracts.Audit;
using IMDD.Contracts.Registry;
using IMDD.Relational;
using Microsoft.EntityFrameworkCore;

namespace IMDD.Cloud.Registry.Recipes;

/// <summary>Takes recipes back: stations go by their configuration's again, or by the one before.</summary>
internal sealed class RecipeWithdrawer(IDbContextFactory<RegistryDbContext> contexts, RecipeBook book, FleetWishes wishes, RegistryIdentity identity, ILogger<RecipeWithdrawer> logger)
{
    private const int MostNamed = 5;

    /// <summary>Withdraws a recipe from agents that it is assigned to, and tells who can be told.</summary>
    /// <exception cref="RegistryException">
    /// It is not known, or not assigned to one of them; a rollout of one of them goes on; or one had none before, or one that must not be given out any more.
    /// </exception>
    public async Task<RecipeWithdrawal> WithdrawAsync(string digest, WithdrawRecipe request, CancellationToken cancellationToken)
    {
        var addresses = request.Agents.Select(AgentRows.Asked).Select(address => (Asset: address.Asset.ToString(), Agent: address.Name)).Distinct().ToList();
        var now = identity.Now().Time;
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        await using var transaction = await context.Database.BeginTransactionAsync(cancellationToken);
        var recipe = await RecipeBook.NewestAsync(context, digest, cancellationToken);
        await RolloutLock.HoldRecipeAsync(context, recipe.Name, cancellationToken);
        var assigned = await context.Agents.Where(row => row.Recipe == digest).OrderBy(row => row.Asset).ThenBy(row => row.Agent).ToListAsync(cancellationToken);
        var agents = addresses.Count == 0 ? assigned : assigned.FindAll(row => addresses.Contains((row.Asset, row.Agent)));
        if (agents.Count == 0 || agents.Count < addresses.Count)
        {
            var others = addresses.Where(address => !agents.Exists(row => (row.Asset, row.Agent) == address)).Select(address => $"{address.Asset}/{address.Agent}");
            throw RegistryException.Forbidden($"'{recipe.Id}' is not assigned to {(addresses.Count == 0 ? "anybody" : string.Join(", ", others.Take(MostNamed)))}.");
        }

        await RolloutBook.CheckFreeAsync(context, agents.Select(row => (row.Asset, row.Agent)), kind: null, cancellationToken);
        foreach (var agent in agents)
        {
            AssignedRecipe.GoBack(agent, request.ToPrevious ? await PreviousAsync(context, agent, request, cancellationToken) : AssignedRecipe.Configured);
        }

        var rolloutId = identity.NewRolloutId();
        List<string> told = [];
        List<string> waiting = [];
        foreach (var agent in agents)
        {
            // A group that is no more has nothing desired of it: should it come back, it goes by what is assigned then.
            (agent.GoneAt is null && await wishes.TellRecipeAsync(context, agent, rolloutId, cancellationToken) ? told : waiting).Add($"{agent.Asset}/{agent.Agent}");
        }

        await context.SaveChangesAsync(cancellationToken);
        AuditLog.Append(
            context, request.By, AuditAction.WithdrawRecipe, $"{recipe.Id} {digest}", AuditOutcome.Done,
            $"{(addresses.Count == 0 ? "all" : string.Join(", ", request.Agents))}, to {(request.ToPrevious ? "the one before" : "the configuration's")}. {request.Reason}".TrimEnd(), now);
        await transaction.CommitAsync(cancellationToken);
        Log.RecipeWithdrawn(logger, recipe.Id, digest, request.By, request.Reason, told.Count, waiting.Count, rolloutId);
        return new RecipeWithdrawal { Digest = digest, Id = recipe.Id, RolloutId = rolloutId, Agents = told, Waiting = waiting };
    }

    private async Task<string> PreviousAsync(RegistryDbContext context, AgentRow agent, WithdrawRecipe request, CancellationToken cancellationToken)
    {
        if (agent.RecipeBefore is not { } before)
        {
            throw RegistryException.Forbidden(
                $"{agent.Asset}/{agent.Agent} is not known to have been assigned a recipe before: withdraw it to the configuration's, or assign another.");
        }

        if (before != AssignedRecipe.Configured)
        {
            await book.AgainAsync(context, before, request.By, cancellationToken);
        }

        return before;
    }
}
