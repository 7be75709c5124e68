using IMDD.Cloud.Registry.Fleet;
using IMDD.Cloud.Registry.Models;
using IMDD.Cloud.Registry.State;
using IMDD.Contracts.Events;
using IMDD.Relational;
using Microsoft.EntityFrameworkCore;

namespace IMDD.Cloud.Registry.Rollouts;

/// <summary>A release of a model: the challenger from the first wave on, the champion after the last.</summary>
internal sealed class ReleaseContent(FleetWishes wishes, ModelAliases aliases, RegistryIdentity identity) : IRolloutContent
{
    /// <inheritdoc/>
    public async Task<string?> ForbidsAsync(RegistryDbContext context, RolloutRow rollout, CancellationToken cancellationToken)
        => ReleaseRules.Forbids(await ReleaseAsync(context, rollout, cancellationToken), identity.Now().Time);

    /// <inheritdoc/>
    public async Task BeginAsync(RegistryDbContext context, RolloutRow rollout, CancellationToken cancellationToken)
        => await aliases.TryAsync(context, await ReleaseAsync(context, rollout, cancellationToken), rollout.StartedBy, rollout.Reason, cancellationToken);

    /// <inheritdoc/>
    public async Task<bool> TellAsync(RegistryDbContext context, RolloutRow rollout, RolloutAgentRow row, AgentRow? agent, CancellationToken cancellationToken)
    {
        (row.Previous, row.PreviousNotBefore, row.PreviousNotAfter) = (agent?.Desired, agent?.InstallNotBefore, agent?.InstallNotAfter);
        await wishes.TellAsync(
            context, await ReleaseAsync(context, rollout, cancellationToken), AgentRows.AddressOf(row), rollout.Id,
            Mapping.Install(rollout.InstallNotBefore, rollout.InstallNotAfter), cancellationToken);
        return true;
    }

    /// <inheritdoc/>
    public async Task FinishAsync(RegistryDbContext context, RolloutRow rollout, CancellationToken cancellationToken)
        => await aliases.CrownAsync(
            context, await ReleaseAsync(context, rollout, cancellationToken), PreviousChampion.Remembered, rollout.StartedBy, rollout.Reason, cancellationToken);

    /// <inheritdoc/>
    public async Task RestoreAsync(RegistryDbContext context, RolloutRow rollout, RolloutAgentRow row, AgentRow agent, string restored, CancellationToken cancellationToken)
    {
        var previous = await UsableAsync(context, row.Previous, cancellationToken);
        var release = previous ?? await UsableAsync(context, await ChampionAsync(context, rollout, cancellationToken), cancellationToken);
        if (row.Previous is null || release is null)
        {
            await wishes.TakeBackAsync(context, agent, restored, cancellationToken);
            return;
        }

        await wishes.TellAsync(
            context, release, AgentRows.AddressOf(row), restored, previous is null ? null : Mapping.Install(row.PreviousNotBefore, row.PreviousNotAfter), cancellationToken);
    }

    /// <inheritdoc/>
    public async Task KeepAsync(RegistryDbContext context, RolloutRow rollout, RolloutAgentRow row, AgentRow agent, CancellationToken cancellationToken)
    {
        var release = await ReleaseAsync(context, rollout, cancellationToken);
        if (!release.IsBlocked && row.TakenBackBy is { } takenBackBy && (agent.RolloutId == takenBackBy || IsNamedByItsRecipe(agent, release)))
        {
            if (await RolloutBook.IsUnderWayAsync(context, AgentRows.AddressOf(row), cancellationToken))
            {
                // A rollout of a recipe has it, whose wish goes on as it is.
                (agent.Model, agent.Desired, agent.WishModel) = (release.Name, release.Digest, null);
                return;
            }

            await wishes.TellAsync(context, release, AgentRows.AddressOf(row), identity.NewRolloutId(), install: null, cancellationToken);
        }
    }

    /// <summary>True where, since the wish was taken back, the agent's recipe was wished under this release, because the agent had said that it runs it.</summary>
    private static bool IsNamedByItsRecipe(AgentRow agent, ReleaseRow release)
        => agent is { Desired: null, WishModel: { } named } && ImddJsonText.Read<ModelRelease>(named).Digest == release.Digest;

    private static Task<ReleaseRow> ReleaseAsync(RegistryDbContext context, RolloutRow rollout, CancellationToken cancellationToken)
        => context.Releases.SingleAsync(row => row.Digest == rollout.Digest, cancellationToken);

    private static Task<string?> ChampionAsync(RegistryDbContext context, RolloutRow rollout, CancellationToken cancellationToken)
        => context.Aliases.Where(alias => alias.Name == rollout.Name && alias.Alias == ModelAlias.Champion && alias.Digest != rollout.Digest)
            .Select(alias => (string?)alias.Digest).SingleOrDefaultAsync(cancellationToken);

    private static Task<ReleaseRow?> UsableAsync(RegistryDbContext context, string? digest, CancellationToken cancellationToken)
        => context.Releases.SingleOrDefaultAsync(release => release.Digest == digest && !release.IsBlocked, cancellationToken);
}
