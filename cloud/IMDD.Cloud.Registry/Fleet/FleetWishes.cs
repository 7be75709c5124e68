using IMDD.Cloud.Registry.Models;
using IMDD.Cloud.Registry.State;
using IMDD.Contracts.Events;
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

        (row.Model, row.Desired, row.RolloutId, row.DesiredAt) = (release.Name, release.Digest, rolloutId, now.Time);
        Untold(context, row);
        (row.InstallNotBefore, row.InstallNotAfter) = (install?.NotBefore, install?.NotAfter);
        (row.Step, row.StepAt) = (null, null);
        Outbox.Add(context, KafkaTopics.ModelRollout, DesiredModelsEvent.Create(address.Asset, Wish(row, release), now), now.Time);
    }

    /// <summary>Takes an agent's wish back, in the caller's transaction: nothing is desired of it, and what it runs goes on.</summary>
    public void TakeBack(RegistryDbContext context, AgentRow row, string rolloutId)
    {
        (row.Model, row.Desired, row.RolloutId, row.DesiredAt) = (null, null, rolloutId, identity.Now().Time);
        Untold(context, row);
        (row.InstallNotBefore, row.InstallNotAfter) = (null, null);
        (row.Step, row.StepAt) = (null, null);
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
    public static DesiredModels Wish(AgentRow row, ReleaseRow release) => new()
    {
        Agent = row.Agent,
        RolloutId = row.RolloutId!,
        Slots = [new DesiredSlot { Model = Mapping.Release(release) }],
        Install = Mapping.Install(row.InstallNotBefore, row.InstallNotAfter),
    };
}
