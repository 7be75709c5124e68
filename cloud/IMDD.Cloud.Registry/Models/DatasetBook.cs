using System.Text;
using System.Text.Json;
using IMDD.Cloud.Registry.State;
using IMDD.Contracts.Events;
using IMDD.Contracts.Identity;
using IMDD.Contracts.Models;
using IMDD.Contracts.Registry;
using IMDD.Contracts.Training;
using IMDD.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace IMDD.Cloud.Registry.Models;

/// <summary>
/// Training sets, by content: who registers a release stores the snapshot's manifest and its label files as blobs beforehand, and which frame is in
/// which set is kept in a table, so that the way from a frame to the models that learned from it is one look-up.
/// </summary>
internal sealed class DatasetBook(IDbContextFactory<RegistryDbContext> contexts, IBlobStore blobs, IOptions<RegistryOptions> options, ILogger<DatasetBook> logger)
{
    private const int MaxManifestBytes = 64 << 20;

    /// <summary>The data set of a release and its frames, once; null where its lineage names none that is a blob here.</summary>
    /// <exception cref="RegistryException">It names one whose label files are not here, or are none.</exception>
    public async Task<ParsedDataset?> ReadAsync(BundleManifest manifest, CancellationToken cancellationToken)
    {
        if (manifest.TrainedFrom?.DatasetDigest is not { } digest || !ContentDigest.IsValid(digest)
            || await blobs.GetAsync(digest, MaxManifestBytes, cancellationToken) is not { } bytes)
        {
            return null;
        }

        try
        {
            var snapshot = ImddJson.Deserialize<SnapshotManifest>(bytes);
            List<DatasetFrameRow> rows =
            [
                .. await FramesAsync(digest, snapshot.Train, DatasetSide.Train, cancellationToken),
                .. await FramesAsync(digest, snapshot.Gate, DatasetSide.Gate, cancellationToken),
            ];
            return new ParsedDataset(new DatasetRow { Digest = digest, Manifest = Encoding.UTF8.GetString(bytes) }, [.. rows.DistinctBy(row => row.Frame)]);
        }
        catch (JsonException e)
        {
            throw RegistryException.Invalid($"trainedFrom.datasetDigest {digest} is a file here and no snapshot of labels: {e.Message}");
        }
    }

    /// <summary>Keeps it in the caller's transaction.</summary>
    public async Task KeepAsync(RegistryDbContext context, ParsedDataset dataset, CancellationToken cancellationToken)
    {
        if (await context.Datasets.AnyAsync(row => row.Digest == dataset.Row.Digest, cancellationToken))
        {
            return;
        }

        context.Datasets.Add(dataset.Row);
        context.DatasetFrames.AddRange(dataset.Frames);
        Log.DatasetKept(logger, dataset.Row.Digest, dataset.Frames.Count);
    }

    /// <summary>A page of a data set.</summary>
    /// <exception cref="RegistryException">There is none.</exception>
    public async Task<DatasetView> FindAsync(string digest, string? after, int limit, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var row = await context.Datasets.AsNoTracking().SingleOrDefaultAsync(d => d.Digest == digest, cancellationToken)
            ?? throw RegistryException.Unknown($"There is no training set {digest} here: the release was trained by hand, or before training sets were kept.");
        var snapshot = JsonSerializer.Deserialize<SnapshotManifest>(row.Manifest, ImddJson.Options)!;
        var frames = await context.DatasetFrames.AsNoTracking()
            .Where(frame => frame.Dataset == digest && (after == null || string.Compare(frame.Frame, after) > 0))
            .OrderBy(frame => frame.Frame).Take(limit + 1).ToListAsync(cancellationToken);
        return new DatasetView
        {
            Digest = digest,
            Run = snapshot.Run,
            TrainFrames = snapshot.TrainFrames,
            GateFrames = snapshot.GateFrames,
            GateData = snapshot.GateData,
            Replay = snapshot.Replay,
            Frames = [.. frames.Take(limit).Select(frame => new DatasetFrame(frame.Frame, frame.Side, frame.Failed ? Verdict.Fail : Verdict.Pass, frame.Classes.Length == 0 ? [] : frame.Classes.Split('\n')))],
            HasMore = frames.Count > limit,
        };
    }

    /// <summary>Releases in whose training set a frame is, the newest first.</summary>
    public async Task<IReadOnlyList<FrameUse>> UsesAsync(string frame, int limit, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var sides = await context.DatasetFrames.AsNoTracking().Where(row => row.Frame == frame).ToDictionaryAsync(row => row.Dataset, row => row.Side, cancellationToken);
        if (sides.Count == 0)
        {
            return [];
        }

        var releases = await context.Releases.AsNoTracking().OrderByDescending(row => row.RegisteredAt).ThenByDescending(row => row.Counter).ToListAsync(cancellationToken);
        return
        [
            .. releases.Select(row => (Row: row, Dataset: Mapping.Manifest(row).TrainedFrom?.DatasetDigest)).Where(release => release.Dataset is not null && sides.ContainsKey(release.Dataset))
                .Take(limit).Select(release => new FrameUse(Mapping.Release(release.Row), release.Dataset!, sides[release.Dataset!])),
        ];
    }

    private async Task<IEnumerable<DatasetFrameRow>> FramesAsync(string dataset, string? labels, string side, CancellationToken cancellationToken)
    {
        if (labels is null)
        {
            return [];
        }

        var bytes = ContentDigest.IsValid(labels) ? await blobs.GetAsync(labels, options.Value.MaxFileBytes, cancellationToken) : null;
        var file = bytes is null
            ? throw RegistryException.Invalid($"The labels {labels} of training set {dataset} have not been stored: PUT them first.")
            : ImddJson.Deserialize<SnapshotLabels>(bytes);
        return file.Frames.Select(frame => new DatasetFrameRow
        {
            Dataset = dataset,
            Frame = ContentDigest.Prefix + frame.Sha256,
            Side = side,
            Failed = frame.Verdict == Verdict.Fail,
            Classes = string.Join('\n', frame.Regions.Select(region => region.Class).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)),
        });
    }
}
