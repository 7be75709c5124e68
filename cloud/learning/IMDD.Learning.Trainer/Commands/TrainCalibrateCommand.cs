using System.CommandLine;
using IMDD.Inference.Bundles;
using IMDD.Learning.Datasets.Readers;
using IMDD.Learning.Datasets.Splits;
using IMDD.Learning.Training;
using IMDD.Learning.Training.Models;
using IMDD.Learning.Training.Runs;

namespace IMDD.Learning.Trainer.Commands;

/// <summary><c>imdd train calibrate</c>: finds a trained model's thresholds and probabilities anew, on other pictures or by what has been learned since of finding them. The bundle is one of 32 bits.</summary>
internal static class TrainCalibrateCommand
{
    public static Command Create()
    {
        Option<DirectoryInfo> model = new("--model") { Description = "A trained model's bundle.", Required = true };
        Option<string[]> data = new("--data")
        {
            Description = $"KEY:PATH of each data set, as the line shows it; none of its validation side may have been learned from. Keys: {string.Join(", ", DatasetReaders.All.Select(r => r.Key))}.",
            AllowMultipleArgumentsPerToken = true,
            Required = true,
        };
        Option<DirectoryInfo> folder = new("--out") { Description = "The new bundle's folder.", Required = true };
        Option<bool> together = new("--split-together") { Description = "As of train edge." };
        Option<string[]> splitWith = new("--split-with") { Description = "As of train edge.", AllowMultipleArgumentsPerToken = true };
        Option<string[]> testGroup = new("--test-group") { Description = "As of train edge.", AllowMultipleArgumentsPerToken = true };
        var json = JsonLine.CreateOption();
        Command command = new("calibrate", "Finds a trained model's thresholds and probabilities anew; its weights stay.") { model, data, folder, together, splitWith, testGroup, json };
        command.SetAction(parsed => Run(
            parsed,
            parsed.GetRequiredValue(model).FullName,
            parsed.GetRequiredValue(data),
            parsed.GetRequiredValue(folder).FullName,
            new DivisionRule
            {
                Together = parsed.GetValue(together),
                With = parsed.GetValue(splitWith) ?? [],
                TestGroups = parsed.GetValue(testGroup) ?? [],
            },
            parsed.GetValue(json)));
        return command;
    }

    private static int Run(ParseResult parsed, string from, string[] names, string folder, DivisionRule rule, bool json)
    {
        OutFolder.RequireOther(folder, from);
        var bundle = ModelBundle.Open(from);
        using var model = EdgeModel.LoadFrom(bundle);
        var data = TrainingDataReader.Read(new TrainingSelection { Names = names, KeptClasses = model.Description.Classes }, rule);
        DataNotices.Write(parsed.InvocationConfiguration.Error, data);

        if (model.Description.Network.UsesReference && data.Validation.Count > 0 && data.Validation.All(p => p.Reference is null))
        {
            throw new TrainingException("The model compares pictures with their known-good views, and no picture of --data has one: expected data with references.");
        }

        var before = model.Description.Calibration;
        var validation = ModelCalibration.Renew(model, data);
        var after = model.Description.Calibration;
        var digest = EdgeBundle.Write(model, ProbePictures.Of(bundle), folder, CreationTime.Now(), bundle.Manifest.Reference);
        if (json)
        {
            JsonLine.Write(parsed.InvocationConfiguration.Output, new
            {
                Out = folder,
                Digest = model.Digest(),
                BundleDigest = digest,
                ValidationPictures = data.Validation.Count,
                PixelThreshold = Change(before.PixelThreshold, after.PixelThreshold),
                ImageThreshold = Change(before.ImageThreshold, after.ImageThreshold),
                RegionConfidence = Change(before.Regions, after.Regions),
                Validation = validation,
                FilesNotUsed = data.Problems.Count,
            });
        }
        else
        {
            parsed.InvocationConfiguration.Output.WriteLine(
                $"{folder}: bundle {digest}; pixel threshold {before.PixelThreshold:0.###} to {after.PixelThreshold:0.###}, image threshold {Text(before.ImageThreshold)} to {Text(after.ImageThreshold)}; regions {(after.Regions is null ? "without" : "with")} a confidence");
        }

        return 0;
    }

    private static object Change<T>(T before, T after) => new { Before = before, After = after };

    private static string Text(double? threshold) => threshold is { } value ? $"{value:0.###}" : "none";
}
