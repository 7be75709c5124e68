using IMDD.Cloud.Registry.State;
using IMDD.Contracts.Events;
using IMDD.Contracts.Topics;
using IMDD.Relational;
using Microsoft.EntityFrameworkCore;

namespace IMDD.Cloud.Registry.Models;

/// <summary>Moves aliases, in the transaction of a caller that holds the model's row, with the event that tells of it. Agents are not told.</summary>
internal sealed class ModelAliases(RegistryIdentity identity)
{
    /// <summary>Makes a release the champion.</summary>
    public async Task CrownAsync(
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
    }

    /// <summary>Makes a release the challenger.</summary>
    public Task TryAsync(RegistryDbContext context, ReleaseRow release, string? by, string? reason, CancellationToken cancellationToken)
        => PointAsync(context, release, ModelAlias.Challenger, by, reason, cancellationToken);

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
}
