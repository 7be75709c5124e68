using System.Text.Json;
using System.Text.Json.Nodes;
using IMDD.Cloud.Trainer.Ingest;
using IMDD.Cloud.Trainer.State;
using IMDD.Contracts.Events;
using IMDD.Contracts.Identity;
using IMDD.Contracts.Models;
using IMDD.Relational;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace IMDD.Cloud.Trainer.Replay;

/// <summary>
/// Says in a candidate's manifest what each camera's frames look like, so that drift is not measured anew with each release. A camera goes on with what
/// the champion says of it, unless the candidate has been taught that what it shows now is usual. Of pictures alone: what a model says of them is another's.
/// </summary>
internal sealed class CameraReferences(IDbContextFactory<TrainerDbContext> contexts, IOptions<TrainerOptions> options, TimeProvider time, ILogger<CameraReferences> logger)
{
    private const string ResultFile = "reference.json";

    /// <summary>Windows of a camera that are kept, the newest.</summary>
    private const int KeptWindows = 20;

    private const int LeastWindows = 4;

    /// <summary>In a manifest, which is refused above a mebibyte: each takes little more than a kibibyte.</summary>
    private const int MostCameras = 400;

    /// <summary>Of fewer, a tenth of the brightness is more than half chance.</summary>
    private const long LeastFrames = 1000;

    /// <summary>Of fewer pictures that are nothing but good, a network does not learn what is usual.</summary>
    private const int LeastNormals = 10;

    private static readonly TimeSpan OldestWindow = TimeSpan.FromDays(30);
    private static readonly string[] OfPictures = [StatisticName.Brightness, StatisticName.Contrast, StatisticName.Sharpness];

    /// <summary>Keeps a window, in the caller's transaction; the same again changes nothing.</summary>
    public static void Keep(TrainerDbContext context, StationWindow window)
    {
        if (OfPicturesAlone(window.Sketch) is { } sketch)
        {
            Sql.Execute(
                context, "INSERT INTO camera_windows (camera, start_us, sketch) VALUES ({0}, {1}, {2}) ON CONFLICT DO NOTHING",
                [window.Camera.ToString(), Timestamp.ToMicroseconds(window.Start), ImddJsonText.Write(sketch)]);
        }
    }

    /// <summary>Forgets, in the caller's transaction, what is too old, and of these cameras what is too much.</summary>
    public void Forget(TrainerDbContext context, IEnumerable<CameraPath> cameras)
    {
        Sql.Execute(context, "DELETE FROM camera_windows WHERE start_us < {0}", [Timestamp.ToMicroseconds(time.GetUtcNow() - OldestWindow)]);
        foreach (var camera in cameras)
        {
            Sql.Execute(
                context,
                "DELETE FROM camera_windows WHERE camera = {0} AND start_us < (SELECT start_us FROM camera_windows WHERE camera = {0} ORDER BY start_us DESC LIMIT 1 OFFSET {1})",
                [camera.ToString(), KeptWindows - 1]);
        }
    }

    /// <summary>The candidate's reference. What came out is kept in the run's folder: whoever goes on with the run registers the same release.</summary>
    /// <param name="run">The run.</param>
    /// <param name="folder">Of what is said of the candidate.</param>
    /// <param name="champion">Manifest of what it was trained from.</param>
    /// <param name="trained">Its own.</param>
    /// <param name="stop">Ends it.</param>
    public async Task<JsonElement?> MakeAsync(RunRow run, string folder, BundleManifest champion, BundleManifest trained, CancellationToken stop)
    {
        // Whoever has it measured from the data of the run knows that they are of the cameras.
        if (!options.Value.DriftReference || Of(trained)?.Statistics is not null)
        {
            return trained.Reference;
        }

        var result = Path.Combine(folder, ResultFile);
        if (!File.Exists(result))
        {
            Directory.CreateDirectory(folder);
            var partial = result + ".part";
            await File.WriteAllBytesAsync(partial, ImddJson.Serialize(Made(run, champion, trained.ChangedClasses is not null)), stop);
            File.Move(partial, result);
        }

        var made = ImddJson.Deserialize<BundleReference>(await File.ReadAllBytesAsync(result, stop));
        if (made.Statistics is null && made.Cameras is null)
        {
            return trained.Reference;
        }

        // Other statistics may lie beside what is understood here.
        var merged = trained.Reference is { ValueKind: JsonValueKind.Object } own ? JsonObject.Create(own)! : [];
        foreach (var (name, value) in JsonSerializer.SerializeToNode(made, ImddJson.Options)!.AsObject().ToList())
        {
            merged[name] = value!.DeepClone();
        }

        return JsonSerializer.SerializeToElement(merged);
    }

