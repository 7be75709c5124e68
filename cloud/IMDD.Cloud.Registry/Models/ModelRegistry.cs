using System.Text.Json;
using System.Text.RegularExpressions;
using IMDD.Cloud.Registry.Fleet;
using IMDD.Cloud.Registry.Rollouts;
using IMDD.Cloud.Registry.State;
using IMDD.Contracts.Audit;
using IMDD.Contracts.Events;
using IMDD.Contracts.Registry;
using IMDD.Contracts.Topics;
using IMDD.Contracts;
using IMDD.Relational;
using Microsoft.EntityFrameworkCore;

namespace IMDD.Cloud.Registry.Models;

/// <summary>Registers releases, moves aliases, and says what agents are to run. Each change is one transaction with the events that tell of it.</summary>
internal sealed partial class ModelRegistry(
    IDbContextFactory<RegistryDbContext> contexts, BundleCheck check, DatasetBook datasets, ReleaseMaker maker, FleetWishes wishes, ModelAliases aliases, RolloutEnd rollouts,
    RegistryIdentity identity, ILogger<ModelRegistry> logger)
{
    /// <summary>Whether releases can have this name.</summary>
    public static bool IsName(string name) => ModelName().IsMatch(name);

    /// <summary>Registers a release. The same content under the same name is registered once: a trainer may ask again after a crash.</summary>
    /// <exception cref="RegistryException">A rule is broken.</exception>
    public async Task<ModelVersionView> RegisterAsync(string name, RegisterModel request, CancellationToken cancellationToken)
    {
        var manifest = request.Manifest;
        if (!IsName(name) || manifest.Name != name)
        {
            throw RegistryException.Invalid($"The manifest's name is '{Excerpt.Of(manifest.Name)}' and the address says '{Excerpt.Of(name)}': expected the same, 1 to 64 of letters, digits, '.', '_' and '-'.");
        }

        var size = await check.CheckAsync(manifest, cancellationToken);
        var dataset = await datasets.ReadAsync(manifest, cancellationToken);
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        await using var transaction = await context.Database.BeginTransactionAsync(cancellationToken);
        var model = await ReleaseMaker.LockAsync(context, name, cancellationToken);
        if (request.FencingToken is { } token)
        {
            model.FencingToken = token >= model.FencingToken
                ? token
                : throw RegistryException.Forbidden(
                    $"Fencing token {token} for {name} is older than {model.FencingToken}, which was shown since: the lease of who holds it is over.");
        }

        var content = ReleaseMaker.ContentOf(manifest);
        var row = await context.Releases.FirstOrDefaultAsync(r => r.Name == name && r.ContentDigest == content && r.ReleaseOf == null, cancellationToken);
        if (row is null)
        {
            row = await maker.MakeAsync(context, model, manifest, size, request.Gates, request.By, releaseOf: null, cancellationToken);
            if (dataset is not null)
            {
                await datasets.KeepAsync(context, dataset, cancellationToken);
            }

            await context.SaveChangesAsync(cancellationToken);
            Audit(context, request.By, AuditAction.Register, row, $"version {row.Version}, release {row.Counter}");
            await transaction.CommitAsync(cancellationToken);
        }

        return Mapping.Version(row, await context.Aliases.AsNoTracking().Where(alias => alias.Name == name).ToListAsync(cancellationToken));
    }

    /// <summary>Makes a release the champion for all agents of its model, or the challenger for some.</summary>
    /// <exception cref="RegistryException">It is not known, blocked, expired, or did not meet a gate; or a rollout of the model goes on.</exception>
    public async Task<RolloutView> PromoteAsync(string name, PromoteModel request, CancellationToken cancellationToken)
    {
        var agents = request.Agents.Select(AgentRows.Asked).Distinct().ToList();
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        await using var transaction = await context.Database.BeginTransactionAsync(cancellationToken);
        await ReleaseMaker.LockAsync(context, name, cancellationToken);
        var release = await ReleaseRules.FindAsync(context, name, request.Digest, cancellationToken);
        ReleaseRules.CheckUsable(release, identity.Now().Time);
        await RolloutBook.CheckNoneOpenAsync(context, name, cancellationToken);
        await AgentRows.CheckKnownAsync(context, agents, request.AllowUnknown, groupsToo: false, cancellationToken);
        var rows = agents.Count > 0 ? agents.Select(agent => (agent.Asset.ToString(), agent.Name))
            : (await FleetOf(context, name).ToListAsync(cancellationToken)).Select(row => (row.Asset, row.Agent));
        await RolloutBook.CheckFreeAsync(context, rows, RolloutKind.Recipe, cancellationToken);
        var rollout = agents.Count == 0
            ? await CrownAsync(context, release, PreviousChampion.Remembered, request.By, request.Reason, cancellationToken)
            : await wishes.TellAsync(context, release, ModelAlias.Challenger, agents, identity.NewRolloutId(), cancellationToken);
        if (agents.Count > 0)
        {
            await aliases.TryAsync(context, release, request.By, request.Reason, cancellationToken);
        }

        Audit(context, request.By, AuditAction.Promote, release, request.Reason);
        return await CommitAsync(context, transaction, rollout, request.By, request.Reason, cancellationToken);
    }

    /// <summary>Runs the champion before the present one again, as a new release: agents take no older one.</summary>
    /// <exception cref="RegistryException">There is none, or it is blocked.</exception>
    public async Task<RolloutView> RollbackAsync(string name, RollbackModel request, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        await using var transaction = await context.Database.BeginTransactionAsync(cancellationToken);
        var model = await ReleaseMaker.LockAsync(context, name, cancellationToken);
        var rollout = await GoBackAsync(context, model, request.By, request.Reason, cancellationToken);
        AuditLog.Append(context, request.By, AuditAction.Rollback, $"{name} {rollout.Model.Digest}", AuditOutcome.Done, request.Reason, identity.Now().Time);
        return await CommitAsync(context, transaction, rollout, request.By, request.Reason, cancellationToken);
    }

    /// <summary>Blocks a release. Agents that try it are told to run the champion again; a champion is replaced first.</summary>
    /// <exception cref="RegistryException">It is not known, or the champion.</exception>
    public Task<ModelVersionView> BlockAsync(string name, BlockModel request, CancellationToken cancellationToken)
        => BlockAsync(name, request, isEverywhere: false, cancellationToken);

    /// <summary>
    /// Stops a release everywhere: it is blocked, and who tries or runs it, whatever is desired of him, is told to run the champion again. The
    /// champion itself gives way to the one before it.
    /// </summary>
    /// <exception cref="RegistryException">It is not known, or the champion and there was none before it.</exception>
    public Task<ModelVersionView> StopAsync(string name, BlockModel request, CancellationToken cancellationToken)
        => BlockAsync(name, request, isEverywhere: true, cancellationToken);

    private async Task<ModelVersionView> BlockAsync(string name, BlockModel request, bool isEverywhere, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        await using var transaction = await context.Database.BeginTransactionAsync(cancellationToken);
        var model = await ReleaseMaker.LockAsync(context, name, cancellationToken);
        var release = await ReleaseRules.FindAsync(context, name, request.Digest, cancellationToken);
        if (await ChampionAsync(context, name, cancellationToken) == release.Digest)
        {
            if (!isEverywhere)
            {
                throw RegistryException.Forbidden($"{release.Digest} is the champion of {name}: promote another, or roll back, before it is blocked.");
            }

            await GoBackAsync(context, model, request.By, request.Reason, cancellationToken);
        }

        (release.IsBlocked, release.BlockedReason) = (true, request.Reason ?? "no reason given");
        context.Aliases.RemoveRange(await context.Aliases.Where(row => row.Name == name && row.Digest == release.Digest).ToListAsync(cancellationToken));
        await context.SaveChangesAsync(cancellationToken);
        var now = identity.Now();
        Outbox.Add(context, KafkaTopics.ModelReleased, ModelChangeEvent.Promoted(
            new ModelPromoted
            {
                Model = Mapping.Release(release),
                Alias = ModelAlias.Blocked,
                By = request.By,
                Reason = request.Reason,
                Aliases = await ReleaseMaker.AliasesAsync(context, name, cancellationToken),
            },
            now), now.Time);
        await ReplaceAsync(context, model, release, request.By, isEverywhere, cancellationToken);
        await context.SaveChangesAsync(cancellationToken);
        Audit(context, request.By, isEverywhere ? AuditAction.Stop : AuditAction.Block, release, request.Reason);
        await transaction.CommitAsync(cancellationToken);
        Log.Blocked(logger, release.Digest, name, request.By, request.Reason);
        return Mapping.Version(release, await context.Aliases.AsNoTracking().Where(row => row.Name == name).ToListAsync(cancellationToken));
    }

    /// <summary>Nobody goes on with a release that is blocked now.</summary>
    private async Task ReplaceAsync(
        RegistryDbContext context, ModelRow model, ReleaseRow release, string? by, bool isEverywhere, CancellationToken cancellationToken)
    {
        var cause = $"{release.Digest} is blocked: {release.BlockedReason}.";
        var agents = await FleetOf(context, model.Name).AsNoTracking().ToListAsync(cancellationToken);
        var isRun = agents.Exists(row => row.Desired == release.Digest || (isEverywhere && Runs(row, release.Digest)));
        if (isRun && await ChampionAsync(context, model.Name, cancellationToken) is { } champion)
        {
            // Who tried it takes nothing older any more.
            var again = await AgainAsync(context, model, await ReleaseRules.FindAsync(context, model.Name, champion, cancellationToken), by, cancellationToken);
            await CrownAsync(context, again, PreviousChampion.Kept, by, cause, cancellationToken);
        }
        else if (await RolloutLock.HoldOpenAsync(context, model.Name, cancellationToken) is { } open && open.Digest == release.Digest)
        {
            await rollouts.CancelAsync(context, open, cause, by, isRestoring: true, cancellationToken);
        }
    }

    private void Audit(RegistryDbContext context, string? by, string action, ReleaseRow release, string? detail)
        => AuditLog.Append(context, by, action, $"{release.Name} {release.Digest}", AuditOutcome.Done, detail, identity.Now().Time);

    private static IQueryable<AgentRow> FleetOf(RegistryDbContext context, string name) => context.Agents.OfFleet().Where(row => row.Model == null || row.Model == name);

    private static bool Runs(AgentRow row, string digest)
        => row.State is { } state && JsonSerializer.Deserialize<AgentState>(state, ImddJson.Options)?.Model?.Digest == digest;

    private static Task<string?> ChampionAsync(RegistryDbContext context, string name, CancellationToken cancellationToken)
        => context.Aliases.Where(row => row.Name == name && row.Alias == ModelAlias.Champion).Select(row => (string?)row.Digest).SingleOrDefaultAsync(cancellationToken);

    private async Task<RolloutView> GoBackAsync(RegistryDbContext context, ModelRow model, string? by, string? reason, CancellationToken cancellationToken)
    {
        var present = await ReleaseMaker.AliasesAsync(context, model.Name, cancellationToken);
        if (!present.TryGetValue(ModelAlias.Previous, out var digest))
        {
            throw RegistryException.Forbidden($"{model.Name} has no champion before the present one.");
        }

        var again = await AgainAsync(context, model, await ReleaseRules.FindAsync(context, model.Name, digest, cancellationToken), by, cancellationToken);
        return await CrownAsync(context, again, PreviousChampion.Forgotten, by, reason, cancellationToken);
    }

    private async Task<ReleaseRow> AgainAsync(RegistryDbContext context, ModelRow model, ReleaseRow source, string? by, CancellationToken cancellationToken)
    {
        if (source.IsBlocked)
        {
            throw RegistryException.Forbidden($"{source.Digest} is blocked: {source.BlockedReason}.");
        }

        // What was predicted then is no measure of a line now: who goes back must not be taken out for it.
        var manifest = Mapping.Manifest(source) with { Predicted = null };
        var files = manifest.Files.Sum(file => file.SizeBytes);
        var again = await maker.MakeAsync(context, model, manifest, files, Mapping.Gates(source), by, source.ReleaseOf ?? source.Digest, cancellationToken);
        ReleaseRules.CheckUsable(again, identity.Now().Time);
        return again;
    }

    /// <summary>Makes a release the champion and tells every agent of the model; what a rollout has told them counts no more.</summary>
    private async Task<RolloutView> CrownAsync(
        RegistryDbContext context, ReleaseRow release, PreviousChampion previous, string? by, string? reason, CancellationToken cancellationToken)
    {
        var name = release.Name;
        if (await RolloutLock.HoldOpenAsync(context, name, cancellationToken) is { } open)
        {
            await rollouts.CancelAsync(context, open, $"All agents are told to run {release.Digest}: {reason ?? "no reason given"}.", by, isRestoring: false, cancellationToken);
        }

        await aliases.CrownAsync(context, release, previous, by, reason, cancellationToken);
        var agents = await FleetOf(context, name).ToListAsync(cancellationToken);
        var rolloutId = identity.NewRolloutId();
        await rollouts.LetGoOfRecipesAsync(context, agents, rolloutId, cancellationToken);
        return await wishes.TellAsync(
            context, release, ModelAlias.Champion, [.. agents.Select(AgentRows.AddressOf)], rolloutId, cancellationToken);
    }

    private async Task<RolloutView> CommitAsync(
        RegistryDbContext context, Microsoft.EntityFrameworkCore.Storage.IDbContextTransaction transaction, RolloutView rollout, string? by, string? reason,
        CancellationToken cancellationToken)
    {
        await context.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        Log.Promoted(logger, rollout.Alias, rollout.Model.Name, rollout.Model.Digest, by, reason, rollout.Agents.Count, rollout.RolloutId);
        return rollout;
    }

    [GeneratedRegex("^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex ModelName();
}
