using System.Text;
using System.Text.Json;
using IMDD.Cloud.Trainer.Runs;
using IMDD.Cloud.Trainer.State;
using IMDD.Contracts.Events;
using IMDD.Contracts.Identity;
using IMDD.Contracts.Training;
using IMDD.Imaging;
using IMDD.Learning.Datasets;
using IMDD.Relational;
using IMDD.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace IMDD.Cloud.Trainer.Snapshots;

/// <summary>
/// Freezes what is agreed into two data sets, one to learn from and one of the gate, which share no picture with each other nor with the gate's other
/// data. The folder appears whole or not at all, so that a run that goes on after a crash has the snapshot it began with.
/// </summary>
internal sealed class SnapshotMaker(
    IDbContextFactory<TrainerDbContext> contexts, IBlobStore blobs, IOptions<TrainerOptions> options, ILogger<SnapshotMaker> logger)
{
    private const int MaxMaskBytes = 4 << 20;
    private const string Json = "application/json";

    /// <summary>Makes the snapshot of a run, or finds it.</summary>
    /// <exception cref="RunFailedException">The gate's data or the blob store cannot be read, or there is nothing to learn from.</exception>
    public async Task<(string Id, SnapshotManifest Manifest, SnapshotFolder Folder)> MakeAsync(string run, string folder, CancellationToken cancellationToken)
    {
        SnapshotFolder made = new(folder);
        if (!Directory.Exists(folder))
        {
            ClearAbandoned(folder);
            var partial = $"{folder}.{Guid.NewGuid():N}.partial";
            try
            {
                await WriteAsync(run, new SnapshotFolder(partial), cancellationToken);
                Directory.Move(partial, folder);
            }
            catch (BlobStoreException e)
            {
                throw new RunFailedException($"The blob store failed: {e.Message}", e.IsTransient, e);
            }
            catch (DatasetException e)
            {
                throw new RunFailedException($"The gate's data cannot be read: {e.Message}", inner: e);
            }
            finally
            {
                if (Directory.Exists(partial))
                {
                    Directory.Delete(partial, recursive: true);
                }
            }
        }

        var bytes = await File.ReadAllBytesAsync(made.Manifest, cancellationToken);
        return (ContentDigest.Of(bytes), ImddJson.Deserialize<SnapshotManifest>(bytes), made);
    }

    /// <summary>What a killed process left half-written.</summary>
    private static void ClearAbandoned(string folder)
    {
        var parent = Directory.CreateDirectory(Path.GetDirectoryName(folder)!);
        foreach (var abandoned in parent.EnumerateDirectories($"{Path.GetFileName(folder)}.*.partial"))
        {
            abandoned.Delete(recursive: true);
        }
    }

    private async Task WriteAsync(string run, SnapshotFolder folder, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder.Root);
        var gate = await Task.Run(() => GatePictures.Configured(options.Value.Gate), cancellationToken);
        SortedDictionary<string, string> leftOut = new(StringComparer.Ordinal);
        List<(ExampleConsensus Frame, string Picture)> train = [], judged = [];
        var (labels, last) = Agreed();
        foreach (var label in labels)
        {
            var digest = label.Frame.Digest;
            if (gate.Contains(digest))
            {
                leftOut[digest] = "it is a picture of the gate's data";
                continue;
            }

            var isGate = GatePictures.IsOfShare(digest, options.Value.Gate.LabelledShare);
            if (await FetchAsync(label, isGate ? folder.Gate : folder.Train, cancellationToken) is (var picture, var inline))
            {
                (isGate ? judged : train).Add((inline, picture));
            }
            else
            {
                leftOut[digest] = "its picture or a mask is not in the blob store, or cannot be used";
                Log.PictureLeftOut(logger, run, digest, leftOut[digest]);
            }
        }

        var pictures = judged.Select(f => f.Frame.Frame.Digest).Concat(gate).Order(StringComparer.Ordinal).ToList();
        if (pictures.Count == 0)
        {
            throw new RunFailedException("The gate set is empty: label more frames, or name data in Trainer:Gate:Data.");
        }

        if (train.Count == 0)
        {
            throw new RunFailedException("There is no labelled frame to learn from.");
        }

        var weights = RaterWeights.Of(train.ConvertAll(f => f.Frame), options.Value.MaxRaterShare);
        foreach (var rater in weights.Raters.Where(r => r.Weight < 1))
        {
            Log.RaterHeld(logger, run, rater.RaterId, rater.Frames, rater.Weight, rater.Share);
        }

        var list = Encoding.UTF8.GetBytes(string.Join('\n', pictures) + "\n");
        await File.WriteAllBytesAsync(folder.GatePictures, list, cancellationToken);
        SnapshotManifest manifest = new(
            1,
            run,
            last,
            train.Count,
            judged.Count,
            options.Value.Gate.Data,
            options.Value.Gate.Split,
            (await blobs.PutAsync(list, "text/plain", cancellationToken)).Digest,
            options.Value.Training.Replay,
            leftOut,
            await LabelsAsync(folder.Train, train, weights.WeightOf, cancellationToken),
            judged.Count > 0 ? await LabelsAsync(folder.Gate, judged, _ => 1, cancellationToken) : null,
            weights.MaxShare,
            weights.Raters);
        var bytes = ImddJson.Serialize(manifest);
        await blobs.PutAsync(bytes, Json, cancellationToken);
        await File.WriteAllBytesAsync(folder.Manifest, bytes, cancellationToken);
    }

    private (List<ExampleConsensus> Labels, long Last) Agreed()
    {
        using var context = contexts.CreateDbContext();
        using var transaction = context.Database.BeginTransaction();
        var rows = context.Labels.AsNoTracking().Where(l => l.State == ConsensusState.Agreed).OrderBy(l => l.Digest).Select(l => new { l.Data, l.Sequence }).ToList();
        return (rows.ConvertAll(r => ImddJsonText.Read<ExampleConsensus>(r.Data!)), rows.Select(r => r.Sequence).DefaultIfEmpty(0).Max());
    }

    private async Task<string> LabelsAsync(string folder, List<(ExampleConsensus Frame, string Picture)> frames, Func<ExampleConsensus, double> weight, CancellationToken cancellationToken)
    {
        var bytes = LabelsFile.Write(frames, weight);
        await File.WriteAllBytesAsync(Path.Combine(folder, LabelsFile.Name), bytes, cancellationToken);
        return (await blobs.PutAsync(bytes, Json, cancellationToken)).Digest;
    }

    /// <summary>Stores the picture, and brings masks that were moved back into the label; null where something of it is not there.</summary>
    private async Task<(string Picture, ExampleConsensus Inline)?> FetchAsync(ExampleConsensus label, string folder, CancellationToken cancellationToken)
    {
        // The store checks what it gives against the digest.
        var digest = label.Frame.Digest;
        if (await blobs.GetAsync(digest, options.Value.MaxPictureBytes, cancellationToken) is not { } bytes || ContentDigest.Of(bytes) != digest || Extension(bytes) is not { } extension)
        {
            return null;
        }

        List<LabelledRegion> regions = [];
        foreach (var region in label.Regions)
        {
            if (region is { ContourPx: null, MaskRle: null, MaskUri: { } uri })
            {
                if (await MaskAsync(uri, cancellationToken) is not { } mask)
                {
                    return null;
                }

                regions.Add(region with { MaskRle = mask, MaskUri = null });
            }
            else
            {
                regions.Add(region);
            }
        }

        var picture = $"{SnapshotFolder.Pictures}/{digest[ContentDigest.Prefix.Length..]}{extension}";
        Directory.CreateDirectory(Path.Combine(folder, SnapshotFolder.Pictures));
        await File.WriteAllBytesAsync(Path.Combine(folder, picture), bytes, cancellationToken);
        return (picture, label with { Regions = regions });
    }

    private async Task<MaskRle?> MaskAsync(string uri, CancellationToken cancellationToken)
    {
        if (!BlobName.TryGetDigest(uri, out var digest) || await blobs.GetAsync(digest, MaxMaskBytes, cancellationToken) is not { } bytes)
        {
            return null;
        }

        try
        {
            return ImddJson.Deserialize<MaskRle>(bytes);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string? Extension(byte[] bytes) => !ImageHeader.TryRead(bytes, out var header)
        ? null
        : header.Format switch
        {
            ImageFormat.Jpeg => ".jpg",
            ImageFormat.Png => ".png",
            ImageFormat.Bmp => ".bmp",
            _ => ".tif",
        };
}
