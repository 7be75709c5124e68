using IMDD.Cloud.Registry.Fleet;
using IMDD.Cloud.Registry.Models;
using IMDD.Cloud.Registry.State;
using IMDD.Contracts.Events;
using IMDD.Contracts.Registry;
using Microsoft.EntityFrameworkCore;

namespace IMDD.Cloud.Registry.Rollouts;

/// <summary>Takes rollouts back: who was not told never is, who does not decide by the release yet gets back what it had; the others go on.</summary>
internal sealed class RolloutEnd(FleetWishes wishes, RegistryIdentity identity, ILogger<RolloutEnd> logger)
{
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

    private async Task<bool> RestoreAsync(RegistryDbContext context, RolloutRow rollout, RolloutAgentRow row, string restored, CancellationToken cancellationToken)
    {
        if (await context.Agents.FindAsync([row.Asset, row.Agent], cancellationToken) is not { } agent || agent.RolloutId != rollout.Id)
        {
            // Somebody has told it something else since.
            return false;
        }

        var previous = await UsableAsync(context, row.Previous, cancellationToken);
        var release = previous ?? await UsableAsync(context, await ChampionAsync(context, rollout, cancellationToken), cancellationToken);
        if (row.Previous is null || release is null)
        {
            await wishes.TakeBackAsync(context, agent, restored, cancellationToken);
            return true;
        }

        await wishes.TellAsync(
            context, release, AgentRows.AddressOf(row), restored,
            previous is null ? null : Mapping.Install(row.PreviousNotBefore, row.PreviousNotAfter), cancellationToken);
        return true;
    }

    private static Task<string?> ChampionAsync(RegistryDbContext context, RolloutRow rollout, CancellationToken cancellationToken)
        => context.Aliases.Where(alias => alias.Name == rollout.Name && alias.Alias == ModelAlias.Champion && alias.Digest != rollout.Digest)
            .Select(alias => (string?)alias.Digest).SingleOrDefaultAsync(cancellationToken);

    private static Task<ReleaseRow?> UsableAsync(RegistryDbContext context, string? digest, CancellationToken cancellationToken)
        => context.Releases.SingleOrDefaultAsync(release => release.Digest == digest && !release.IsBlocked, cancellationToken);
}
