using System.Text.Json;
using IMDD.Cloud.Trainer.Children;
using IMDD.Contracts.Events;
using IMDD.Contracts.Identity;
using IMDD.Contracts.Models;
using IMDD.Contracts.Training;
using IMDD.Storage;
using Microsoft.Extensions.Options;

namespace IMDD.Cloud.Trainer.Replay;

/// <summary>
/// Shows a candidate the newest frames of each line, and says how often it will fail there. What came out is kept in the run's folder: whoever goes on
/// with the run registers the same release.
/// </summary>
internal sealed class LinePredictor(LineBook book, IBlobStore blobs, TrainingChild child, IOptions<TrainerOptions> options, ILogger<LinePredictor> logger)
{
    private const string PlanFile = "plan.json";
    private const string ResultFile = "predicted.json";

    /// <summary>By line, what the candidate will say; null where nothing is known of any line.</summary>
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
            if (await PlanAsync(folder, stop) is not { } plan)
            {
                return null;
            }

            var answer = await child.RunAsync(
                ["train", "predict", "--bundle", bundle, "--plan", plan, "--threads", FormattableString.Invariant($"{options.Value.Training.Threads}")], said, stop, kill);
            var partial = result + ".part";
            await File.WriteAllTextAsync(partial, answer.GetProperty("lines").GetRawText(), stop);
            File.Move(partial, result);
        }

        var lines = ImddJson.Deserialize<Dictionary<string, LinePrediction>>(await File.ReadAllBytesAsync(result, stop));
        return lines.Count > 0 ? JsonSerializer.SerializeToElement(new SortedDictionary<string, LinePrediction>(lines, StringComparer.Ordinal), ImddJson.Options) : null;
    }

    private async Task<string?> PlanAsync(string folder, CancellationToken stop)
    {
        Directory.CreateDirectory(folder);
        List<ReplayLine> lines = [];
        foreach (var (line, low, high) in book.Lines())
        {
            List<ReplayFrame> frames = [];
            foreach (var failed in (bool[])[true, false])
            {
                foreach (var digest in book.Frames(line, failed))
                {
                    if (await FetchAsync(digest, folder, stop) is { } file)
                    {
                        frames.Add(new ReplayFrame(file, failed));
                    }
                }
            }

            if (frames.Count > 0)
            {
                lines.Add(new ReplayLine(line, low, high, frames));
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
