using System.Text.Json;
using IMDD.Cloud.Registry.Fleet;
using IMDD.Cloud.Registry.Models;
using IMDD.Cloud.Registry.Recipes;
using IMDD.Cloud.Registry.State;
using IMDD.Contracts;
using IMDD.Contracts.Audit;
using IMDD.Contracts.Events;
using IMDD.Contracts.Identity;
using IMDD.Contracts.Registry;
using IMDD.Relational;
using Microsoft.EntityFrameworkCore;

namespace IMDD.Cloud.Registry.Rollouts;

/// <summary>What people ask of rollouts; each is one transaction, and the driver does the rest.</summary>
internal sealed class RolloutBook(IDbContextFactory<RegistryDbContext> contexts, RolloutEnd end, RegistryIdentity identity, ILogger<RolloutBook> logger)
{
    private const int MostListed = 100;

    /// <summary>Keeps a rollout; it begins by itself.</summary>
    /// <exception cref="RegistryException">The waves cannot be understood or have no agents, the release must not be run, or another rollout of the model goes on.</exception>
    public async Task<RolloutProgressView> StartAsync(string name, StartRollout request, CancellationToken cancellationToken)
    {
        var now = identity.Now().Time;
        RolloutPlan.Check(request.Waves, request.Install, now);
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        await using var transaction = await context.Database.BeginTransactionAsync(cancellationToken);
        await RolloutLock.HoldModelAsync(context, name, cancellationToken);
        var release = await ReleaseRules.FindAsync(context, name, request.Digest, cancellationToken);
        ReleaseRules.CheckUsable(release, now);
        await CheckNoneOpenAsync(context, name, cancellationToken);
        var rollout = New(RolloutKind.Model, name, release.Digest, request.Waves, request.Install, request.By, request.Reason, now);
        var agents = await SettleAsync(
            context, rollout, request.Waves, request.AllowUnknown, known => [.. known.Where(row => row.Model is null || row.Model == name)], cancellationToken);

        // A model's own rollouts end for an agent that is told another model; a recipe's would bring theirs along.
        await CheckFreeAsync(context, agents.Select(row => (row.Asset, row.Agent)), RolloutKind.Recipe, cancellationToken);
        await KeepAsync(context, rollout, agents, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        Log.RolloutStarted(logger, rollout.Id, name, release.Digest, request.Waves.Count, agents.Count, request.By);
        return Mapping.Progress(rollout, release, recipe: null, agents);
    }

    /// <summary>Keeps a rollout of a recipe; it begins by itself.</summary>
    /// <exception cref="RegistryException">The waves cannot be understood or have no agents, the recipe must not be given out, or another rollout of it, or of one of the agents, goes on.</exception>
    public async Task<RolloutProgressView> StartAsync(string digest, StartRecipeRollout request, CancellationToken cancellationToken)
    {
        var now = identity.Now().Time;
        RolloutPlan.Check(request.Waves, request.Install, now);
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        await using var transaction = await context.Database.BeginTransactionAsync(cancellationToken);
        var recipe = await RecipeBook.NewestAsync(context, digest, cancellationToken);
        await RecipeRules.CheckUsableAsync(context, recipe, now, cancellationToken);
        await RolloutLock.HoldRecipeAsync(context, recipe.Name, cancellationToken);
        await CheckNoneOpenAsync(context, recipe.Name, cancellationToken, RolloutKind.Recipe);
        var rollout = New(RolloutKind.Recipe, recipe.Name, digest, request.Waves, request.Install, request.By, request.Reason, now);
        var named = await context.Recipes.Where(row => row.Name == recipe.Name).Select(row => row.Digest).ToListAsync(cancellationToken);
        var agents = await SettleAsync(
            context, rollout, request.Waves, request.AllowUnknown, known => known.FindAll(row => RecipeRules.GoesBy(row, recipe.Name, named)) is { Count: > 0 } own ? own : known,
            cancellationToken);
        await CheckFreeAsync(context, agents.Select(row => (row.Asset, row.Agent)), kind: null, cancellationToken);
        foreach (var row in agents)
        {
            RecipeRules.CheckTaken(await context.Agents.FindAsync([row.Asset, row.Agent], cancellationToken), recipe);
        }

        await KeepAsync(context, rollout, agents, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        Log.RolloutStarted(logger, rollout.Id, recipe.Id, digest, request.Waves.Count, agents.Count, request.By);
        return Mapping.Progress(rollout, release: null, recipe, agents);
    }

    /// <summary>Lets the next wave begin.</summary>
    /// <exception cref="RegistryException">It is not known, or does not wait.</exception>
    public Task<RolloutProgressView> ApproveAsync(string id, RolloutDecision decision, CancellationToken cancellationToken)
        => ChangeAsync(id, decision, AuditAction.ApproveRollout, "approved", rollout =>
        {
            rollout.WavesApproved = rollout.WavesBegun + 1;
            return RolloutStateWord.Running;
        }, cancellationToken, RolloutStateWord.WaitingForApproval);

    /// <summary>Lets no further wave begin until it is resumed.</summary>
    /// <exception cref="RegistryException">It is not known, paused already, or over.</exception>
    public Task<RolloutProgressView> PauseAsync(string id, RolloutDecision decision, CancellationToken cancellationToken)
        => ChangeAsync(
            id, decision, AuditAction.PauseRollout, "paused", _ => RolloutStateWord.Paused, cancellationToken,
            RolloutStateWord.Scheduled, RolloutStateWord.Running, RolloutStateWord.WaitingForApproval);

    /// <summary>Lets it go on.</summary>
    /// <exception cref="RegistryException">It is not known, or not paused.</exception>
    public Task<RolloutProgressView> ResumeAsync(string id, RolloutDecision decision, CancellationToken cancellationToken)
        => ChangeAsync(
            id, decision, AuditAction.ResumeRollout, "resumed", rollout => rollout.WavesBegun == 0 ? RolloutStateWord.Scheduled : RolloutStateWord.Running, cancellationToken,
            RolloutStateWord.Paused);

    /// <summary>Takes it back as far as no agent decides by it yet; one that was stopped too.</summary>
    /// <exception cref="RegistryException">It is not known, or over.</exception>
    public async Task<RolloutProgressView> CancelAsync(string id, RolloutDecision decision, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        await using var transaction = await context.Database.BeginTransactionAsync(cancellationToken);
        var rollout = await TakeAsync(context, id, "cancelled", [.. RolloutLock.Open, RolloutStateWord.Stopped], cancellationToken);
        var cause = string.Join(" ", new[] { decision.Reason ?? "No reason given.", rollout.State == RolloutStateWord.Stopped ? rollout.Cause : null }.OfType<string>());
        await end.CancelAsync(context, rollout, cause, decision.By, isRestoring: true, cancellationToken);
        await context.SaveChangesAsync(cancellationToken);
        AuditLog.Append(context, decision.By, AuditAction.CancelRollout, id, AuditOutcome.Done, decision.Reason, identity.Now().Time);
        await transaction.CommitAsync(cancellationToken);
        return await FindAsync(id, cancellationToken);
    }

    /// <summary>The newest first.</summary>
    public async Task<IReadOnlyList<RolloutProgressView>> ListAsync(CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var rows = await context.Rollouts.AsNoTracking().OrderByDescending(row => row.StartedAt).ThenByDescending(row => row.Id).Take(MostListed).ToListAsync(cancellationToken);
        return await ViewsAsync(context, rows, cancellationToken);
    }

    /// <exception cref="RegistryException">It is not known.</exception>
    public async Task<RolloutProgressView> FindAsync(string id, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var row = await context.Rollouts.AsNoTracking().SingleOrDefaultAsync(row => row.Id == id, cancellationToken) ?? throw Unknown(id);
        return (await ViewsAsync(context, [row], cancellationToken))[0];
    }

    /// <summary>True while a rollout has still to tell an agent, or waits for it: a wish of another's would end that for it.</summary>
    public static Task<bool> IsUnderWayAsync(RegistryDbContext context, AgentAddress address, CancellationToken cancellationToken)
    {
        var (asset, name) = (address.Asset.ToString(), address.Name);
        return RolloutEnd.OpenParts(context, kind: null).AsNoTracking().AnyAsync(row => row.Asset == asset && row.Agent == name, cancellationToken);
    }

    /// <summary>A wish of its own would end the rollout's for that agent.</summary>
    /// <param name="context">The database.</param>
    /// <param name="agents">Asset and name of each row.</param>
    /// <param name="kind">Rollouts of this <see cref="RolloutKind"/>, where the wish is of the other; null: of any.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="RegistryException">A rollout has still to tell one of the agents, or waits for it.</exception>
    public static async Task CheckFreeAsync(RegistryDbContext context, IEnumerable<(string Asset, string Agent)> agents, string? kind, CancellationToken cancellationToken)
    {
        var asked = agents.ToHashSet();
        foreach (var busy in (await RolloutEnd.OpenParts(context, kind).AsNoTracking().ToListAsync(cancellationToken)).FindAll(row => asked.Contains((row.Asset, row.Agent))))
        {
            if (kind == RolloutKind.Recipe && busy.State == RolloutAgentStateWord.Pending
                && (await context.Agents.FindAsync([busy.Asset, busy.Agent], cancellationToken) is not { } agent || !await FleetWishes.CanTellRecipeAsync(context, agent, cancellationToken)))
            {
                // It waits for a model, which this wish may bring.
                continue;
            }

            throw RegistryException.Forbidden($"Rollout {busy.RolloutId} of {busy.Asset}/{busy.Agent} goes on: expected it to be over, or cancelled first.");
        }
    }

    /// <summary>Two who tell the same fleet would undo each other's work.</summary>
    /// <exception cref="RegistryException">A rollout of the model, or of the recipe, goes on.</exception>
    public static async Task CheckNoneOpenAsync(RegistryDbContext context, string name, CancellationToken cancellationToken, string kind = RolloutKind.Model)
    {
        if (await RolloutLock.HoldOpenAsync(context, name, cancellationToken, kind) is { } open)
        {
            throw RegistryException.Forbidden($"Rollout {open.Id} of {name} is {open.State}: expected it to be over, or cancelled first.");
        }
    }

    private RolloutRow New(
        string kind, string name, string digest, IReadOnlyList<RolloutWave> waves, InstallWindow? install, string? by, string? reason, DateTimeOffset now) => new()
        {
            Id = identity.NewRolloutId(),
            Kind = kind,
            Name = name,
            Digest = digest,
            State = RolloutStateWord.Scheduled,
            Waves = JsonSerializer.Serialize(waves, ImddJson.Options),
            InstallNotBefore = install?.NotBefore,
            InstallNotAfter = install?.NotAfter,
            StartedAt = now,
            StartedBy = by,
            Reason = reason,
            ChangedAt = now,
            ChangedBy = by,
        };

    /// <summary>Who is in which wave.</summary>
    private static async Task<List<RolloutAgentRow>> SettleAsync(
        RegistryDbContext context, RolloutRow rollout, IReadOnlyList<RolloutWave> waves, bool allowUnknown, Func<List<AgentRow>, List<AgentRow>> fleet, CancellationToken cancellationToken)
    {
        await AgentRows.CheckKnownAsync(context, [.. waves.SelectMany(wave => wave.Agents).Select(AgentRows.Asked)], allowUnknown, groupsToo: false, cancellationToken);
        var known = await context.Agents.AsNoTracking().OfFleet().ToListAsync(cancellationToken);
        var wishes = known.ToDictionary(AgentRows.AddressOf, row => row.RolloutId);
        return
        [
            .. RolloutPlan.Settle(rollout.Id, waves, [.. fleet(known).Select(AgentRows.AddressOf)]).SelectMany((wave, index) => wave.Select((address, position) => new RolloutAgentRow
            {
                RolloutId = rollout.Id,
                Asset = address.Asset.ToString(),
                Agent = address.Name,
                Wave = index,
                Position = position,
                State = RolloutAgentStateWord.Pending,
                ChangedAt = rollout.StartedAt,
                PreviousRolloutId = wishes.GetValueOrDefault(address),
            })),
        ];
    }

    private static async Task KeepAsync(RegistryDbContext context, RolloutRow rollout, List<RolloutAgentRow> agents, CancellationToken cancellationToken)
    {
        context.Rollouts.Add(rollout);
        context.RolloutAgents.AddRange(agents);
        await context.SaveChangesAsync(cancellationToken);
        AuditLog.Append(
            context, rollout.StartedBy, AuditAction.StartRollout, $"{rollout.Id} {rollout.Name} {rollout.Digest}", AuditOutcome.Done, rollout.Reason, rollout.StartedAt);
    }

    private static async Task<IReadOnlyList<RolloutProgressView>> ViewsAsync(RegistryDbContext context, IReadOnlyList<RolloutRow> rows, CancellationToken cancellationToken)
    {
        var (ids, digests) = (rows.Select(row => row.Id).ToList(), rows.Select(row => row.Digest).Distinct().ToList());
        var releases = await context.Releases.AsNoTracking().Where(row => digests.Contains(row.Digest)).ToDictionaryAsync(row => row.Digest, cancellationToken);
        var recipes = (await context.Recipes.AsNoTracking().Where(row => digests.Contains(row.Digest)).ToListAsync(cancellationToken))
            .GroupBy(row => row.Digest, StringComparer.Ordinal).ToDictionary(same => same.Key, same => same.MaxBy(row => row.Counter), StringComparer.Ordinal);
        var agents = (await context.RolloutAgents.AsNoTracking().Where(row => ids.Contains(row.RolloutId)).ToListAsync(cancellationToken)).ToLookup(row => row.RolloutId);
        return [.. rows.Select(row => Mapping.Progress(row, releases.GetValueOrDefault(row.Digest), recipes.GetValueOrDefault(row.Digest), agents[row.Id]))];
    }

    private async Task<RolloutProgressView> ChangeAsync(
        string id, RolloutDecision decision, string action, string done, Func<RolloutRow, string> change, CancellationToken cancellationToken, params string[] from)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        await using var transaction = await context.Database.BeginTransactionAsync(cancellationToken);
        var rollout = await TakeAsync(context, id, done, from, cancellationToken);
        (rollout.State, rollout.Cause) = (change(rollout), decision.Reason);
        (rollout.ChangedAt, rollout.ChangedBy) = (identity.Now().Time, decision.By);
        await context.SaveChangesAsync(cancellationToken);
        AuditLog.Append(context, decision.By, action, id, AuditOutcome.Done, decision.Reason, rollout.ChangedAt);
        await transaction.CommitAsync(cancellationToken);
        Log.RolloutDecided(logger, id, rollout.Name, done, decision.By, decision.Reason);
        return await FindAsync(id, cancellationToken);
    }

    private static async Task<RolloutRow> TakeAsync(
        RegistryDbContext context, string id, string done, IReadOnlyList<string> from, CancellationToken cancellationToken)
    {
        var rollout = await RolloutLock.TakeAsync(context, id, cancellationToken) ?? throw Unknown(id);
        return from.Contains(rollout.State)
            ? rollout
            : throw RegistryException.Forbidden($"Rollout {id} is {rollout.State}: expected {string.Join(" or ", from)} for it to be {done}.");
    }

    private static RegistryException Unknown(string id) => RegistryException.Unknown($"There is no rollout {Excerpt.Of(id)}.");
}
