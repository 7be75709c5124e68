using IMDD.Cloud.Registry.Models;
using IMDD.Cloud.Registry.State;
using IMDD.Contracts.Events;
using IMDD.Contracts.Registry;
using IMDD.Contracts.Topics;
using IMDD.Relational;

namespace IMDD.Cloud.Registry.Fleet;

/// <summary>What is desired of each agent. Kept first, told afterwards: a registry that dies in between tells it when it is back.</summary>
internal sealed class FleetWishes(RegistryIdentity identity)
{
    /// <summary>Wishes, in the caller's transaction, that these agents run a release.</summary>
    public async Task<RolloutView> TellAsync(
        RegistryDbContext context, ReleaseRow release, string alias, IReadOnlyList<AgentAddress> agents, CancellationToken cancellationToken)
    {
        var rolloutId = identity.NewRolloutId();
        var now = identity.Now();
        foreach (var address in agents)
        {
            var asset = address.Asset.ToString();
            var row = await context.Agents.FindAsync([asset, address.Agent], cancellationToken);
            if (row is null)
            {
                row = new AgentRow { Asset = asset, Agent = address.Agent };
                context.Agents.Add(row);
            }

            (row.Model, row.Desired, row.RolloutId, row.DesiredAt, row.IsTold) = (release.Name, release.Digest, rolloutId, now.Time, false);
            (row.Step, row.StepAt) = (null, null);
            Outbox.Add(context, KafkaTopics.ModelRollout, DesiredModelsEvent.Create(address.Asset, Wish(row, release), now), now.Time);
        }

        return new RolloutView
        {
            RolloutId = rolloutId,
            Model = Mapping.Release(release),
            Alias = alias,
            Agents = [.. agents.Select(address => address.ToString())],
        };
    }

    /// <summary>The message for an agent.</summary>
    public static DesiredModels Wish(AgentRow row, ReleaseRow release)
        => new() { Agent = row.Agent, RolloutId = row.RolloutId!, Slots = [new DesiredSlot { Model = Mapping.Release(release) }] };
}
