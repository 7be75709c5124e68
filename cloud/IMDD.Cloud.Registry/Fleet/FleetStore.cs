using System.Linq.Expressions;
using System.Text;
using IMDD.Cloud.Registry.Rollouts;
using IMDD.Cloud.Registry.State;
using IMDD.Contracts.CloudEvents;
using IMDD.Contracts.Events;
using IMDD.Contracts.Identity;
using IMDD.Contracts.Topics;
using IMDD.Relational;
using Microsoft.EntityFrameworkCore;

namespace IMDD.Cloud.Registry.Fleet;

/// <summary>What agents have said of themselves, and what they are to be told.</summary>
internal sealed class FleetStore(
    IDbContextFactory<RegistryDbContext> contexts, RolloutFeedback rollouts, FleetWishes wishes, FleetCounters counters, RegistryIdentity identity, TimeProvider time,
    ILogger<FleetStore> logger)
{
    /// <summary>Keeps a step, if it is about the present wish, and passes it on to Kafka in any case.</summary>
    /// <exception cref="FormatException">The group that it names is none.</exception>
    public async Task StepAsync(AgentAddress agent, RolloutStep step, CloudEvent said, CancellationToken cancellationToken)
    {
        var address = agent with { Group = step.Group is null ? null : NamePart.Checked(step.Group) };
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        await using var transaction = await context.Database.BeginTransactionAsync(cancellationToken);
        var refused = step.Result == RolloutResult.Failure ? step.RecipeDigest : null;
        if (refused is not null)
        {
            // Before the rows of rollouts and agents, as whoever tells agents a recipe does.
            await RolloutLock.HoldModelsAsync(context, cancellationToken);
        }

        await rollouts.ApplyAsync(context, address, step, cancellationToken);
        Outbox.Add(
            context, KafkaTopics.ModelRollout,
            said.WithExtension(CloudEventAttributes.PartitionKey, RolloutKey.Of(step.RolloutId, address.Asset, address.Agent, address.Group)), time.GetUtcNow());
        await context.SaveChangesAsync(cancellationToken);

        // Of the row as it is now: another instance may have wished something else since it was read.
        var (asset, name, text, now) = (address.Asset.ToString(), address.Name, Encoding.UTF8.GetString(said.Data.Span), (DateTimeOffset?)time.GetUtcNow());
        await context.Agents.Where(row => row.Asset == asset && row.Agent == name && row.RolloutId == step.RolloutId)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.Step, text).SetProperty(row => row.StepAt, now), cancellationToken);
        if (refused is not null && await GoBackAsync(context, asset, name, step.RolloutId, refused, cancellationToken))
        {
            Log.RecipeRefused(logger, address.ToString(), refused, step.ReasonCode, step.Detail);
            var row = await context.Agents.SingleAsync(row => row.Asset == asset && row.Agent == name, cancellationToken);
            await context.Entry(row).ReloadAsync(cancellationToken);
            await wishes.TellReleaseAgainAsync(context, row, cancellationToken);
            await context.SaveChangesAsync(cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        Log.Feedback(logger, address.ToString(), step.Step, step.Result, step.Model.Digest, step.RolloutId, step.ReasonCode, step.Detail);
    }

    /// <summary>
    /// Keeps a state, for each group of the agent's cameras. Agents that run releases or go by recipes that this registry does not know of teach it
    /// above what its counters must go on.
    /// </summary>
    /// <exception cref="FormatException">The groups that it names are none.</exception>
    public async Task StateAsync(AgentAddress agent, AgentState state, CloudEvent said, CancellationToken cancellationToken)
    {
        var units = AgentUnits.Of(agent, state, said);
        var settlesGroups = SettlesGroups(state);
        await using (var context = await contexts.CreateDbContextAsync(cancellationToken))
        {
            await counters.LearnAsync(context, [.. units.Select(unit => unit.State)], cancellationToken);
            var kept = await context.Agents.OfBox(agent).Where(row => row.State != null).Select(row => row.State!).ToListAsync(cancellationToken);

            // An instance that was away is given old states first: they settle nothing that a later one, heard by another, has settled.
            settlesGroups &= !kept.Exists(json => ImddJsonText.Read<AgentState>(json).Since > state.Since);
            List<string> changed = [];
            foreach (var unit in units)
            {
                var row = await AgentRows.TakeAsync(context, unit.Address, cancellationToken);
                if (row is { State: { } before, RolloutId: not null } && !SameCameras(before, unit.Json))
                {
                    changed.Add(row.Agent);
                }

                (row.State, row.StateAt) = (unit.Json, time.GetUtcNow());
                row.GoneAt = settlesGroups ? null : row.GoneAt;
            }

            await context.SaveChangesAsync(cancellationToken);

            foreach (var name in changed)
            {
                // The broker's message names the cameras that this group had.
                await UntellAsync(context, agent.Asset.ToString(), name, _ => true, cancellationToken);
            }
        }

        await FollowAsync(agent, state, settlesGroups, [.. units.Select(unit => unit.Address.Name)], cancellationToken);
    }

    /// <summary>Wishes of which the broker does not know yet, with all else that is desired of the same agents.</summary>
    public async Task<IReadOnlyList<UntoldWish>> UntoldAsync(CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);

        var cells = await context.Agents.Where(row => !row.IsTold && row.RolloutId != null).Select(row => row.Asset).Distinct().ToListAsync(cancellationToken);
        if (cells.Count == 0)
        {
            return [];
        }

        // All rows of an agent in one statement: its message is of one instant.
        var rows = await context.Agents.AsNoTracking().Where(row => cells.Contains(row.Asset)).ToListAsync(cancellationToken);
        var agents = rows.GroupBy(row => AgentRows.AddressOf(row).Box).Where(agent => agent.Any(row => !row.IsTold && row.RolloutId is not null)).ToList();
        var digests = agents.SelectMany(agent => agent).Select(row => row.Desired).OfType<string>().Distinct().ToList();
        var releases = await context.Releases.AsNoTracking().Where(release => digests.Contains(release.Digest))
            .ToDictionaryAsync(release => release.Digest, StringComparer.Ordinal, cancellationToken);
        return [.. agents.Select(agent => Untold(agent.Key, [.. agent], releases))];
    }

    /// <summary>
    /// The broker has an agent's message. Where there is a newer wish by now, for any of its groups, which another instance may have told before,
    /// that is told again.
    /// </summary>
    public async Task ToldAsync(UntoldWish told, CancellationToken cancellationToken)
    {
        var asset = told.Agent.Asset.ToString();
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);

        // One by one, so that no two rows are held at once: who promotes holds them in another order.
        foreach (var name in await context.Agents.OfBox(told.Agent).Where(row => row.RolloutId != null).Select(row => row.Agent).ToListAsync(cancellationToken))
        {
            // Counted, since whoever has told the newer one, before this, may be about to keep it as told.
            var id = told.Wishes.GetValueOrDefault(name)?.RolloutId;
            await UntellAsync(context, asset, name, row => row.RolloutId != null && row.RolloutId != id, cancellationToken);
        }

        foreach (var (name, (rolloutId, staleTold)) in told.Wishes)
        {
            await context.Agents.Where(row => row.Asset == asset && row.Agent == name && row.RolloutId == rolloutId && row.StaleTold == staleTold)
                .ExecuteUpdateAsync(set => set.SetProperty(row => row.IsTold, true), cancellationToken);
        }
    }

    private static Task<int> UntellAsync(RegistryDbContext context, string asset, string name, Expression<Func<AgentRow, bool>> condition, CancellationToken cancellationToken)
        => context.Agents.Where(row => row.Asset == asset && row.Agent == name).Where(condition)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.IsTold, false).SetProperty(row => row.StaleTold, row => row.StaleTold + 1), cancellationToken);

    /// <summary>A recipe that an agent does not take is assigned to it no more, or each later wish would be refused with it; what was before it is.</summary>
    private static async Task<bool> GoBackAsync(RegistryDbContext context, string asset, string name, string rolloutId, string refused, CancellationToken cancellationToken)
        => await context.Agents.Where(row => row.Asset == asset && row.Agent == name && row.RolloutId == rolloutId && row.Recipe == refused)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.Recipe, row => row.RecipeBefore).SetProperty(row => row.RecipeBefore, (string?)null)
                .SetProperty(row => row.IsRecipeRestored, true), cancellationToken) == 1;

    private static UntoldWish Untold(AgentAddress agent, IReadOnlyList<AgentRow> rows, IReadOnlyDictionary<string, ReleaseRow> releases)
    {
        var desired = rows.Where(AgentRows.IsOfFleet).Select(row => (Row: row, Model: FleetWishes.WishOf(row, releases))).Where(wish => wish.Model is not null).Select(wish => (wish.Row, wish.Model!)).ToList();
        return new UntoldWish(
            agent,
            rows.Where(row => row.RolloutId is not null).ToDictionary(row => row.Agent, row => new WishMark(row.RolloutId!, row.StaleTold), StringComparer.Ordinal),
            desired.Count == 0 ? null : DesiredMessage.Of(desired));
    }

    private static bool SameCameras(string before, string now)
        => (ImddJsonText.Read<AgentState>(before).Groups, ImddJsonText.Read<AgentState>(now).Groups) is not ([var old], [var next])
            || old.Cameras.ToHashSet(StringComparer.Ordinal).SetEquals(next.Cameras);

    /// <summary>An agent that is gone says nothing of its groups: its will may be of a configuration before.</summary>
    private static bool SettlesGroups(AgentState state) => state.State != EdgeStateWord.Offline;

    /// <summary>
    /// What a state is followed by, under the locks of whoever tells a fleet: a recipe that waits for it is wished, and groups that the agent has no
    /// more are forgotten.
    /// </summary>
    private async Task FollowAsync(AgentAddress agent, AgentState state, bool settlesGroups, IReadOnlyList<string> present, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        if (!(await context.Agents.AsNoTracking().OfBox(agent).ToListAsync(cancellationToken)).Exists(row => IsRecipeDue(row) || IsGone(row)))
        {
            return;
        }

        await using var transaction = await context.Database.BeginTransactionAsync(cancellationToken);
        await RolloutLock.HoldModelsAsync(context, cancellationToken);
        foreach (var row in await context.Agents.OfBox(agent).ToListAsync(cancellationToken))
        {
            if (IsGone(row))
            {
                wishes.Forget(context, row);
                Log.GroupGone(logger, $"{row.Asset}/{row.Agent}");
            }
            else if (IsRecipeDue(row) && !await RolloutBook.IsUnderWayAsync(context, AgentRows.AddressOf(row), cancellationToken))
            {
                // A rollout that goes on brings it along.
                await wishes.TellRecipeAsync(context, row, identity.NewRolloutId(), cancellationToken);
            }
        }

        await context.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);

        // A group that was never heard is expected still; the rest of the cameras needs no configuration and so has none that is to come.
        bool IsGone(AgentRow row)
            => settlesGroups && row.GoneAt is null && !present.Contains(row.Agent, StringComparer.Ordinal) && (row.State is not null || row.Agent == agent.Name);

        // A will says what ran when the agent connected: it is no other box in its place.
        bool IsRecipeDue(AgentRow row) => FleetWishes.IsRecipeDue(row) && (SettlesGroups(state) || row.WishModel is null);
    }
}
