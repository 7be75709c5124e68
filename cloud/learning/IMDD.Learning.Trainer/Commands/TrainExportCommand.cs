using System.CommandLine;
using IMDD.Inference;
using IMDD.Inference.Bundles;
using IMDD.Learning.Training.Models;

namespace IMDD.Learning.Trainer.Commands;

/// <summary><c>imdd train export</c>: makes a bundle of a trained model again, with this program's exporter, smaller where asked for.</summary>
internal static class TrainExportCommand
{
    public static Command Create()
    {
        Option<DirectoryInfo> model = new("--model") { Description = "A trained model's bundle.", Required = true };
        Option<DirectoryInfo> folder = new("--out") { Description = "The new bundle's folder.", Required = true };
        Option<bool> half = new("--half") { Description = "Round the weights to 16 bits, in which they are kept beside the graph." };
        Option<bool> int8 = new("--int8") { Description = "Compute in 8 bits: calibrated on --data's training side, refused where its validation side loses too much." };
        Option<bool> fp16 = new("--fp16") { Description = "Compute in 16 bits, for accelerators: refused where --data's validation side loses too much." };
        Option<string?> data = new("--data") { Description = "KEY:PATH of a data set as the line shows it, for --int8 and --fp16." };
        Option<bool> reduceRange = new("--reduce-range") { Description = "Weights of 7 bits, with --int8: for x86 processors without VNNI, whose sums of two products of 8 bits overflow." };
        Option<string> provider = new("--execution-provider")
        {
            Description = "What runs the smaller model while it is measured: what it is for, such as cuda for --fp16. A CPU computes in 32 bits what is kept in 16.",
            DefaultValueFactory = _ => ExecutionProviders.Cpu,
        };
        provider.AcceptOnlyFromAmong([.. ExecutionProviders.All]);
        var json = JsonLine.CreateOption();
        Command command = new("export", "Exports a trained model again.") { model, folder, half, int8, fp16, data, reduceRange, provider, json };
        command.Validators.Add(result =>
        {
            if (result.GetValue(int8) && result.GetValue(fp16))
            {
                result.AddError("--int8 and --fp16 exclude each other: expected one.");
            }
            else if ((result.GetValue(int8) || result.GetValue(fp16)) != (result.GetValue(data) is not null))
            {
                result.AddError("--int8 or --fp16, and --data go together: expected both or neither.");
            }
            else if (result.GetValue(reduceRange) && !result.GetValue(int8))
            {
                result.AddError("--reduce-range is of --int8: expected both.");
            }
            else if (result.GetResult(provider) is { Implicit: false } && result.GetValue(data) is null)
            {
                result.AddError("--execution-provider is of what is measured, with --int8 or --fp16: expected one of them.");
            }
        });
        command.SetAction(parsed => Run(
            parsed,
            parsed.GetRequiredValue(model).FullName,
            parsed.GetRequiredValue(folder).FullName,
            parsed.GetValue(half),
            parsed.GetValue(data) is { } measured
                ? new LowerPrecisionExport(parsed.GetValue(fp16) ? LowerPrecision.Fp16 : LowerPrecision.Int8, measured)
                {
                    ReduceRange = parsed.GetValue(reduceRange),
                    ExecutionProvider = parsed.GetRequiredValue(provider),
                }
                : null,
            parsed.GetValue(json)));
        return command;
    }

    private static int Run(ParseResult parsed, string from, string folder, bool half, LowerPrecisionExport? lower, bool json)
    {
        OutFolder.RequireOther(folder, from);
        var bundle = ModelBundle.Open(from);
        using var model = EdgeModel.LoadFrom(bundle);
        if (half)
        {
            model.RoundToHalf();
        }

        if (lower is not null)
        {
            return Lowered(parsed, lower, model, bundle, folder, json);
        }

        var digest = EdgeBundle.Write(model, ProbePictures.Of(bundle), folder, CreationTime.Now(), bundle.Manifest.Reference);
        var bytes = ModelBundle.Open(folder).Manifest.Files.Sum(f => f.SizeBytes);
        if (json)
        {
            JsonLine.Write(parsed.InvocationConfiguration.Output, new { Out = folder, Digest = model.Digest(), BundleDigest = digest, Bytes = bytes });
        }
        else
        {
            parsed.InvocationConfiguration.Output.WriteLine($"{folder}: bundle {digest}, {bytes} bytes");
        }

        return 0;
    }

    private static int Lowered(ParseResult parsed, LowerPrecisionExport export, EdgeModel model, ModelBundle bundle, string folder, bool json)
    {
        var (digest, report) = export.Run(model, ProbePictures.Of(bundle), folder, CreationTime.Now(), bundle.Manifest.Reference);
        if (json)
        {
            var name = export.Precision.ToString().ToLowerInvariant();
            JsonLine.Write(parsed.InvocationConfiguration.Output, new Dictionary<string, object?>(StringComparer.Ordinal)
            {
                ["out"] = report.Passed ? folder : null,
                ["passed"] = report.Passed,
                ["bundle_digest"] = digest,
                ["aupro30"] = report.Reference.Aupro,
                [$"aupro30_{name}"] = report.Candidate.Aupro,
                ["iou_pooled"] = report.Reference.Iou,
                [$"iou_pooled_{name}"] = report.Candidate.Iou,
            });
        }
        else
        {
            parsed.InvocationConfiguration.Output.WriteLine(report.Passed ? $"{folder}: bundle {digest}; {report}" : $"Refused, nothing was written: {report}");
        }

        return report.Passed ? 0 : TrainWordCommand.Refused;
    }
}
