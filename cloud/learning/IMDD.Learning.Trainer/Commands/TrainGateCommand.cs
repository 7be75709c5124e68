using System.CommandLine;
using IMDD.Imaging;
using IMDD.Inference;
using IMDD.Inference.Bundles;
using IMDD.Learning.Datasets;
using IMDD.Learning.Datasets.Readers;
using IMDD.Learning.Datasets.Samples;
using IMDD.Learning.Datasets.Splits;
using IMDD.Learning.Datasets.Words;
using IMDD.Learning.Evaluation.Gates;
using IMDD.Learning.Evaluation.Models;

namespace IMDD.Learning.Trainer.Commands;

/// <summary><c>imdd train gate</c>: a challenger against the champion on the same pictures, both as agents run them.</summary>
internal static class TrainGateCommand
{
    private static readonly string[] Sides = ["train", "val", "test", "all"];

    public static Command Create()
    {
        Option<DirectoryInfo> champion = new("--champion") { Description = "Bundle of the model before.", Required = true };
        Option<DirectoryInfo> challenger = new("--challenger") { Description = "Bundle of the model after.", Required = true };
        Option<string[]> data = new("--data") { Description = "KEY:PATH of data sets, of which one side of the split is looked at.", AllowMultipleArgumentsPerToken = true };
        Option<string[]> whole = new("--whole") { Description = "KEY:PATH of data sets of which every picture is looked at.", AllowMultipleArgumentsPerToken = true };
        Option<string> side = new("--split") { Description = "train, val, test or all.", DefaultValueFactory = _ => "test" };
        side.AcceptOnlyFromAmong(Sides);
        Option<string> limits = new("--limits") { Description = "aupro=0.02,recall=0.02,false-alarms=0.02,class=0.1,new-class=0,strict=false.", DefaultValueFactory = _ => "" };
        Option<double?> threshold = new("--threshold") { Description = "The station's pixel threshold, 0 to 1; each model's own by default." };
        Option<int> resamples = new("--resamples") { Description = "Resamples of the paired bootstrap.", DefaultValueFactory = _ => new GateOptions().Resamples };
        Option<int> seed = new("--seed") { Description = "Seed of the bootstrap.", DefaultValueFactory = _ => 1 };
        Option<int> threads = new("--threads") { Description = "Threads of ONNX Runtime.", DefaultValueFactory = _ => 1 };
        Option<bool> stopWithInput = new("--stop-with-input") { Description = "Stop when standard input ends." };
        var json = JsonLine.CreateOption();
        Command command = new("gate", "Judges a challenger against the champion.")
        {
            champion, challenger, data, whole, side, limits, threshold, resamples, seed, threads, stopWithInput, json,
        };
        command.SetAction((parsed, cancellation) =>
        {
            using var stop = parsed.GetValue(stopWithInput) ? InputEnd.Watch(cancellation) : null;
            GateOptions options = new()
            {
                Limits = GateLimits.Parse(parsed.GetRequiredValue(limits)),
                PixelThreshold = parsed.GetValue(threshold) is null or (>= 0 and <= 1)
                    ? parsed.GetValue(threshold)
                    : throw new ArgumentException($"--threshold is {parsed.GetValue(threshold)}: expected 0 to 1."),
                Resamples = parsed.GetValue(resamples) is >= 100 and <= 100_000 and var many
                    ? many
                    : throw new ArgumentException($"--resamples is {parsed.GetValue(resamples)}: expected 100 to 100000."),
                Seed = parsed.GetValue(seed),
            };
            var report = Run(
                parsed,
                (parsed.GetRequiredValue(champion).FullName, parsed.GetRequiredValue(challenger).FullName),
                Sets(parsed.GetValue(data) ?? [], parsed.GetValue(whole) ?? [], parsed.GetRequiredValue(side)),
                parsed.GetValue(threads),
                options,
                stop?.Token ?? cancellation);
            Write(parsed, report, options, parsed.GetValue(json));
            return Task.FromResult(0);
        });
        return command;
    }

    private static List<(string Name, IReadOnlyList<DatasetSample> Samples)> Sets(string[] names, string[] whole, string side)
    {
        if (names.Length + whole.Length == 0)
        {
            throw new ArgumentException("There is no picture to look at: give --data or --whole.");
        }

        List<(string Name, IReadOnlyList<DatasetSample> Samples)> sets = [];
        DatasetDivider divider = new(new OpenCvImageDecoder());
        foreach (var (dataset, split) in divider.Read(names, DivisionRule.Default))
        {
            sets.Add((dataset.Key, side == "all" ? dataset.Samples : split.Take(dataset.Samples, Enum.Parse<SplitName>(side, ignoreCase: true))));
        }

        sets.AddRange(whole.Select(name => DatasetReaders.Read(name)).Select(dataset => (dataset.Key, dataset.Samples)));

        // The key says most; where two share it, they are numbered.
        return [.. sets.Select((set, i) => (sets.FindIndex(s => s.Name == set.Name) is var first && first < i ? $"{set.Name}-{i + 1}" : set.Name, set.Samples))];
    }

    private static GateReport Run(
        ParseResult parsed,
        (string Champion, string Challenger) folders,
        List<(string Name, IReadOnlyList<DatasetSample> Samples)> sets,
        int threads,
        GateOptions options,
        CancellationToken cancellation)
    {
        using var champion = Open(folders.Champion, threads);
        using var challenger = Open(folders.Challenger, threads);
        ChallengerGate gate = new(champion, challenger, new OpenCvImageDecoder(), Vocabulary.English, options);
        var progress = parsed.InvocationConfiguration.Error;
        return gate.Run(
            sets,
            (done, total) =>
            {
                if (done % 50 == 0 || done == total)
                {
                    progress.WriteLine($"picture {done} of {total}");
                }
            },
            cancellation);
    }

    private static BundleModel Open(string folder, int threads)
    {
        try
        {
            return new BundleModel(SegmenterFactory.Create(ModelBundle.Open(folder), new SegmenterOptions { Threads = threads, MaxBatch = 1 }));
        }
        catch (ModelBundleException e)
        {
            throw new DatasetException($"{folder} is not a bundle: {e.Message}", e);
        }
    }

    private static void Write(ParseResult parsed, GateReport report, GateOptions options, bool json)
    {
        foreach (var problem in report.Problems)
        {
            parsed.InvocationConfiguration.Error.WriteLine($"not measured: {problem.File}: {problem.Reason}");
        }

        var output = parsed.InvocationConfiguration.Output;
        if (json)
        {
            JsonLine.Write(output, new { report.Passed, report.Pictures, report.Gates, report.NewClasses, options.Seed, options.Resamples, FilesNotUsed = report.Problems.Count });
            return;
        }

        foreach (var gate in report.Gates)
        {
            output.WriteLine($"{(gate.Passed ? "met    " : "not met")}  {gate.Name}: {gate.Detail}");
        }

        foreach (var fresh in report.NewClasses)
        {
            output.WriteLine($"new      {fresh.Class}: {fresh.Before:0.000} before, {fresh.After:0.000} after, of {fresh.Pictures} pictures");
        }
    }
}
