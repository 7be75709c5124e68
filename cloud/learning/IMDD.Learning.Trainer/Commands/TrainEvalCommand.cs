using System.CommandLine;
using IMDD.Imaging;
using IMDD.Inference;
using IMDD.Learning.Datasets.Samples;
using IMDD.Learning.Datasets.Splits;
using IMDD.Learning.Datasets.Words;
using IMDD.Learning.Evaluation.Models;
using IMDD.Learning.Evaluation.Reports;
using IMDD.Learning.Networks.Clip;
using IMDD.Learning.Networks.Masks;
using IMDD.Learning.Training.Models;
using IMDD.Learning.Weights.Configurations;
using TorchSharp;

namespace IMDD.Learning.Trainer.Commands;

/// <summary><c>imdd train eval</c>: measures a trained model as <c>imdd eval</c> measures a bundle, in libtorch instead of ONNX Runtime.</summary>
internal static class TrainEvalCommand
{
    private static readonly string[] Sides = ["train", "val", "test", "all"];

    public static Command Create()
    {
        Option<string> model = new("--model") { Description = "The model's folder; or a foundation model's .safetensors file, with --config and --tokenizer.", Required = true };
        Option<string> data = new("--data") { Description = "KEY:PATH of a data set.", Required = true };
        Option<string> side = new("--split") { Description = "train, val, test or all.", DefaultValueFactory = _ => "test" };
        side.AcceptOnlyFromAmong(Sides);
        Option<double?> threshold = new("--threshold") { Description = "Pixel threshold, 0 to 1; the model's own by default." };
        Option<string[]> splitWith = new("--split-with") { Description = "KEY:PATH of data sets that are divided as one with this one.", AllowMultipleArgumentsPerToken = true };
        Option<string[]> testGroup = new("--test-group") { Description = "Keys of the groups that are the test side.", AllowMultipleArgumentsPerToken = true };
        var configuration = BenchFoundationCommand.ConfigurationOrFileOption("tiny");
        Option<DirectoryInfo?> tokenizer = new("--tokenizer") { Description = "Of a foundation model: folder with CLIP's vocab.json and merges.txt." };
        var clip = ClipNaming.CreateOptions();
        var device = TorchDevices.CreateOption();
        var json = JsonLine.CreateOption();
        Command command = new("eval", "Measures a trained model on a data set.")
        {
            model, data, side, threshold, splitWith, testGroup, configuration, tokenizer, clip.Ensemble, clip.Seen, clip.Novel, device, json,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(model) is { } path && File.Exists(path) && result.GetValue(tokenizer) is null)
            {
                result.AddError($"--tokenizer is missing: {path} is a file, which is a foundation model's.");
            }

            if (result.GetResult(device) is { Implicit: false } && result.GetValue(model) is { } folder && !File.Exists(folder))
            {
                result.AddError($"--device is for a foundation model's file: {folder} is none.");
            }
        });
        command.Validators.Add(clip.Check);
        command.SetAction(parsed =>
        {
            var place = TorchDevices.Open(parsed.GetRequiredValue(device));
            return Run(
                parsed,
                Path.GetFullPath(parsed.GetRequiredValue(model)),
                classes => Foundation(
                    Path.GetFullPath(parsed.GetRequiredValue(model)),
                    FoundationConfiguration.Open(parsed.GetRequiredValue(configuration)),
                    parsed.GetValue(tokenizer)!.FullName,
                    classes,
                    clip.Read(parsed),
                    place,
                    parsed.InvocationConfiguration.Error),
                parsed.GetRequiredValue(data),
                new DivisionRule { With = parsed.GetValue(splitWith) ?? [], TestGroups = parsed.GetValue(testGroup) ?? [] },
                parsed.GetRequiredValue(side),
                parsed.GetValue(threshold),
                parsed.GetValue(json));
        });
        return command;
    }

    private static FoundationTorchSegmenter Foundation(
        string file,
        FoundationConfiguration configuration,
        string tokenizer,
        IReadOnlyList<TrainedClass> classes,
        ClipEnsemble? ensemble,
        DeviceType device,
        TextWriter warnings)
    {
        using var files = CheckpointFile.Open(file, warnings);
        return new FoundationTorchSegmenter(configuration, files, ClipTokenizer.Open(tokenizer), classes, ensemble, device);
    }

    /// <summary>The classes that a data set speaks of, which a model that takes any words is asked for.</summary>
    private static List<TrainedClass> ClassesOf(Dataset dataset)
    {
        List<TrainedClass> classes =
        [
            .. dataset.Samples.SelectMany(sample => sample.Classes).Select(label => TrainedClass.Of(label, Vocabulary.English)).OfType<TrainedClass>()
                .DistinctBy(one => one.Id, StringComparer.Ordinal).OrderBy(one => one.Id, StringComparer.Ordinal),
        ];
        return classes.Count > 0 ? classes : [TrainedClass.Of("defect", Vocabulary.English)!];
    }

    private static int Run(
        ParseResult parsed,
        string folder,
        Func<IReadOnlyList<TrainedClass>, FoundationTorchSegmenter> foundation,
        string data,
        DivisionRule rule,
        string side,
        double? threshold,
        bool json)
    {
        torch.set_num_threads(1);
        OpenCvImageDecoder decoder = new();
        var (dataset, split) = new DatasetDivider(decoder).Read([data], rule)[0];
        using var model = File.Exists(folder) ? null : TrainedModel.Load(folder);
        var words = model is null ? foundation(ClassesOf(dataset)) : null;
        using BundleModel measured = new(words ?? (ISegmenter)new TorchSegmenter(model!));
        ModelEvaluator evaluator = new(measured, decoder, Vocabulary.English, new EvaluationOptions { PixelThreshold = threshold, Resamples = 0 });
        var report = evaluator.Run(dataset, split, side == "all" ? null : Enum.Parse<SplitName>(side, ignoreCase: true));
        var output = parsed.InvocationConfiguration.Output;
        if (!json)
        {
            output.WriteLine($"{folder} on {report.Dataset}, {report.Side}: {report.Images} pictures, {report.Anomalous} with defects");
            foreach (var (key, value) in report.Metrics)
            {
                output.WriteLine($"  {key,-34} {value}");
            }

            return 0;
        }

        var result = report.Metrics.ToDictionary(m => m.Key, m => m.Value.IsDefined ? (object?)m.Value.Value : null, StringComparer.Ordinal);
        (result["model"], result["dataset"], result["split"], result["split_id"]) = (report.ModelDigest, report.Dataset, report.Side, report.SplitId);
        (result["images"], result["anomalous"], result["pixel_threshold"]) = (report.Images, report.Anomalous, report.PixelThreshold);
        if (words is not null)
        {
            result["classes"] = words.Manifest.Classes.Select(c => c.Id);
            result["classes_seen"] = words.Manifest.Classes.Zip(words.Seen).Where(pair => pair.Second).Select(pair => pair.First.Id);
        }

        JsonLine.Write(output, result);
        return 0;
    }
}
