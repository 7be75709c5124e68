using IMDD.Cloud.Registry.Fleet;
using IMDD.Cloud.Registry.State;
using IMDD.Contracts.Events;
using IMDD.Contracts.Registry;
using Microsoft.EntityFrameworkCore;

namespace IMDD.Cloud.Registry.Rollouts;

/// <summary>Takes rollouts back: who was not told never is, who does not decide by it yet gets back what it had; the others go on.</summary>
internal sealed class RolloutEnd(RolloutContents contents, RegistryIdentity identity, ILogger<RolloutEnd> logger)
{
    /// <summary>Why an agent is no part of a rollout any more.</summary>
    public const string ToldElse = "It was told something else since.";

    /// <summary>Takes a rollout back, in the transaction of a caller that holds its locks.</summary>
    /// <param name="context">The transaction's.</param>
    /// <param name="rollout">Which.</param>
    /// <param name="cause">Why.</param>
    /// <param name="by">Who.</param>
    /// <param name="isRestoring">False where the caller tells the agents something else anyway.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task CancelAsync(
        RegistryDbContext context, RolloutRow rollout, string cause, string? by, bool isRestoring, CancellationToken cancellationToken)
    {
        var now = identity.Now().Time;
        var restored = identity.NewRolloutId();
        (rollout.State, rollout.Cause, rollout.ChangedAt, rollout.ChangedBy) = (RolloutStateWord.Cancelled, cause, now, by);
        foreach (var row in await context.RolloutAgents.Where(row => row.RolloutId == rollout.Id).ToListAsync(cancellationToken))
        {
            if (row.State is not (RolloutAgentStateWord.Pending or RolloutAgentStateWord.Told) || row.Step == RolloutStepWord.Trial)
            {
                continue;
            }

            if (isRestoring && row.State == RolloutAgentStateWord.Told && await RestoreAsync(context, rollout, row, restored, cancellationToken))
            {
                row.TakenBackBy = restored;
            }

            (row.State, row.ChangedAt) = (RolloutAgentStateWord.Cancelled, now);
        }

        Log.RolloutChanged(logger, rollout.Id, rollout.Name, rollout.Digest, rollout.State, rollout.WavesBegun, cause);
    }

    /// <summary>
    /// Agents are told a model that cannot wait: rollouts of recipes have them no longer, in the transaction of a caller that holds the model's row. What
    /// they were told and do not decide by yet, as far as anybody has heard, is not brought along. Who waits for a model before it can be told a recipe waits on.
    /// </summary>
    /// <param name="context">The transaction's.</param>
    /// <param name="agents">Who is told.</param>
    /// <param name="rolloutId">Names the model's wish.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task LetGoOfRecipesAsync(RegistryDbContext context, IReadOnlyList<AgentRow> agents, string rolloutId, CancellationToken cancellationToken)
    {
        var byAddress = agents.ToDictionary(row => (row.Asset, row.Agent));
        foreach (var row in await OpenParts(context, RolloutKind.Recipe).ToListAsync(cancellationToken))
        {
            if (byAddress.TryGetValue((row.Asset, row.Agent), out var agent) && row.Step != RolloutStepWord.Trial
                && (row.State == RolloutAgentStateWord.Told || await FleetWishes.CanTellRecipeAsync(context, agent, cancellationToken)))
            {
                if (row.State == RolloutAgentStateWord.Told && agent.RolloutId == row.RolloutId)
                {
                    AssignedRecipe.GoBack(agent, row.PreviousRecipe);

                    // Its trial may have begun unheard: what it keeps then goes with the model, which it would refuse with an older one.
                    row.TakenBackBy = rolloutId;
                }

                (row.State, row.Detail, row.ChangedAt) = (RolloutAgentStateWord.Cancelled, ToldElse, identity.Now().Time);
            }
        }
    }

    /// <summary>Agents that rollouts which go on have still to tell, or wait for.</summary>
    /// <param name="context">The database.</param>
    /// <param name="kind">A <see cref="RolloutKind"/>; null: any.</param>
    public static IQueryable<RolloutAgentRow> OpenParts(RegistryDbContext context, string? kind)
        => context.RolloutAgents.Where(row => (row.State == RolloutAgentStateWord.Pending || row.State == RolloutAgentStateWord.Told)
            && context.Rollouts.Any(rollout => rollout.Id == row.RolloutId && RolloutLock.Open.Contains(rollout.State) && (kind == null || rollout.Kind == kind)));

    private async Task<bool> RestoreAsync(RegistryDbContext context, RolloutRow rollout, RolloutAgentRow row, string restored, CancellationToken cancellationToken)
    {
        if (await context.Agents.FindAsync([row.Asset, row.Agent], cancellationToken) is not { } agent || agent.RolloutId != rollout.Id)
        {
            // Somebody has told it something else since.
            return false;
        }

        await contents.Of(rollout).RestoreAsync(context, rollout, row, agent, restored, cancellationToken);
        return true;
    }
}
