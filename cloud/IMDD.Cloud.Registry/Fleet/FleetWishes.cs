using IMDD.Cloud.Registry.Models;
using IMDD.Cloud.Registry.State;
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
        RegistryDbContext context, ReleaseRow release, string alias, IReadOnlyList<AgentAddress> agents, CancellationToken cancellationToken)
    {
        var rolloutId = identity.NewRolloutId();
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
        var asset = address.Asset.ToString();
        var now = identity.Now();
        var row = await context.Agents.FindAsync([asset, address.Agent], cancellationToken);
        if (row is null)
        {
            row = new AgentRow { Asset = asset, Agent = address.Agent };
            context.Agents.Add(row);
        }

        (row.Model, row.Desired, row.WishModel, row.RolloutId, row.DesiredAt) = (release.Name, release.Digest, null, rolloutId, now.Time);
        Untold(context, row);
        (row.InstallNotBefore, row.InstallNotAfter) = (install?.NotBefore, install?.NotAfter);
        (row.Step, row.StepAt) = (null, null);
        Outbox.Add(context, KafkaTopics.ModelRollout, DesiredModelsEvent.Create(address.Asset, Wish(row, Mapping.Release(release)), now), now.Time);
    }

    /// <summary>
    /// Takes an agent's wish back, in the caller's transaction: no release is desired of it, and what it runs goes on. The recipe that is assigned to
    /// it stays desired.
    /// </summary>
    public async Task TakeBackAsync(RegistryDbContext context, AgentRow row, string rolloutId, CancellationToken cancellationToken)
    {
        (row.Model, row.Desired, row.WishModel, row.RolloutId, row.DesiredAt) = (null, null, null, rolloutId, identity.Now().Time);
        Untold(context, row);
        (row.InstallNotBefore, row.InstallNotAfter) = (null, null);
        (row.Step, row.StepAt) = (null, null);
        if (row.Recipe is not null)
        {
            await TellRecipeAsync(context, row, rolloutId, cancellationToken);
        }
    }

    /// <summary>
    /// Wishes, in the caller's transaction, that an agent decide by the recipe assigned to it, under the release that is desired of it or, where
    /// none is, or it has failed there or been blocked, the one that it last said it runs. False where neither is known: nothing is wished.
    /// </summary>
    public async Task<bool> TellRecipeAsync(RegistryDbContext context, AgentRow row, string rolloutId, CancellationToken cancellationToken)
    {
        var desired = row.Desired is { } digest ? await context.Releases.SingleAsync(release => release.Digest == digest, cancellationToken) : null;
        if (desired is not null && (desired.IsBlocked || HasFailed(row)))
        {
            // What an agent has refused or taken out again is not offered to it once more because its recipe changes.
            (desired, row.Desired) = (null, null);
        }

        var running = Running(row);
        if ((desired is null ? running : Mapping.Release(desired)) is not { } model)
        {
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

        Outbox.Add(context, KafkaTopics.ModelRollout, DesiredModelsEvent.Create(AssetPath.Parse(row.Asset), Wish(row, model), now), now.Time);
        return true;
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

    /// <summary>The message for an agent.</summary>
    public static DesiredModels Wish(AgentRow row, ModelRelease model) => new()
    {
        Agent = row.Agent,
        RolloutId = row.RolloutId!,
        Slots = [new DesiredSlot { Model = model, RecipeDigest = row.Recipe }],
        Install = Mapping.Install(row.InstallNotBefore, row.InstallNotAfter),
    };

    /// <summary>True where the agent's last word on its present wish is that it failed.</summary>
    private static bool HasFailed(AgentRow row)
        => row.Step is { } step && ImddJsonText.Read<RolloutStep>(step) is { Result: RolloutResult.Failure } last && last.RolloutId == row.RolloutId;

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
