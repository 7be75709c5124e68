using IMDD.Cloud.Registry.Fleet;
using IMDD.Cloud.Registry.Models;
using IMDD.Cloud.Registry.Recipes;
using IMDD.Cloud.Registry.State;
using IMDD.Contracts.Registry;
using Microsoft.EntityFrameworkCore;

namespace IMDD.Cloud.Registry.Rollouts;

/// <summary>A recipe: from the wave that an agent is in it is assigned to it, under the model that it runs.</summary>
internal sealed class RecipeContent(FleetWishes wishes, RegistryIdentity identity) : IRolloutContent
{
    /// <inheritdoc/>
    public async Task<string?> ForbidsAsync(RegistryDbContext context, RolloutRow rollout, CancellationToken cancellationToken)
        => await RecipeRules.ForbidsAsync(context, await RecipeBook.NewestAsync(context, rollout.Digest, cancellationToken), identity.Now().Time, cancellationToken);

    /// <inheritdoc/>
    public Task BeginAsync(RegistryDbContext context, RolloutRow rollout, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public async Task<bool> TellAsync(RegistryDbContext context, RolloutRow rollout, RolloutAgentRow row, AgentRow? agent, CancellationToken cancellationToken)
    {
        if (agent is null || !await FleetWishes.CanTellRecipeAsync(context, agent, cancellationToken) || await IsToldAsync(context, agent, cancellationToken))
        {
            return false;
        }

        (row.PreviousRecipe, row.PreviousNotBefore, row.PreviousNotAfter) = (agent.Recipe, agent.InstallNotBefore, agent.InstallNotAfter);
        AssignedRecipe.Set(agent, rollout.Digest);
        return await wishes.TellRecipeAsync(context, agent, rollout.Id, cancellationToken, Mapping.Install(rollout.InstallNotBefore, rollout.InstallNotAfter));
    }

    /// <summary>True while a rollout brings the model that the agent had to have first.</summary>
    private static Task<bool> IsToldAsync(RegistryDbContext context, AgentRow agent, CancellationToken cancellationToken)
        => RolloutEnd.OpenParts(context, RolloutKind.Model).AnyAsync(row => row.Asset == agent.Asset && row.Agent == agent.Agent && row.State == RolloutAgentStateWord.Told, cancellationToken);

    /// <inheritdoc/>
    public Task FinishAsync(RegistryDbContext context, RolloutRow rollout, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public async Task RestoreAsync(RegistryDbContext context, RolloutRow rollout, RolloutAgentRow row, AgentRow agent, string restored, CancellationToken cancellationToken)
    {
        AssignedRecipe.GoBack(agent, row.PreviousRecipe);
        if (agent is { Desired: null, Recipe: null })
        {
            wishes.Clear(context, agent, restored);
        }
        else
        {
            (agent.InstallNotBefore, agent.InstallNotAfter) = (row.PreviousNotBefore, row.PreviousNotAfter);
            await wishes.TellRecipeAsync(context, agent, restored, cancellationToken);
        }
    }

    /// <inheritdoc/>
    public async Task KeepAsync(RegistryDbContext context, RolloutRow rollout, RolloutAgentRow row, AgentRow agent, CancellationToken cancellationToken)
    {
        if (row.TakenBackBy is { } takenBackBy && agent.RolloutId == takenBackBy)
        {
            AssignedRecipe.Set(agent, rollout.Digest);
            await wishes.TellRecipeAsync(context, agent, identity.NewRolloutId(), cancellationToken);
        }
    }
}
