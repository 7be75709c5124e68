using System.Text.RegularExpressions;
using IMDD.Cloud.Registry.Fleet;
using IMDD.Cloud.Registry.State;
using IMDD.Contracts.Events;
using IMDD.Contracts.Identity;
using IMDD.Contracts.Registry;
using IMDD.Contracts.Topics;
using IMDD.Contracts;
using IMDD.Relational;
using Microsoft.EntityFrameworkCore;

namespace IMDD.Cloud.Registry.Models;

/// <summary>Registers releases, moves aliases, and says what agents are to run. Each change is one transaction with the events that tell of it.</summary>
internal sealed partial class ModelRegistry(
    IDbContextFactory<RegistryDbContext> contexts, BundleCheck check, ReleaseMaker maker, FleetWishes wishes, RegistryIdentity identity, ILogger<ModelRegistry> logger)
{
    /// <summary>Registers a release. The same content under the same name is registered once: a trainer may ask again after a crash.</summary>
    /// <exception cref="RegistryException">A rule is broken.</exception>
    public async Task<ModelVersionView> RegisterAsync(string name, RegisterModel request, CancellationToken cancellationToken)
    {
        var manifest = request.Manifest;
        if (!ModelName().IsMatch(name) || manifest.Name != name)
        {
            throw RegistryException.Invalid($"The manifest's name is '{Excerpt.Of(manifest.Name)}' and the address says '{Excerpt.Of(name)}': expected the same, 1 to 64 of letters, digits, '.', '_' and '-'.");
        }

        var size = await check.CheckAsync(manifest, cancellationToken);
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
            await context.SaveChangesAsync(cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }

        return Mapping.Version(row, await context.Aliases.AsNoTracking().Where(alias => alias.Name == name).ToListAsync(cancellationToken));
    }

    /// <summary>Makes a release the champion for all agents of its model, or the challenger for some.</summary>
    /// <exception cref="RegistryException">It is not known, blocked, expired, or did not meet a gate.</exception>
    public async Task<RolloutView> PromoteAsync(string name, PromoteModel request, CancellationToken cancellationToken)
    {
        var agents = request.Agents.Select(AgentAddress.Parse).ToList();
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        await using var transaction = await context.Database.BeginTransactionAsync(cancellationToken);
        await ReleaseMaker.LockAsync(context, name, cancellationToken);
        var release = await FindAsync(context, name, request.Digest, cancellationToken);
        CheckUsable(release);
        var rollout = agents.Count == 0
            ? await CrownAsync(context, release, PreviousChampion.Remembered, request.By, request.Reason, cancellationToken)
            : await wishes.TellAsync(context, release, ModelAlias.Challenger, agents, cancellationToken);
        if (agents.Count > 0)
        {
            await PointAsync(context, release, ModelAlias.Challenger, request.By, request.Reason, cancellationToken);
        }

        return await CommitAsync(context, transaction, rollout, request.By, request.Reason, cancellationToken);
    }

    /// <summary>Runs the champion before the present one again, as a new release: agents take no older one.</summary>
    /// <exception cref="RegistryException">There is none, or it is blocked.</exception>
    public async Task<RolloutView> RollbackAsync(string name, RollbackModel request, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        await using var transaction = await context.Database.BeginTransactionAsync(cancellationToken);
        var model = await ReleaseMaker.LockAsync(context, name, cancellationToken);
        var aliases = await ReleaseMaker.AliasesAsync(context, name, cancellationToken);
        if (!aliases.TryGetValue(ModelAlias.Previous, out var digest))
        {
            throw RegistryException.Forbidden($"{name} has no champion before the present one.");
        }

        var again = await AgainAsync(context, model, await FindAsync(context, name, digest, cancellationToken), request.By, cancellationToken);
        var rollout = await CrownAsync(context, again, PreviousChampion.Forgotten, request.By, request.Reason, cancellationToken);
        return await CommitAsync(context, transaction, rollout, request.By, request.Reason, cancellationToken);
    }

    /// <summary>Blocks a release. Agents that try it are told to run the champion again; a champion is replaced first.</summary>
    /// <exception cref="RegistryException">It is not known, or the champion.</exception>
    public async Task<ModelVersionView> BlockAsync(string name, BlockModel request, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        await using var transaction = await context.Database.BeginTransactionAsync(cancellationToken);
        var model = await ReleaseMaker.LockAsync(context, name, cancellationToken);
        var release = await FindAsync(context, name, request.Digest, cancellationToken);
        var aliases = await context.Aliases.Where(row => row.Name == name).ToListAsync(cancellationToken);
        if (aliases.Exists(row => row.Alias == ModelAlias.Champion && row.Digest == release.Digest))
        {
            throw RegistryException.Forbidden($"{release.Digest} is the champion of {name}: promote another, or roll back, before it is blocked.");
        }

        (release.IsBlocked, release.BlockedReason) = (true, request.Reason ?? "no reason given");
        context.Aliases.RemoveRange(aliases.Where(row => row.Digest == release.Digest));
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
        if (aliases.Find(row => row.Alias == ModelAlias.Champion) is { } champion
            && await context.Agents.AnyAsync(agent => agent.Desired == release.Digest, cancellationToken))
        {
            // Who tried it takes nothing older any more.
            var again = await AgainAsync(context, model, await FindAsync(context, name, champion.Digest, cancellationToken), request.By, cancellationToken);
            await CrownAsync(context, again, PreviousChampion.Kept, request.By, $"{release.Digest} is blocked", cancellationToken);
        }

        await context.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        Log.Blocked(logger, release.Digest, name, request.By, request.Reason);
        return Mapping.Version(release, await context.Aliases.AsNoTracking().Where(row => row.Name == name).ToListAsync(cancellationToken));
    }

    private async Task<ReleaseRow> AgainAsync(RegistryDbContext context, ModelRow model, ReleaseRow source, string? by, CancellationToken cancellationToken)
    {
        if (source.IsBlocked)
        {
            throw RegistryException.Forbidden($"{source.Digest} is blocked: {source.BlockedReason}.");
        }

        var manifest = Mapping.Manifest(source);
        var files = manifest.Files.Sum(file => file.SizeBytes);
        var again = await maker.MakeAsync(context, model, manifest, files, Mapping.Gates(source), by, source.ReleaseOf ?? source.Digest, cancellationToken);
        CheckUsable(again);
        return again;
    }

    private async Task<RolloutView> CrownAsync(
        RegistryDbContext context, ReleaseRow release, PreviousChampion previous, string? by, string? reason, CancellationToken cancellationToken)
    {
        var name = release.Name;
        var aliases = await context.Aliases.Where(row => row.Name == name).ToListAsync(cancellationToken);
        if (previous == PreviousChampion.Remembered && aliases.Find(row => row.Alias == ModelAlias.Champion) is { } champion && champion.Digest != release.Digest)
        {
            Set(context, aliases, name, ModelAlias.Previous, champion.Digest, by);
        }

        context.Aliases.RemoveRange(aliases.Where(row => (row.Alias == ModelAlias.Challenger && row.Digest == release.Digest)
            || (row.Alias == ModelAlias.Previous && previous == PreviousChampion.Forgotten)));
        await context.SaveChangesAsync(cancellationToken);
        await PointAsync(context, release, ModelAlias.Champion, by, reason, cancellationToken);
        var agents = await context.Agents.Where(row => row.Model == null || row.Model == name).ToListAsync(cancellationToken);
        return await wishes.TellAsync(
            context, release, ModelAlias.Champion, [.. agents.Select(row => new AgentAddress(AssetPath.Parse(row.Asset), row.Agent))], cancellationToken);
    }

    private async Task PointAsync(RegistryDbContext context, ReleaseRow release, string alias, string? by, string? reason, CancellationToken cancellationToken)
    {
        var aliases = await context.Aliases.Where(row => row.Name == release.Name).ToListAsync(cancellationToken);
        var before = aliases.Find(row => row.Alias == alias)?.Digest;
        Set(context, aliases, release.Name, alias, release.Digest, by);
        await context.SaveChangesAsync(cancellationToken);
        var now = identity.Now();
        Outbox.Add(context, KafkaTopics.ModelReleased, ModelChangeEvent.Promoted(
            new ModelPromoted
            {
                Model = Mapping.Release(release),
                Alias = alias,
                PreviousDigest = before,
                By = by,
                Reason = reason,
                Aliases = await ReleaseMaker.AliasesAsync(context, release.Name, cancellationToken),
            },
            now), now.Time);
    }

    private void Set(RegistryDbContext context, List<AliasRow> aliases, string name, string alias, string digest, string? by)
    {
        var now = identity.Now().Time;
        if (aliases.Find(row => row.Alias == alias) is { } row)
        {
            (row.Digest, row.ChangedAt, row.ChangedBy) = (digest, now, by);
        }
        else
        {
            context.Aliases.Add(new AliasRow { Name = name, Alias = alias, Digest = digest, ChangedAt = now, ChangedBy = by });
        }
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

    private static async Task<ReleaseRow> FindAsync(RegistryDbContext context, string name, string digest, CancellationToken cancellationToken)
        => await context.Releases.SingleOrDefaultAsync(row => row.Name == name && row.Digest == digest, cancellationToken)
            ?? throw RegistryException.Unknown($"{Excerpt.Of(name)} has no release {Excerpt.Of(digest)}.");

    private void CheckUsable(ReleaseRow release)
    {
        if (release.IsBlocked)
        {
            throw RegistryException.Forbidden($"{release.Digest} is blocked: {release.BlockedReason}.");
        }

        if (Mapping.Gates(release).Where(gate => !gate.Passed).Select(gate => gate.Name).ToList() is { Count: > 0 } failed)
        {
            throw RegistryException.Forbidden($"{release.Digest} did not meet {string.Join(", ", failed)}.");
        }

        if (Mapping.Manifest(release).ExpiresAt is { } expires && expires <= identity.Now().Time)
        {
            throw RegistryException.Forbidden($"{release.Digest} has expired at {expires:O}.");
        }
    }

    [GeneratedRegex("^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex ModelName();
}
