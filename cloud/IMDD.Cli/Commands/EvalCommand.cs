using System.CommandLine;
using IMDD.Cli.Evaluation;
using IMDD.Cli.Output;
using IMDD.Hosting;
using IMDD.Imaging;
using IMDD.Inference;
using IMDD.Inference.Bundles;
using IMDD.Inference.Tiling;
using IMDD.Learning.Datasets;
using IMDD.Learning.Datasets.Readers;
using IMDD.Learning.Datasets.Splits;
using IMDD.Learning.Datasets.Words;
using IMDD.Learning.Evaluation.Models;
using IMDD.Learning.Evaluation.Outside;
using IMDD.Learning.Evaluation.Reports;

namespace IMDD.Cli.Commands;

/// <summary><c>imdd eval</c>: measures a bundle, or another tool's ONNX export, on any data set.</summary>
internal static class EvalCommand
{
    private const int DefaultOverlap = 64;

    private static readonly string[] Sides = ["train", "val", "test", "all"];

    private static readonly Dictionary<string, OutsideFormat> Formats = new(StringComparer.Ordinal)
    {
        ["auto"] = OutsideFormat.Auto,
        ["yolov8-det"] = OutsideFormat.YoloDetection,
        ["yolov8-seg"] = OutsideFormat.YoloSegmentation,
        ["patchcore"] = OutsideFormat.PatchCore,
        ["efficientad"] = OutsideFormat.EfficientAd,
        ["padim"] = OutsideFormat.Padim,
    };

    public static Command Create()
    {
        Option<DirectoryInfo?> bundle = new("--bundle") { Description = "The bundle's folder." };
        Option<FileInfo?> model = new("--model") { Description = "Instead of a bundle: another tool's ONNX export." };
        Option<string> format = new("--format") { Description = "What --model is; auto goes by the graph's outputs.", DefaultValueFactory = _ => "auto" };
        format.AcceptOnlyFromAmong([.. Formats.Keys]);
        Option<string> data = new("--data") { Description = $"KEY:PATH, or a path whose layout is detected. Keys: {string.Join(", ", DatasetReaders.All.Select(r => r.Key))}." };
        Option<string> side = new("--split") { Description = "train, val, test (30 %, by group) or all.", DefaultValueFactory = _ => "test" };
        side.AcceptOnlyFromAmong(Sides);
        Option<double?> threshold = new("--threshold") { Description = "Pixel threshold (of a detection's confidence for YOLO); the model's own by default." };
        Option<string?> splitId = new("--split-id") { Description = "Refuse the data unless its split has this id." };
        Option<string[]> splitWith = new("--split-with")
        {
            Description = "KEY:PATH of data sets that are divided as one with this one, as in training; they are not measured.",
            AllowMultipleArgumentsPerToken = true,
        };
        Option<string[]> testGroup = new("--test-group")
        {
            Description = "Keys of the groups that are the test side, as in training: leaving one out.",
            AllowMultipleArgumentsPerToken = true,
        };
        Option<bool> otherSplit = new("--allow-other-split") { Description = "Measure although the bundle was trained by another split than the data's, or on all of the data." };
        Option<bool> noValidation = new("--no-validation") { Description = "Choose no thresholds on the validation side; saves reading it." };
        Option<FileInfo?> html = new("--html") { Description = "Write a report with the worst pictures drawn." };
        Option<string?> tile = new("--tile") { Description = "WIDTHxHEIGHT: cut the pictures into tiles of this size, as an agent's Edge:Agent:TileSize does." };
        Option<int> overlap = new("--tile-overlap") { Description = "Pixels that neighbouring tiles share.", DefaultValueFactory = _ => DefaultOverlap };
        Option<int> threads = new("--threads") { Description = "Threads of the model; 0: one per core." };
        Option<int> seed = new("--seed") { Description = "Seed of the bootstrap; never changes the split.", DefaultValueFactory = _ => 1 };
        Option<bool> strict = new("--strict") { Description = "Stop at the first file that cannot be used." };
        var json = JsonOutput.CreateOption();
        Command command = new("eval", "Measures a bundle, or another tool's ONNX export, on a data set.")
        {
            bundle, model, format, data, side, threshold, splitId, splitWith, testGroup, otherSplit, noValidation, html, tile, overlap, threads, seed, strict, json,
        };
        command.Add(EvalFeaturesCommand.Create());
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(bundle) is null == parsed.GetValue(model) is null || parsed.GetValue(data) is null)
            {
                throw new CommandFailedException("imdd eval needs --data KEY:PATH and one of --bundle DIR and --model FILE.", ExitCodes.ConfigurationInvalid);
            }

