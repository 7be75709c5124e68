using System.Text;
using IMDD.Cloud.Registry.State;
using IMDD.Contracts.Audit;
using IMDD.Contracts.Events;
using IMDD.Contracts.Registry;
using IMDD.Inference.Signing;
using IMDD.Relational;
using Microsoft.EntityFrameworkCore;

namespace IMDD.Cloud.Registry.Trust;

/// <summary>
/// The root documents, one after the other, for agents to follow. The registry vouches for none of them: an agent checks each against the one it
/// trusts, so that whoever holds the registry still cannot make a key good.
/// </summary>
internal sealed class RootBook(IDbContextFactory<RegistryDbContext> contexts, SigningKey signer, RegistryIdentity identity, ILogger<RootBook> logger)
{
    /// <summary>Takes the next document; the newest again is no change.</summary>
    /// <exception cref="RegistryException">It does not follow the newest there is.</exception>
    public async Task<TrustRootView> PublishAsync(PublishRoot request, CancellationToken cancellationToken)
    {
        var envelope = ImddJson.Serialize(request.Envelope);
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        await using var transaction = await context.Database.BeginTransactionAsync(cancellationToken);
        var newest = await NewestAsync(context, cancellationToken);
        var root = Check(newest, envelope);
        if (newest?.Version == root.Document.Version)
        {
            return View(newest);
        }

        RootRow row = new()
        {
            Version = root.Document.Version,
            Envelope = Encoding.UTF8.GetString(envelope),
            PublishedAt = identity.Now().Time,
            PublishedBy = request.By,
        };
        context.Roots.Add(row);
        try
        {
            await context.SaveChangesAsync(cancellationToken);
            AuditLog.Append(context, request.By, AuditAction.PublishRoot, $"root {row.Version} {root.Digest}", AuditOutcome.Done, request.Reason, row.PublishedAt);
            await transaction.CommitAsync(cancellationToken);
        }
        catch (DbUpdateException)
        {
            throw RegistryException.Forbidden($"Another root document of version {row.Version} has just been published.");
        }

        Log.RootPublished(logger, row.Version, root.Document.ExpiresAt, string.Join(", ", root.ReleaseKeys.Ids), request.By);
        if (!root.ReleaseKeys.Ids.Contains(signer.Key.Id))
        {
            Log.SignerNotListed(logger, signer.Key.Id, row.Version);
        }

        return View(row);
    }

    /// <exception cref="RegistryException">There is none.</exception>
    public async Task<TrustRootView> NewestAsync(CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        return View(await NewestAsync(context, cancellationToken) ?? throw RegistryException.Unknown("No root document has been published."));
    }

    /// <summary>The envelope of a version.</summary>
    /// <exception cref="RegistryException">There is none.</exception>
    public async Task<string> EnvelopeAsync(long version, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        return await context.Roots.Where(row => row.Version == version).Select(row => row.Envelope).SingleOrDefaultAsync(cancellationToken)
            ?? throw RegistryException.Unknown($"There is no root document of version {version}.");
    }

    /// <summary>What agents would refuse is better not signed.</summary>
    /// <exception cref="RegistryException">The registry's key is none of the newest document's release keys.</exception>
    public static async Task CheckSignerAsync(RegistryDbContext context, string keyId, CancellationToken cancellationToken)
    {
        if (await NewestAsync(context, cancellationToken) is { } newest && Read(newest) is var root && !root.ReleaseKeys.Ids.Contains(keyId))
        {
            throw RegistryException.Forbidden(
                $"This registry signs with {keyId}, which root document {newest.Version} does not list as a release key: start it with the key of {string.Join(", ", root.ReleaseKeys.Ids)} "
                + $"({RegistryOptions.Section}:{nameof(RegistryOptions.SigningKeyFile)}), or publish a root document that lists it.");
        }
    }

    /// <summary>Version of the newest root document, where it does not list a key as a release key; null: it does, or there is none.</summary>
    public static async Task<long?> UnlistedByAsync(RegistryDbContext context, string keyId, CancellationToken cancellationToken)
        => await NewestAsync(context, cancellationToken) is { } newest && !Read(newest).ReleaseKeys.Ids.Contains(keyId) ? newest.Version : null;

    private static Task<RootRow?> NewestAsync(RegistryDbContext context, CancellationToken cancellationToken)
        => context.Roots.AsNoTracking().OrderByDescending(row => row.Version).FirstOrDefaultAsync(cancellationToken);

    private static SignedRoot Check(RootRow? newest, byte[] envelope)
    {
        try
        {
            if (newest is null)
            {
                return SignedRoot.Pin(envelope);
            }

            var present = Read(newest);
            return present.Envelope.Span.SequenceEqual(envelope) ? present : present.Follow(envelope);
        }
        catch (TrustRootException e)
        {
            throw RegistryException.Forbidden($"The root document {e.Message}");
        }
    }

    private static SignedRoot Read(RootRow row) => SignedRoot.Pin(Encoding.UTF8.GetBytes(row.Envelope));

    private TrustRootView View(RootRow row)
    {
        var root = Read(row);
        return new TrustRootView(root.Document, root.Digest, row.PublishedAt, signer.Key.Id, row.PublishedBy);
    }
}
