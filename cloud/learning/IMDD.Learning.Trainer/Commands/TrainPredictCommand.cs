using System.CommandLine;
using System.Text.Json;
using IMDD.Contracts.Events;
using IMDD.Contracts.Models;
using IMDD.Contracts.Training;
using IMDD.Imaging;
using IMDD.Inference;
using IMDD.Inference.Bundles;
using IMDD.Inference.Recipes;
using IMDD.Learning.Datasets;
using IMDD.Learning.Evaluation.Replay;

namespace IMDD.Learning.Trainer.Commands;

/// <summary><c>imdd train predict</c>: what a bundle will say on lines, from frames that they have decided.</summary>
internal static class TrainPredictCommand
{
    private const long MaxFrameBytes = 64L << 20;
    private const long MaxPixels = 64L << 20;
    private const int ReportEvery = 50;

    public static Command Create()
    {
        Option<DirectoryInfo> bundle = new("--bundle") { Description = "Bundle that is to decide.", Required = true };
        Option<FileInfo> plan = new("--plan") { Description = "JSON of the lines, their counts and frames; the pictures lie beside it.", Required = true };
        Option<int> threads = new("--threads") { Description = "Threads of ONNX Runtime.", DefaultValueFactory = _ => 1 };
        Option<bool> stopWithInput = new("--stop-with-input") { Description = "Stop when standard input ends." };
        var json = JsonLine.CreateOption();
        Command command = new("predict", "Predicts how often a bundle will fail the frames of lines.") { bundle, plan, threads, stopWithInput, json };
        command.SetAction((parsed, cancellation) =>
        {
            using var stop = parsed.GetValue(stopWithInput) ? InputEnd.Watch(cancellation) : null;
            var file = parsed.GetRequiredValue(plan);
            using var segmenter = Open(parsed.GetRequiredValue(bundle).FullName, parsed.GetValue(threads));
            var lines = Predict(Read(file), file.DirectoryName!, segmenter, parsed.InvocationConfiguration.Error, stop?.Token ?? cancellation);
            var output = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(json))
            {
                // Keys are lines, which the convention for keys must not touch.
                output.WriteLine(JsonSerializer.Serialize(new { lines }, ImddJson.Options));
            }
            else
            {
                foreach (var (line, said) in lines)
                {
                    output.WriteLine(FormattableString.Invariant($"{line}: {said.AnyFailRate![0]:P1} to {said.AnyFailRate[1]:P1} fail, by {said.Frames} frames"));
                }
            }

            return Task.FromResult(0);
        });
        return command;
    }

    private static ReplayPlan Read(FileInfo file)
    {
        try
        {
            var plan = ImddJson.Deserialize<ReplayPlan>(File.ReadAllBytes(file.FullName));
            foreach (var line in plan.Lines)
            {
                if (line.Recipe is { } recipe && RecipeRules.Faults(recipe) is { Count: > 0 } faults)
                {
                    throw new ArgumentException($"{file.FullName} has a recipe of {line.Line} that breaks its rules: {string.Join("; ", faults)}.");
                }
            }

            return plan;
        }
        catch (JsonException e)
        {
            throw new ArgumentException($"{file.FullName} is no plan: {e.Message}", e);
        }
    }

    private static SortedDictionary<string, LinePrediction> Predict(ReplayPlan plan, string folder, ISegmenter segmenter, TextWriter progress, CancellationToken cancellation)
    {
        if (segmenter.Manifest.TakesReference())
        {
            progress.WriteLine("nothing is predicted: the model compares with a known-good picture, and frames alone are at hand");
            return [];
        }

        OpenCvImageDecoder decoder = new();
        SortedDictionary<string, LinePrediction> lines = new(StringComparer.Ordinal);
        IReadOnlyList<string> classes = [.. segmenter.Manifest.Classes.Select(c => c.Id)];
        var (done, total) = (0, plan.Lines.Sum(line => line.Frames.Count));
        foreach (var line in plan.Lines)
        {
            List<ReplayVerdict> verdicts = [];
            ResolvedRecipe recipe = new(line.Recipe, segmenter.Manifest);
            (int, int)? window = line.Recipe?.Window is [var low, var high] ? (low, high) : null;
            foreach (var frame in line.Frames)
            {
                cancellation.ThrowIfCancellationRequested();
                if (Judge(segmenter, decoder, Path.Combine(folder, frame.File), recipe, window, frame.Failed) is { } verdict)
                {
                    verdicts.Add(verdict);
                }

                if (++done % ReportEvery == 0 || done == total)
                {
                    progress.WriteLine($"frame {done} of {total}");
                }
            }

            if (verdicts.Count > 0)
            {
                lines[line.Line] = LineReplay.Predict(line, verdicts, classes);
            }
        }

        return lines;
    }

    /// <summary>What is said of a frame; null where it is no picture.</summary>
    private static ReplayVerdict? Judge(ISegmenter segmenter, OpenCvImageDecoder decoder, string file, ResolvedRecipe recipe, (int Low, int High)? window, bool wasFailed)
    {
        try
        {
            using var image = decoder.Decode(File.ReadAllBytes(file), new DecodeLimits(MaxFrameBytes, MaxPixels), window);
            return LineReplay.Judge(segmenter.Run([image]).Images[0], recipe, image.Width, image.Height, wasFailed);
        }
        catch (SegmenterException)
        {
            return new ReplayVerdict(wasFailed, null, []);
        }
        catch (ImageRejectedException)
        {
            return null;
        }
    }

    private static ISegmenter Open(string folder, int threads)
    {
        try
        {
            return SegmenterFactory.Create(ModelBundle.Open(folder), new SegmenterOptions { Threads = threads, MaxBatch = 1 });
        }
        catch (ModelBundleException e)
        {
            throw new DatasetException($"{folder} is not a bundle: {e.Message}", e);
        }
    }
}
