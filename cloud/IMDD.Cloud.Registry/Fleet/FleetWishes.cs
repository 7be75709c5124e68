using IMDD.Cloud.Registry.Models;
using IMDD.Cloud.Registry.Rollouts;
using IMDD.Cloud.Registry.State;
using IMDD.Contracts.CloudEvents;
using IMDD.Contracts.Events;
using IMDD.Contracts.Identity;
using IMDD.Contracts.Registry;
using IMDD.Contracts.Topics;
using IMDD.Relational;
using Microsoft.EntityFrameworkCore;

namespace IMDD.Cloud.Registry.Fleet;

/// <summary>What is desired of each agent. Kept first, told afterwards: a registry that dies in between tells it when it is back.</summary>
internal sealed class FleetWishes(RegistryIdentity identity)
{
    /// <summary>Wishes, in the caller's transaction, under an id of its own, that these agents run a release.</summary>
    public async Task<RolloutView> TellAsync(
        RegistryDbContext context, ReleaseRow release, string alias, IReadOnlyList<AgentAddress> agents, string rolloutId, CancellationToken cancellationToken)
    {
        foreach (var address in agents)
        {
            await TellAsync(context, release, address, rolloutId, install: null, cancellationToken);
        }

        return new RolloutView
        {
            RolloutId = rolloutId,
            Model = Mapping.Release(release),
            Alias = alias,
            Agents = [.. agents.Select(address => address.ToString())],
        };
    }

    /// <summary>Wishes, in the caller's transaction, that an agent run a release.</summary>
    public async Task TellAsync(
        RegistryDbContext context, ReleaseRow release, AgentAddress address, string rolloutId, InstallWindow? install, CancellationToken cancellationToken)
    {
        var now = identity.Now();
        var row = await AgentRows.TakeAsync(context, address, cancellationToken);
        if (Running(row) is null && !await CanTellRecipeAsync(context, row, cancellationToken))
        {
            // A rollout of a recipe waits for a model: this one may be it.
            foreach (var part in await RolloutEnd.OpenParts(context, RolloutKind.Recipe)
                .Where(part => part.Asset == row.Asset && part.Agent == row.Agent && part.State == RolloutAgentStateWord.Pending).ToListAsync(cancellationToken))
            {
                part.PreviousRolloutId = part.PreviousRolloutId == row.RolloutId ? rolloutId : part.PreviousRolloutId;
            }
        }

        (row.Model, row.Desired, row.WishModel, row.RolloutId, row.DesiredAt) = (release.Name, release.Digest, null, rolloutId, now.Time);
        Untold(context, row);
        (row.InstallNotBefore, row.InstallNotAfter) = (install?.NotBefore, install?.NotAfter);
        (row.Step, row.StepAt) = (null, null);
        Announce(context, row, Mapping.Release(release), now);
    }

    /// <summary>
    /// Takes an agent's wish back, in the caller's transaction: no release is desired of it, and what it runs goes on. The recipe that is assigned to
    /// it stays desired.
    /// </summary>
    public async Task TakeBackAsync(RegistryDbContext context, AgentRow row, string rolloutId, CancellationToken cancellationToken)
    {
        row.Model = null;
        Clear(context, row, rolloutId);
        if (row.Recipe is not null)
        {
            await TellRecipeAsync(context, row, rolloutId, cancellationToken);
        }
    }

    /// <summary>The agent has no such group any more: nothing is desired of it, in the caller's transaction, and no rollout has it. What it had is kept.</summary>
    public void Forget(RegistryDbContext context, AgentRow row)
    {
        row.GoneAt = identity.Now().Time;
        if (row.RolloutId is not null)
        {
            Clear(context, row, identity.NewRolloutId());
        }
    }

    /// <summary>
    /// Wishes, in the caller's transaction, that an agent decide by the recipe assigned to it, under the release that is desired of it or, where
    /// none is, or it has failed there or been blocked, the one that it last said it runs. False where neither is known: nothing is wished.
    /// </summary>
    /// <param name="context">The transaction's.</param>
    /// <param name="row">The agent's.</param>
    /// <param name="rolloutId">Names the wish.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <param name="install">When the recipe may be put in force; null: at once, or with the release that is not in yet.</param>
    public async Task<bool> TellRecipeAsync(RegistryDbContext context, AgentRow row, string rolloutId, CancellationToken cancellationToken, InstallWindow? install = null)
    {
        var desired = row.Desired is { } digest ? await context.Releases.SingleAsync(release => release.Digest == digest, cancellationToken) : null;
        var running = Running(row);
        var isWished = row.Desired is not null || row.WishModel is not null;
        if (desired is not null && (desired.IsBlocked || HasFailed(row)))
        {
            // What an agent has refused or taken out again is not offered to it once more because its recipe changes.
            (desired, row.Desired) = (null, null);
        }

        if ((desired is null ? running : Mapping.Release(desired)) is not { } model)
        {
            if (isWished)
            {
                // Else what it is told next, for another of its groups, would have the old wish with the new recipe.
                Clear(context, row, rolloutId);
            }

            return false;
        }

        var now = identity.Now();
        (row.WishModel, row.RolloutId, row.DesiredAt) = (desired is null ? ImddJsonText.Write(model) : null, rolloutId, now.Time);
        Untold(context, row);
        (row.Step, row.StepAt) = (null, null);
        if (running?.Digest == model.Digest)
        {
            // The window was for the release, which is in.
            (row.InstallNotBefore, row.InstallNotAfter) = (null, null);
        }

        if (install is not null)
        {
            (row.InstallNotBefore, row.InstallNotAfter) = (install.NotBefore, install.NotAfter);
        }

        Announce(context, row, model, now);
        return true;
    }

