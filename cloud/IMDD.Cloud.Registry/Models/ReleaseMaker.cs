using System.Text.Json;
using System.Text;
using IMDD.Cloud.Registry.State;
using IMDD.Cloud.Registry.Trust;
using IMDD.Contracts.Events;
using IMDD.Contracts.Identity;
using IMDD.Contracts.Models;
using IMDD.Contracts.Topics;
using IMDD.Relational;
using IMDD.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace IMDD.Cloud.Registry.Models;

/// <summary>Gives a manifest its release counter, signs it and keeps it.</summary>
internal sealed class ReleaseMaker(IBlobStore blobs, SigningKey signer, RegistryIdentity identity, IOptions<RegistryOptions> options, ILogger<ReleaseMaker> logger)
{
    private const string Json = "application/json";

    /// <summary>
    /// The row of a name, locked until the transaction ends and with its counter raised by one: of two releases made at the same time the second
    /// waits here for the first.
    /// </summary>
    public static async Task<ModelRow> LockAsync(RegistryDbContext context, string name, CancellationToken cancellationToken)
    {
        await context.Database.ExecuteSqlAsync(
            $"INSERT INTO models (name, counter, fencing_token) VALUES ({name}, 1, 0) ON CONFLICT (name) DO UPDATE SET counter = models.counter + 1",
            cancellationToken);
        return await context.Models.SingleAsync(row => row.Name == name, cancellationToken);
    }

    /// <summary>Digest of what a manifest says besides what the registry sets.</summary>
    public static string ContentOf(BundleManifest manifest) => ContentDigest.Of(ImddJson.Serialize(manifest with { ReleaseCounter = 0, ExpiresAt = null }));

    /// <summary>Makes a release in the caller's transaction; its blobs are there before it ends.</summary>
    public async Task<ReleaseRow> MakeAsync(
        RegistryDbContext context, ModelRow model, BundleManifest manifest, long fileBytes, IReadOnlyList<GateResult> gates, string? by, string? releaseOf,
        CancellationToken cancellationToken)
    {
        await RootBook.CheckSignerAsync(context, signer.Key.Id, cancellationToken);
        var now = identity.Now();
        var numbered = manifest with
        {
            ReleaseCounter = model.Counter,
            ExpiresAt = options.Value.ReleaseLifetime is { } lifetime ? now.Time + lifetime : manifest.ExpiresAt,
        };
        var bytes = ImddJson.Serialize(numbered);
        var envelope = ImddJson.Serialize(signer.Key.Sign(DsseEnvelope.ModelPayloadType, bytes));
        var stored = await blobs.PutAsync(bytes, Json, cancellationToken);
        var signed = await blobs.PutAsync(envelope, Json, cancellationToken);
        ReleaseRow row = new()
        {
            Digest = stored.Digest,
            Name = manifest.Name,
            Version = manifest.Version,
            Counter = model.Counter,
            ContentDigest = ContentOf(manifest),
            EnvelopeDigest = signed.Digest,
            Manifest = Encoding.UTF8.GetString(bytes),
            SizeBytes = fileBytes + bytes.Length,
            KeyId = signer.Key.Id,
            RegisteredAt = now.Time,
            RegisteredBy = by,
            Gates = JsonSerializer.Serialize(gates, ImddJson.Options),
            ReleaseOf = releaseOf,
        };
        context.Releases.Add(row);
        Outbox.Add(context, KafkaTopics.ModelReleased, ModelChangeEvent.Registered(
            new ModelRegistered
            {
                Model = Mapping.Release(row),
                SizeBytes = row.SizeBytes,
                KeyId = row.KeyId,
                RegisteredBy = by,
                TrainedFrom = manifest.TrainedFrom,
                Gates = gates,
                Aliases = await AliasesAsync(context, row.Name, cancellationToken),
            },
            now), now.Time);
        Log.Registered(logger, row.Counter, row.Name, row.Digest, row.Version, by);
        return row;
    }

    /// <summary>Digest by alias of a name, changes of the transaction included.</summary>
    public static async Task<IReadOnlyDictionary<string, string>> AliasesAsync(RegistryDbContext context, string name, CancellationToken cancellationToken)
    {
        await context.Aliases.Where(row => row.Name == name).LoadAsync(cancellationToken);
        return context.Aliases.Local.Where(row => row.Name == name).ToDictionary(row => row.Alias, row => row.Digest, StringComparer.Ordinal);
    }
}
