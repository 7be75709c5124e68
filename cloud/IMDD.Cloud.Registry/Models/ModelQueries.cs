using IMDD.Cloud.Registry.State;
using IMDD.Contracts;
using IMDD.Contracts.Registry;
using Microsoft.EntityFrameworkCore;

namespace IMDD.Cloud.Registry.Models;

/// <summary>What is there.</summary>
internal sealed class ModelQueries(IDbContextFactory<RegistryDbContext> contexts)
{
    public async Task<IReadOnlyList<ModelView>> ModelsAsync(CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var releases = await context.Releases.AsNoTracking().ToListAsync(cancellationToken);
        var aliases = await context.Aliases.AsNoTracking().ToListAsync(cancellationToken);
        return [.. releases.GroupBy(row => row.Name, StringComparer.Ordinal).OrderBy(group => group.Key, StringComparer.Ordinal).Select(group => View(group, aliases))];
    }

    /// <exception cref="RegistryException">There is none of this name.</exception>
    public async Task<ModelView> ModelAsync(string name, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var releases = await context.Releases.AsNoTracking().Where(row => row.Name == name).ToListAsync(cancellationToken);
        return releases.GroupBy(row => row.Name, StringComparer.Ordinal).FirstOrDefault() is { } group
            ? View(group, await context.Aliases.AsNoTracking().Where(row => row.Name == name).ToListAsync(cancellationToken))
            : throw RegistryException.Unknown($"There is no model '{Excerpt.Of(name)}'.");
    }

    /// <exception cref="RegistryException">There is none of this digest.</exception>
    public async Task<ModelVersionView> ReleaseAsync(string digest, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var row = await context.Releases.AsNoTracking().SingleOrDefaultAsync(release => release.Digest == digest, cancellationToken)
            ?? throw RegistryException.Unknown($"There is no release {digest}.");
        return Mapping.Version(row, await context.Aliases.AsNoTracking().Where(alias => alias.Name == row.Name).ToListAsync(cancellationToken));
    }

    public async Task<IReadOnlyList<AgentRolloutView>> AgentsAsync(CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var releases = await context.Releases.AsNoTracking().ToDictionaryAsync(row => row.Digest, cancellationToken);
        var agents = await context.Agents.AsNoTracking().OrderBy(row => row.Asset).ThenBy(row => row.Agent).ToListAsync(cancellationToken);
        return [.. agents.Select(row => Mapping.Agent(row, row.Desired is { } digest ? releases.GetValueOrDefault(digest) : null))];
    }

    /// <summary>Digest of the envelope's blob, or null.</summary>
    public async Task<string?> EnvelopeAsync(string digest, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        return await context.Releases.Where(row => row.Digest == digest).Select(row => row.EnvelopeDigest).SingleOrDefaultAsync(cancellationToken);
    }

    private static ModelView View(IGrouping<string, ReleaseRow> releases, IReadOnlyList<AliasRow> aliases)
    {
        var own = aliases.Where(row => row.Name == releases.Key).ToList();
        return new ModelView
        {
            Name = releases.Key,
            Aliases = own.ToDictionary(row => row.Alias, row => row.Digest, StringComparer.Ordinal),
            Versions = [.. releases.OrderByDescending(row => row.Counter).Select(row => Mapping.Version(row, own))],
        };
    }
}