    private BundleReference Made(RunRow run, BundleManifest from, bool networkStays)
    {
        using var context = contexts.CreateDbContext();
        var champion = Of(from);
        var taught = networkStays ? [] : Taught(context, run, from);
        var reporting = Sql.Query(context, "SELECT DISTINCT camera FROM camera_windows", []).ConvertAll(row => (string)row[0]!);
        SortedDictionary<string, StatisticsSketch> cameras = new(StringComparer.Ordinal);
        foreach (var (camera, sketch) in champion?.Cameras ?? new Dictionary<string, StatisticsSketch>(StringComparer.Ordinal))
        {
            // One that has been silent for as long as windows are kept is gone, and begins anew if it comes back: a manifest has room for so many.
            if (reporting.Contains(camera, StringComparer.Ordinal) && OfPicturesAlone(sketch) is { } known)
            {
                cameras[camera] = known;
            }
        }

        var general = OfPicturesAlone(champion?.Statistics);
        foreach (var camera in reporting)
        {
            var isKnown = general is not null || cameras.ContainsKey(camera);
            if ((!isKnown || taught.Contains(camera)) && Newest(context, camera) is { } now)
            {
                cameras[camera] = now;
            }
        }

        if (cameras.Count > MostCameras)
        {
            Log.TooManyCameras(logger, cameras.Count, MostCameras);
            return new BundleReference { Statistics = general };
        }

        return new BundleReference { Statistics = general, Cameras = cameras.Count > 0 ? cameras : null };
    }

    /// <summary>Cameras of which so many good pictures were agreed on since the champion's snapshot that the candidate has learned what is usual there.</summary>
    /// <remarks>By the snapshot: a release that was signed anew, for a rollback or with a word more, still names it.</remarks>
    private static HashSet<string> Taught(TrainerDbContext context, RunRow run, BundleManifest champion) =>
    [
        .. Sql.Query(
            context,
            """
            SELECT data FROM labels WHERE state = {0} AND classes = '' AND sequence <= {1}
                AND sequence > (SELECT COALESCE(MAX(snapshot_labels), 0) FROM runs WHERE snapshot_id = {2})
            """,
            [ConsensusState.Agreed, run.SnapshotLabels ?? 0, champion.TrainedFrom?.DatasetDigest ?? ""])
            .Select(row => ImddJsonText.Read<ExampleConsensus>((string)row[0]!))
            .Where(label => label.Verdict == Verdict.Pass)
            .GroupBy(label => $"{label.AssetPath}/{label.CameraId}", StringComparer.Ordinal)
            .Where(camera => camera.Count() >= LeastNormals)
            .Select(camera => camera.Key),
    ];

    /// <summary>A camera's newest windows together; null where they are too few.</summary>
    private static StatisticsSketch? Newest(TrainerDbContext context, string camera)
    {
        var windows = Sql.Query(context, "SELECT sketch FROM camera_windows WHERE camera = {0} ORDER BY start_us DESC LIMIT {1}", [camera, KeptWindows])
            .ConvertAll(row => ImddJsonText.Read<StatisticsSketch>((string)row[0]!))
            .FindAll(sketch => sketch.BinsVersion == StatisticBins.Version);
        return windows.Count < LeastWindows || windows.Sum(sketch => sketch.Frames) < LeastFrames ? null : new StatisticsSketch
        {
            Frames = windows.Sum(sketch => sketch.Frames),
            BinsVersion = StatisticBins.Version,
            Histograms = OfPictures.ToDictionary(
                name => name,
                IReadOnlyList<long> (name) => [.. Enumerable.Range(0, StatisticBins.Count(name)).Select(bin => windows.Sum(sketch => sketch.Histograms[name][bin]))],
                StringComparer.Ordinal),
        };
    }

    /// <summary>What a sketch says of pictures; null where it does not say all of it, or by other bins.</summary>
    private static StatisticsSketch? OfPicturesAlone(StatisticsSketch? sketch)
        => sketch?.BinsVersion == StatisticBins.Version && CameraStatisticsEvent.Fault(sketch) is null && Array.TrueForAll(OfPictures, sketch.Histograms.ContainsKey)
            ? new StatisticsSketch
            {
                Frames = sketch.Frames,
                BinsVersion = sketch.BinsVersion,
                Histograms = OfPictures.ToDictionary(name => name, name => sketch.Histograms[name], StringComparer.Ordinal),
            }
            : null;

    private BundleReference? Of(BundleManifest manifest)
    {
        try
        {
            return manifest.Reference is { ValueKind: JsonValueKind.Object } reference ? reference.Deserialize<BundleReference>(ImddJson.Options) : null;
        }
        catch (JsonException e)
        {
            Log.ReferenceUnusable(logger, manifest.Name, manifest.Version, e.Message);
            return null;
        }
    }
}
