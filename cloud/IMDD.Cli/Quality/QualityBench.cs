using System.Globalization;
using System.Text.Json;
using IMDD.Inference;
using IMDD.Inference.Bundles;

namespace IMDD.Cli.Quality;

/// <summary>
/// Makes results that are missing, one row and seed after the other: trains, measures, keeps. A row that cannot be made is told, and the next one is
/// made. What was interrupted goes on from the trainer's checkpoint.
/// </summary>
internal sealed class QualityBench(QualityRequest request, QualityResults results, DataRoot data, TrainerProcess trainer, string commit, TextWriter progress)
{
    private static readonly JsonSerializerOptions TrainerJson = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        RespectNullableAnnotations = true,
    };

    /// <summary>Makes what is missing.</summary>
    /// <exception cref="CommandFailedException">A result cannot be kept: none that follows could be.</exception>
    public async Task<QualityOutcome> RunAsync(CancellationToken cancellation)
    {
        List<string> made = [], kept = [];
        Dictionary<string, string> failed = new(StringComparer.Ordinal);
        foreach (var seed in request.Seeds)
        {
            foreach (var row in request.Rows)
            {
                var name = string.Create(CultureInfo.InvariantCulture, $"{row.Id}.seed{seed}");
                if (results.Read(row.Id, seed) is not null)
                {
                    kept.Add(name);
                    continue;
                }

                try
                {
                    results.Write(await MakeAsync(row, seed, name, cancellation).ConfigureAwait(false));
                    made.Add(name);
                    await progress.WriteLineAsync($"{name}: done").ConfigureAwait(false);
                }
                catch (Exception e) when (e is QualityException or ModelBundleException or SegmenterException)
                {
                    failed[name] = e.Message;
                    await progress.WriteLineAsync($"{name}: {e.Message}").ConfigureAwait(false);
                }
            }
        }

        return new QualityOutcome(made, kept, failed);
    }

    private async Task<QualityResult> MakeAsync(QualityRow row, int seed, string name, CancellationToken cancellation)
    {
        var folder = Path.Combine(request.WorkFolder, row.Id, string.Create(CultureInfo.InvariantCulture, $"seed{seed}"));

        // Before anything is trained: what is missing would only be told after hours.
        data.Resolve(row.Measurements.SelectMany(m => m.Parts).SelectMany(p => p.Data.Concat(p.SplitWith)));
        List<TrainedRun> runs = [];
        foreach (var training in row.Trainings)
        {
            runs.Add(await TrainAsync(training, runs, row, seed, folder, $"{name}/{training.Name}", cancellation).ConfigureAwait(false));
        }

        QualityMeasurer measurer = new(folder, data, trainer, progress);
        Dictionary<string, IReadOnlyDictionary<string, double>> metrics = new(StringComparer.Ordinal);
        Dictionary<string, IReadOnlyDictionary<string, string>> undefined = new(StringComparer.Ordinal);
        Dictionary<string, MeasuredPictures> pictures = new(StringComparer.Ordinal);
        foreach (var measurement in row.Measurements)
        {
            cancellation.ThrowIfCancellationRequested();
            var measured = await measurer.MeasureAsync(measurement, $"{name}/{measurement.Name}", cancellation).ConfigureAwait(false);
            metrics[measurement.Name] = measured.Values;
            if (measured.Pictures is { } seen)
            {
                pictures[measurement.Name] = seen;
            }

            var shown = row.Figures.Where(f => f.Measurement == measurement.Name || f.Minus == measurement.Name).Select(f => f.Metric).ToHashSet(StringComparer.Ordinal);
            undefined[measurement.Name] = shown.Where(m => !measured.Values.ContainsKey(m))
                .ToDictionary(m => m, m => measured.Undefined.GetValueOrDefault(m, "there is no such metric"), StringComparer.Ordinal);
        }

        return new QualityResult(row.Id, seed, commit, Math.Round(runs.Sum(r => r.CpuMinutes), 2), runs, metrics, undefined)
        {
            Conditions = request.ConditionsOf(row),
            Pictures = pictures,
        };
    }

    private async Task<TrainedRun> TrainAsync(
        QualityTraining training, List<TrainedRun> earlier, QualityRow row, int seed, string folder, string label, CancellationToken cancellation)
    {
        List<string> arguments =
        [
            "train", "edge", "--data", .. data.Resolve(training.Data), "--out", Path.Combine(folder, training.Name), "--size", request.Size,
            "--seed", seed.ToString(CultureInfo.InvariantCulture), "--stop-with-input",
        ];
        arguments.AddRange(
            training.EqualTo is { } other
                ? ["--steps", Steps(training, row.Trainings.First(t => t.Name == other), earlier.First(r => r.Name == other)).ToString(CultureInfo.InvariantCulture)]
                : ["--minutes", (request.Minutes * training.Share).ToString(CultureInfo.InvariantCulture)]);
        if (training.SplitTogether)
        {
            arguments.Add("--split-together");
        }

        AddList("--split-with", data.Resolve(training.SplitWith));
        AddList("--test-group", training.TestGroups);
        AddList("--from", training.Pretrained && request.From is { } from ? [from.Folder] : []);
        arguments.AddRange(training.Arguments);
        var run = TrainerProcess.Understood<TrainedRun>(await trainer.RunAsync(arguments, label, cancellation).ConfigureAwait(false), TrainerJson);

        // The name is not in the line, so that not all that is required of a run can be required of it.
        return run is { BundleDigest: not null, Digest: not null, Size: not null, SplitIds: not null, DrawShares: not null }
            ? run with { Name = training.Name }
            : throw new QualityException("The trainer's last line does not say what was trained.");

        void AddList(string option, IReadOnlyList<string> values)
        {
            if (values.Count > 0)
            {
                arguments.Add(option);
                arguments.AddRange(values);
            }
        }
    }

    /// <summary>As many as the other run spent on these data sets.</summary>
    private static long Steps(QualityTraining training, QualityTraining other, TrainedRun run)
    {
        var share = other.Data.Zip(run.DrawShares).Where(d => training.Data.Contains(d.First, StringComparer.Ordinal)).Sum(d => d.Second);
        return Math.Max(1, (long)Math.Round(share * run.Step));
    }
}