            var tiles = Tiles(parsed.GetValue(tile), parsed.GetValue(overlap), parsed.GetValue(bundle) is not null);
            return Run(
                parsed,
                () => Open(parsed.GetValue(bundle), parsed.GetValue(model), Formats[parsed.GetRequiredValue(format)], tiles, parsed.GetValue(threads)),
                new EvalRequest(
                    parsed.GetRequiredValue(data),
                    parsed.GetRequiredValue(side),
                    parsed.GetValue(splitId),
                    parsed.GetValue(otherSplit),
                    parsed.GetValue(html),
                    new DivisionRule { With = parsed.GetValue(splitWith) ?? [], TestGroups = parsed.GetValue(testGroup) ?? [] },
                    parsed.GetValue(strict)),
                new EvaluationOptions
                {
                    PixelThreshold = parsed.GetValue(threshold),
                    Seed = parsed.GetValue(seed),
                    ChooseThresholds = !parsed.GetValue(noValidation),
                },
                parsed.GetValue(json));
        });
        return command;
    }

    private static int Run(ParseResult parsed, Func<IMeasuredModel> open, EvalRequest request, EvaluationOptions options, bool json)
    {
        try
        {
            var progress = parsed.InvocationConfiguration.Error;
            using var model = open();
            OpenCvImageDecoder decoder = new();
            var (dataset, split) = Read(request, decoder, progress);
            CheckSplit(request, split, model, progress);
            ModelEvaluator evaluator = new(model, decoder, Vocabulary.English, options);
            var report = evaluator.Run(dataset, split, request.Side == "all" ? null : Enum.Parse<SplitName>(request.Side, ignoreCase: true), (done, of) =>
            {
                if (done == of || done % 100 == 0)
                {
                    progress.WriteLine($"{done} of {of} pictures");
                }
            });
            foreach (var problem in report.Problems)
            {
                progress.WriteLine($"not measured: {problem.File}: {problem.Reason}");
            }

            if (request.Html is { } html)
            {
                File.WriteAllText(html.FullName, new HtmlReport(model, decoder).Render(report));
            }

            EvalOutput.Write(parsed.InvocationConfiguration.Output, report, dataset.Problems.Count, json);
            return report.Images > 0 ? ExitCodes.Stopped : ExitCodes.Failed;
        }
        catch (Exception e) when (e is DatasetException or ModelBundleException or SegmenterException or OutsideModelException)
        {
            throw new CommandFailedException(e.Message, ExitCodes.Failed, e);
        }
    }

    private static IMeasuredModel Open(DirectoryInfo? bundle, FileInfo? model, OutsideFormat format, TilePlan? tiles, int threads)
        => bundle is not null
            ? new BundleModel(SegmenterFactory.Create(ModelBundle.Open(bundle.FullName), new SegmenterOptions { Threads = threads, MaxBatch = 1 }), tiles: tiles)
            : OutsideModel.Open(model!.FullName, format, threads: threads);

    private static TilePlan? Tiles(string? size, int overlap, bool isBundle)
    {
        if (size is null)
        {
            return null;
        }

        if (!isBundle || !FrameSize.TryParse(size, out var parsed))
        {
            throw new CommandFailedException($"--tile is '{size}': expected WIDTHxHEIGHT in pixels, with a --bundle.", ExitCodes.ConfigurationInvalid);
        }

        var most = TilePlan.LargestOverlap(parsed.Width, parsed.Height);
        return overlap >= 0 && overlap <= most
            ? new TilePlan(parsed.Width, parsed.Height, overlap)
            : throw new CommandFailedException($"--tile-overlap is {overlap}: expected 0 to {most}, half of the shorter side of {size}.", ExitCodes.ConfigurationInvalid);
    }

    private static DividedDataset Read(EvalRequest request, OpenCvImageDecoder decoder, TextWriter progress)
    {
        var divided = new DatasetDivider(decoder).Read([request.Data], request.Rule, request.Strict)[0];
        foreach (var problem in divided.Dataset.Problems)
        {
            progress.WriteLine($"not used: {problem.File}: {problem.Reason}");
        }

        return divided;
    }

    private static void CheckSplit(EvalRequest request, DatasetSplit split, IMeasuredModel model, TextWriter progress)
    {
        if (request.SplitId is { } wanted && wanted != split.Id)
        {
            throw new CommandFailedException($"The data is split as {split.Id}, not as {wanted}: the figures would not compare. Leave --split-id out to measure all the same.");
        }

        if (model.SplitId is not { } trained)
        {
            return;
        }

        var learned = LearnedSplits.Parse(trained);
        if (LearnedSplits.IsWhole(learned, split.Id))
        {
            if (!request.AllowOtherSplit)
            {
                throw new CommandFailedException(
                    "The bundle was trained on this data set as a whole (--whole or --describe): no side of it was held out to be measured on. --allow-other-split "
                    + "measures all the same, and tells how well it remembers.");
            }

            progress.WriteLine("note: the model was trained on all of this data set: the figures tell how well it remembers");
            return;
        }

        var isTrained = learned.Contains(split.Id, StringComparer.Ordinal);
        if (isTrained && request.Side is "train" or "all")
        {
            progress.WriteLine($"note: the model was trained on pictures of the '{request.Side}' side");
        }

        if (!isTrained && !request.AllowOtherSplit)
        {
            throw new CommandFailedException(
                $"The bundle was trained by split {trained}; this data is split as {split.Id}. If it holds pictures of the training data, they may have been "
                + "trained on, whichever side is measured. --allow-other-split measures all the same, as is right for data of another origin.");
        }
    }
}
