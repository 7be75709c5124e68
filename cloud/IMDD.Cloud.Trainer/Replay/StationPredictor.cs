using System.Text.Json;
using IMDD.Cloud.Trainer.Children;
using IMDD.Cloud.Trainer.Registry;
using IMDD.Cloud.Trainer.Runs;
using IMDD.Contracts.Events;
using IMDD.Contracts.Identity;
using IMDD.Contracts.Models;
using IMDD.Contracts.Training;
using IMDD.Storage;
using Microsoft.Extensions.Options;

namespace IMDD.Cloud.Trainer.Replay;

/// <summary>
/// Shows a candidate the newest frames of each station, and says how often it will fail there. What came out is kept in the run's folder: whoever goes on
/// with the run registers the same release.
/// </summary>
internal sealed class StationPredictor(StationBook book, IBlobStore blobs, TrainingChild child, RegistryClient registry, IOptions<TrainerOptions> options, ILogger<StationPredictor> logger)
{
    private const string PlanFile = "plan.json";
    private const string ResultFile = "predicted.json";
    private const string NoLines = "{}";

    /// <summary>By station, what the candidate will say; null where nothing is known of any.</summary>
    /// <param name="bundle">Folder of the candidate.</param>
    /// <param name="folder">The prediction's.</param>
    /// <param name="said">Told each line of the child's progress.</param>
    /// <param name="stop">Asks the child to stop in order.</param>
    /// <param name="kill">Ends it at once.</param>
    public async Task<JsonElement?> PredictAsync(string bundle, string folder, Action<string> said, CancellationToken stop, CancellationToken kill)
    {
        if (!options.Value.Predict.Enabled)
        {
            return null;
        }

        var result = Path.Combine(folder, ResultFile);
        if (!File.Exists(result))
        {
            var plan = await PlanAsync(folder, stop);
            var partial = result + ".part";
            await File.WriteAllTextAsync(partial, plan is null ? NoLines : await AskAsync(bundle, plan, said, stop, kill), stop);
            File.Move(partial, result);
            foreach (var picture in Directory.EnumerateFiles(folder).Where(file => Path.GetExtension(file).Length == 0).ToList())
            {
                File.Delete(picture);
            }
        }

        var lines = ImddJson.Deserialize<Dictionary<string, LinePrediction>>(await File.ReadAllBytesAsync(result, stop));
        return lines.Count > 0 ? JsonSerializer.SerializeToElement(new SortedDictionary<string, LinePrediction>(lines, StringComparer.Ordinal), ImddJson.Options) : null;
    }

    /// <summary>What the child says of the lines, as JSON; of none where it fails: a challenger that has met its gates is not lost for that.</summary>
    private async Task<string> AskAsync(string bundle, string plan, Action<string> said, CancellationToken stop, CancellationToken kill)
    {
        try
        {
            var answer = await child.RunAsync(
                ["train", "predict", "--bundle", bundle, "--plan", plan, "--threads", FormattableString.Invariant($"{options.Value.Training.Threads}")], said, stop, kill);
            var lines = answer.ValueKind == JsonValueKind.Object && answer.TryGetProperty("lines", out var told) ? told.GetRawText() : NoLines;
            _ = ImddJson.Deserialize<Dictionary<string, LinePrediction>>(System.Text.Encoding.UTF8.GetBytes(lines));
            return lines;
        }
        catch (Exception e) when (e is RunFailedException or JsonException)
        {
            Log.NotPredicted(logger, e.Message);
            return NoLines;
        }
    }

    private async Task<string?> PlanAsync(string folder, CancellationToken stop)
    {
        Directory.CreateDirectory(folder);
        List<ReplayLine> lines = [];
        foreach (var station in book.Stations())
        {
            Recipe? recipe = null;
            if (station.Recipe is { } digest && (recipe = await RecipeAsync(digest, stop)) is null)
            {
                Log.RecipeUnknown(logger, station.Station, digest);
                continue;
            }

            // Frames that are undecided now are neither kept nor counted: of a station that leaves some so, nothing can be said.
            if (recipe is { UndecidedMargin: > 0 })
            {
                continue;
            }

            List<ReplayFrame> frames = [];
            foreach (var failed in (bool[])[true, false])
            {
                foreach (var picture in book.Frames(station.Station, failed, station.Since))
                {
                    if (await FetchAsync(picture, folder, stop) is { } file)
                    {
                        frames.Add(new ReplayFrame(file, failed));
                    }
                }
            }

            if (frames.Count > 0)
            {
                lines.Add(new ReplayLine(station.Station, station.FailedLow, station.FailedHigh, frames, recipe));
            }
        }

        if (lines.Count == 0)
        {
            Log.NothingToPredict(logger);
            return null;
        }

        var plan = Path.Combine(folder, PlanFile);
        await File.WriteAllBytesAsync(plan, ImddJson.Serialize(new ReplayPlan(lines)), stop);
        return plan;
    }

    /// <summary>The recipe of a digest; null where the registry does not have it, or is away: a prediction waits for nothing.</summary>
    private async Task<Recipe?> RecipeAsync(string digest, CancellationToken stop)
    {
        try
        {
            return await registry.RecipeAsync(digest, stop);
        }
        catch (RunFailedException)
        {
            return null;
        }
    }

    /// <summary>Stores a picture beside the plan; null where it is not there, or storage is away: a prediction waits for nothing.</summary>
    private async Task<string?> FetchAsync(string digest, string folder, CancellationToken stop)
    {
        var name = digest[ContentDigest.Prefix.Length..];
        var path = Path.Combine(folder, name);
        try
        {
            if (!File.Exists(path))
            {
                if (await blobs.GetAsync(digest, options.Value.MaxPictureBytes, stop) is not { } bytes)
                {
                    return null;
                }

                await File.WriteAllBytesAsync(path, bytes, stop);
            }

            return name;
        }
        catch (BlobStoreException)
        {
            return null;
        }
    }
}
