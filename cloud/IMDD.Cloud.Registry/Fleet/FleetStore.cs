using System.Text;
using IMDD.Cloud.Registry.Models;
using IMDD.Cloud.Registry.Rollouts;
using IMDD.Cloud.Registry.State;
using IMDD.Contracts.CloudEvents;
using IMDD.Contracts.Events;
using IMDD.Contracts.Models;
using IMDD.Contracts.Topics;
using IMDD.Relational;
using Microsoft.EntityFrameworkCore;

namespace IMDD.Cloud.Registry.Fleet;

/// <summary>What agents have said of themselves.</summary>
internal sealed class FleetStore(IDbContextFactory<RegistryDbContext> contexts, RolloutFeedback rollouts, FleetWishes wishes, RegistryIdentity identity, TimeProvider time, ILogger<FleetStore> logger)
{
    /// <summary>A counter further ahead than this is no lost history but a wrong number; following it would use the numbers up.</summary>
    private const long MostAhead = 1_000_000;

    private const int MaxRecipeId = 128;

    /// <summary>Keeps a step, if it is about the present wish, and passes it on to Kafka in any case.</summary>
    public async Task StepAsync(AgentAddress address, RolloutStep step, CloudEvent said, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        await using var transaction = await context.Database.BeginTransactionAsync(cancellationToken);
        await rollouts.ApplyAsync(context, address, step, cancellationToken);
        await RowAsync(context, address, cancellationToken);
        Outbox.Add(
            context, KafkaTopics.ModelRollout,
            said.WithExtension(CloudEventAttributes.PartitionKey, RolloutKey.Of(step.RolloutId, address.Asset, address.Agent)), time.GetUtcNow());
        await context.SaveChangesAsync(cancellationToken);

        // Of the row as it is now: another instance may have wished something else since it was read.
        var (asset, text, now) = (address.Asset.ToString(), Encoding.UTF8.GetString(said.Data.Span), (DateTimeOffset?)time.GetUtcNow());
        await context.Agents.Where(row => row.Asset == asset && row.Agent == address.Agent && row.RolloutId == step.RolloutId)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.Step, text).SetProperty(row => row.StepAt, now), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        Log.Feedback(logger, address.ToString(), step.Step, step.Result, step.Model.Digest, step.RolloutId, step.ReasonCode, step.Detail);
    }

    /// <summary>Keeps a state. Agents that run releases or go by recipes that this registry does not know of teach it above what its counters must go on.</summary>
    public async Task StateAsync(AgentAddress address, AgentState state, CloudEvent said, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var row = await RowAsync(context, address, cancellationToken);
        (row.State, row.StateAt) = (Encoding.UTF8.GetString(said.Data.Span), time.GetUtcNow());
        foreach (var heard in (state.Slots ?? []).Select(slot => slot.Model).GroupBy(model => model.Name, StringComparer.Ordinal))
        {
            var counter = heard.Max(model => model.ReleaseCounter);
            if (await context.Models.FindAsync([heard.Key], cancellationToken) is { } model && model.Counter < counter && counter - model.Counter <= MostAhead)
            {
                Log.CounterBehind(logger, heard.Key, counter, model.Counter);
                model.Counter = counter;
            }
        }

        await LearnAsync(context, state, cancellationToken);
        if (row is { Recipe: not null, Desired: null, WishModel: null } && !await RolloutBook.IsUnderWayAsync(context, address, cancellationToken))
        {
            // The recipe was assigned before anybody knew what it runs. A rollout that goes on brings it along.
            await wishes.TellRecipeAsync(context, row, identity.NewRolloutId(), cancellationToken);
        }

        await context.SaveChangesAsync(cancellationToken);
    }

    /// <summary>Wishes of which the broker does not know yet.</summary>
    public async Task<IReadOnlyList<UntoldWish>> UntoldAsync(CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var rows = await context.Agents.AsNoTracking().Where(agent => !agent.IsTold && agent.RolloutId != null).ToListAsync(cancellationToken);
        var digests = rows.Select(row => row.Desired).OfType<string>().Distinct().ToList();
        var releases = await context.Releases.AsNoTracking().Where(release => digests.Contains(release.Digest))
            .ToDictionaryAsync(release => release.Digest, StringComparer.Ordinal, cancellationToken);
        return [.. rows.Select(row => new UntoldWish(
            AgentAddress.Parse($"{row.Asset}/{row.Agent}"),
            row.RolloutId!,
            (row.Desired is { } digest ? Mapping.Release(releases[digest]) : row.WishModel is { } named ? ImddJsonText.Read<ModelRelease>(named) : null) is { } model
                ? FleetWishes.Wish(row, model)
                : null))];
    }

    /// <summary>The broker has a wish. Where there is a newer one by now, which another instance may have told before, that is told again.</summary>
    public async Task ToldAsync(AgentAddress address, string rolloutId, CancellationToken cancellationToken)
    {
        var asset = address.Asset.ToString();
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        await context.Agents.Where(row => row.Asset == asset && row.Agent == address.Agent)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.IsTold, row => row.RolloutId == rolloutId), cancellationToken);
    }

    /// <summary>Stations that go by recipes this registry does not know of teach it above what their counters must go on.</summary>
    private async Task LearnAsync(RegistryDbContext context, AgentState state, CancellationToken cancellationToken)
    {
        if (state is not { RecipeId: { Length: <= MaxRecipeId } id, RecipeCounter: > 0 and var heard })
        {
            return;
        }

        var name = RecipeId.NameOf(id);
        var known = await context.RecipeNames.AsNoTracking().Where(row => row.Name == name).Select(row => (long?)row.Counter).SingleOrDefaultAsync(cancellationToken) ?? 0;
        if (heard <= known || heard - known > MostAhead || name.Contains('\0', StringComparison.Ordinal))
        {
            return;
        }

        // Never down: another instance may have given out a higher one since it was read.
        Log.CounterBehind(logger, name, heard, known);
        await context.Database.ExecuteSqlAsync(
            $"INSERT INTO recipe_names (name, counter) VALUES ({name}, {heard}) ON CONFLICT (name) DO UPDATE SET counter = excluded.counter WHERE recipe_names.counter < excluded.counter",
            cancellationToken);
    }

    private static async Task<AgentRow> RowAsync(RegistryDbContext context, AgentAddress address, CancellationToken cancellationToken)
    {
        var asset = address.Asset.ToString();
        if (await context.Agents.FindAsync([asset, address.Agent], cancellationToken) is { } known)
        {
            return known;
        }

        AgentRow row = new() { Asset = asset, Agent = address.Agent };
        context.Agents.Add(row);
        return row;
    }
}
