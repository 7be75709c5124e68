using System.CommandLine;
using IMDD.Imaging;
using IMDD.Learning.Datasets.Splits;
using IMDD.Learning.Datasets.Words;
using IMDD.Learning.Evaluation.Models;
using IMDD.Learning.Evaluation.Reports;
using IMDD.Learning.Training.Models;
using TorchSharp;

namespace IMDD.Learning.Trainer.Commands;

/// <summary><c>imdd train eval</c>: measures a trained model as <c>imdd eval</c> measures a bundle, in libtorch instead of ONNX Runtime.</summary>
internal static class TrainEvalCommand
{
    private static readonly string[] Sides = ["train", "val", "test", "all"];

    public static Command Create()
    {
        Option<DirectoryInfo> model = new("--model") { Description = "The model's folder.", Required = true };
        Option<string> data = new("--data") { Description = "KEY:PATH of a data set.", Required = true };
        Option<string> side = new("--split") { Description = "train, val, test or all.", DefaultValueFactory = _ => "test" };
        side.AcceptOnlyFromAmong(Sides);
        Option<double?> threshold = new("--threshold") { Description = "Pixel threshold, 0 to 1; the model's own by default." };
        Option<string[]> splitWith = new("--split-with") { Description = "KEY:PATH of data sets that are divided as one with this one.", AllowMultipleArgumentsPerToken = true };
        Option<string[]> testGroup = new("--test-group") { Description = "Keys of the groups that are the test side.", AllowMultipleArgumentsPerToken = true };
        var json = JsonLine.CreateOption();
        Command command = new("eval", "Measures a trained model on a data set.") { model, data, side, threshold, splitWith, testGroup, json };
        command.SetAction(parsed => Run(
            parsed,
            parsed.GetRequiredValue(model).FullName,
            parsed.GetRequiredValue(data),
            new DivisionRule { With = parsed.GetValue(splitWith) ?? [], TestGroups = parsed.GetValue(testGroup) ?? [] },
            parsed.GetRequiredValue(side),
            parsed.GetValue(threshold),
            parsed.GetValue(json)));
        return command;
    }

    private static int Run(ParseResult parsed, string folder, string data, DivisionRule rule, string side, double? threshold, bool json)
    {
        torch.set_num_threads(1);
        OpenCvImageDecoder decoder = new();
        var (dataset, split) = new DatasetDivider(decoder).Read([data], rule)[0];
        using var model = EdgeModel.Load(folder);
        using BundleModel measured = new(new TorchSegmenter(model));
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
        JsonLine.Write(output, result);
        return 0;
    }
}
