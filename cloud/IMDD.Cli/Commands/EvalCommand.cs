using System.CommandLine;
using IMDD.Cli.Output;
using IMDD.Hosting;
using IMDD.Imaging;
using IMDD.Inference;
using IMDD.Inference.Bundles;
using IMDD.Learning.Datasets;
using IMDD.Learning.Datasets.Readers;
using IMDD.Learning.Datasets.Splits;
using IMDD.Learning.Datasets.Words;
using IMDD.Learning.Evaluation.Bundles;

namespace IMDD.Cli.Commands;

/// <summary><c>imdd eval</c>: measures any bundle that meets the segmenter contract on any data set.</summary>
internal static class EvalCommand
{
    private static readonly string[] Sides = ["train", "val", "test", "all"];

    public static Command Create()
    {
        Option<DirectoryInfo> bundle = new("--bundle") { Description = "The bundle's folder.", Required = true };
        Option<string> data = new("--data") { Description = $"KEY:PATH, or a path whose layout is detected. Keys: {string.Join(", ", DatasetReaders.All.Select(r => r.Key))}.", Required = true };
        Option<string> side = new("--split") { Description = "train, val, test (30 %, by group) or all.", DefaultValueFactory = _ => "test" };
        side.AcceptOnlyFromAmong(Sides);
        Option<double?> threshold = new("--threshold") { Description = "Pixel threshold, 0 to 1; the bundle's own by default." };
        Option<string?> splitId = new("--split-id") { Description = "Refuse the data unless its split has this id (as trained by)." };
        Option<FileInfo?> html = new("--html") { Description = "Write a report with the worst pictures drawn." };
        Option<int> threads = new("--threads") { Description = "Threads of the model; 0: one per core." };
        Option<int> seed = new("--seed") { Description = "Seed of the bootstrap; never changes the split.", DefaultValueFactory = _ => 1 };
        Option<bool> strict = new("--strict") { Description = "Stop at the first file that cannot be used." };
        var json = JsonOutput.CreateOption();
        Command command = new("eval", "Measures a bundle on a data set.") { bundle, data, side, threshold, splitId, html, threads, seed, strict, json };
        command.SetAction(parsed => Run(
            parsed,
            parsed.GetRequiredValue(bundle).FullName,
            parsed.GetRequiredValue(data),
            parsed.GetRequiredValue(side),
            new EvaluationOptions { PixelThreshold = parsed.GetValue(threshold), Seed = parsed.GetValue(seed) },
            parsed.GetValue(splitId),
            parsed.GetValue(html),
            parsed.GetValue(threads),
            parsed.GetValue(strict),
            parsed.GetValue(json)));
        return command;
    }

    private static int Run(
        ParseResult parsed, string bundleFolder, string data, string side, EvaluationOptions options, string? splitId, FileInfo? html, int threads, bool strict, bool json)
    {
        try
        {
            var progress = parsed.InvocationConfiguration.Error;
            OpenCvImageDecoder decoder = new();
            var read = DatasetReaders.Read(data, strict);
            var (joined, uncompared) = new DuplicateGroups(decoder).Join(read.Samples);
            var dataset = read with { Samples = joined, Problems = [.. read.Problems, .. uncompared] };
            foreach (var problem in dataset.Problems)
            {
                progress.WriteLine($"not used: {problem.File}: {problem.Reason}");
            }

            var split = DatasetSplit.Of(dataset.Samples);
            if (splitId is not null && splitId != split.Id)
            {
                throw new CommandFailedException($"The data is split as {split.Id}, not as {splitId}: the figures would not compare. Leave --split-id out to measure all the same.");
            }

            using var segmenter = SegmenterFactory.Create(ModelBundle.Open(bundleFolder), new SegmenterOptions { Threads = threads, MaxBatch = 1 });
            BundleEvaluator evaluator = new(segmenter, decoder, Vocabulary.English, options);
            var report = evaluator.Run(dataset, split, side == "all" ? null : Enum.Parse<SplitName>(side, ignoreCase: true), (done, of) =>
            {
                if (done == of || done % 100 == 0)
                {
                    progress.WriteLine($"{done} of {of} pictures");
                }
            });
            if (html is not null)
            {
                File.WriteAllText(html.FullName, new HtmlReport(segmenter, decoder).Render(report));
            }

            Write(parsed.InvocationConfiguration.Output, report, dataset.Problems.Count, json);
            return report.Images > 0 ? ExitCodes.Stopped : ExitCodes.Failed;
        }
        catch (Exception e) when (e is DatasetException or ModelBundleException or SegmenterException)
        {
            throw new CommandFailedException(e.Message, ExitCodes.Failed, e);
        }
    }

    private static void Write(TextWriter output, EvaluationReport report, int unused, bool json)
    {
        if (!json)
        {
            output.WriteLine($"{report.ModelName} on {report.Dataset}, {report.Side}: {report.Images} pictures, {report.Anomalous} with defects");
            foreach (var (key, value) in report.Metrics)
            {
                var interval = report.Intervals.TryGetValue(key, out var i) ? $"   [{i.Low:0.000}, {i.High:0.000}]" : "";
                output.WriteLine($"  {key,-34} {value}{interval}");
            }

            return;
        }

        Dictionary<string, object?> result = new(StringComparer.Ordinal)
        {
            ["model"] = report.ModelName,
            ["model_digest"] = report.ModelDigest,
            ["dataset"] = report.Dataset,
            ["split"] = report.Side,
            ["split_id"] = report.SplitId,
            ["images"] = report.Images,
            ["anomalous"] = report.Anomalous,
            ["pixel_threshold"] = report.PixelThreshold,
            ["seed"] = report.Seed,
        };
        foreach (var (key, value) in report.Metrics)
        {
            result[key] = value.IsDefined ? value.Value : null;
        }

        // JSON has no NaN: an undefined metric is null, with its reason here.
        result["undefined"] = report.Metrics.Where(m => !m.Value.IsDefined).ToDictionary(m => m.Key, m => m.Value.Undefined, StringComparer.Ordinal);
        result["intervals_95"] = report.Intervals.ToDictionary(i => i.Key, i => new[] { i.Value.Low, i.Value.High }, StringComparer.Ordinal);
        result["files_not_used"] = unused;
        result["files_not_measured"] = report.Problems.Count;
        result["unknown_labels"] = report.UnknownLabels;
        JsonOutput.Write(output, result);
    }
}