    /// <summary>
    /// Wishes, in the caller's transaction, the release of a wish again that was refused because of its recipe, with the recipe that is assigned now, or with
    /// none; nothing where the release decides for good, or was a rollout's, whose wave has failed.
    /// </summary>
    public async Task TellReleaseAgainAsync(RegistryDbContext context, AgentRow row, CancellationToken cancellationToken)
    {
        if (row.Desired is not null && !DecidesAsDesired(row)
            && !await context.Rollouts.AnyAsync(rollout => rollout.Id == row.RolloutId && rollout.Kind == RolloutKind.Model, cancellationToken))
        {
            await TellRecipeAsync(context, row, identity.NewRolloutId(), cancellationToken);
        }
    }

    /// <summary>True where a recipe's wish would have a model to name: <see cref="TellRecipeAsync"/> would tell it.</summary>
    public static async Task<bool> CanTellRecipeAsync(RegistryDbContext context, AgentRow row, CancellationToken cancellationToken)
        => Running(row) is not null
            || (row.Desired is { } digest && !HasFailed(row) && await context.Releases.AnyAsync(release => release.Digest == digest && !release.IsBlocked, cancellationToken));

    /// <summary>
    /// True where the recipe assigned to an agent has still to be wished: it was assigned before anybody knew what the agent runs; or, since the
    /// wish, another box stands in its place, which runs something else and may know nothing of the model that the wish names.
    /// </summary>
    public static bool IsRecipeDue(AgentRow row)
        => row is { Recipe: not null, Desired: null, GoneAt: null } && Running(row) is { } running
            && (row.WishModel is not { } named || (ImddJsonText.Read<ModelRelease>(named).Digest != running.Digest && !IsUnderWay(row)));

    /// <summary>What is wished of a row; null: nothing.</summary>
    /// <param name="row">The row.</param>
    /// <param name="releases">Releases that rows name, by digest.</param>
    public static ModelRelease? WishOf(AgentRow row, IReadOnlyDictionary<string, ReleaseRow> releases)
        => row.RolloutId is null ? null
            : row.Desired is { } digest ? Mapping.Release(releases[digest])
            : row.WishModel is { } named ? ImddJsonText.Read<ModelRelease>(named) : null;

    /// <summary>Nothing is desired of an agent, in the caller's transaction.</summary>
    public void Clear(RegistryDbContext context, AgentRow row, string rolloutId)
    {
        (row.Desired, row.WishModel, row.RolloutId, row.DesiredAt) = (null, null, rolloutId, identity.Now().Time);
        Untold(context, row);
        (row.InstallNotBefore, row.InstallNotAfter) = (null, null);
        (row.Step, row.StepAt) = (null, null);
    }

    /// <summary>A group's wish goes to Kafka on its own, under the group's key: what is desired of the others has been said.</summary>
    private static void Announce(RegistryDbContext context, AgentRow row, ModelRelease model, EventContext now)
    {
        var address = AgentRows.AddressOf(row);
        var wish = DesiredModelsEvent.Create(address.Asset, DesiredMessage.Of([(row, model)]), now);
        Outbox.Add(
            context, KafkaTopics.ModelRollout,
            wish.WithExtension(CloudEventAttributes.PartitionKey, RolloutKey.Of(row.RolloutId!, address.Asset, address.Agent, address.Group)), now.Time);
    }

    /// <summary>Written even where the row says so already: since it was read, the wish before may have been told.</summary>
    private static void Untold(RegistryDbContext context, AgentRow row)
    {
        row.IsTold = false;
        var entry = context.Entry(row);
        if (entry.State != EntityState.Added)
        {
            entry.Property(agent => agent.IsTold).IsModified = true;
        }
    }

    /// <summary>
    /// True where the agent's last word on its present wish is that its release failed: a recipe at fault says nothing of the release, nor does a full disk, and
    /// one that decides for good has not failed.
    /// </summary>
    private static bool HasFailed(AgentRow row)
        => LastStep(row) is { Result: RolloutResult.Failure, RecipeDigest: null, ReasonCode: not RolloutReason.StorageFull } && !DecidesAsDesired(row);

    /// <summary>True where the agent last said that it decides by the release that is desired of it, and that this is not on trial.</summary>
    private static bool DecidesAsDesired(AgentRow row)
        => row is { Desired: { } desired, State: { } said } && ImddJsonText.Read<AgentState>(said) is var state && state.Model?.Digest == desired
            && state.Slots?.Any(slot => slot.Model.Digest == desired && slot.State == AgentSlotState.Trial) != true;

    /// <summary>True where the agent has begun with its present wish and not come to an end.</summary>
    private static bool IsUnderWay(AgentRow row)
        => LastStep(row) is { } last && last.Result != RolloutResult.Failure && last.Step is not (RolloutStepWord.Committed or RolloutStepWord.Canceled);

    private static RolloutStep? LastStep(AgentRow row)
        => row.Step is { } step && ImddJsonText.Read<RolloutStep>(step) is var last && last.RolloutId == row.RolloutId ? last : null;

    /// <summary>What an agent last said it runs; null: it has said nothing, or runs nothing.</summary>
    private static ModelRelease? Running(AgentRow row)
    {
        if (row.State is null || ImddJsonText.Read<AgentState>(row.State) is not { Model: { } model } state)
        {
            return null;
        }

        return state.Slots?.Select(slot => slot.Model).FirstOrDefault(release => release.Digest == model.Digest)
            ?? new ModelRelease(model.Name, model.Version, model.Digest, ReleaseCounter: 0);
    }
}
