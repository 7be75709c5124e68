using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using IMDD.Cli.Output;
using IMDD.Hosting;
using IMDD.Inference.Bundles;
using IMDD.Learning.Onnx.Graph;
using IMDD.Learning.Weights;
using IMDD.Learning.Weights.Configurations;
using IMDD.Learning.Weights.Inspection;
using IMDD.Safetensors;

namespace IMDD.Cli.Commands;

/// <summary><c>imdd model inspect</c>: what a bundle, a safetensors file or a folder of weights is; only names and shapes are read.</summary>
internal static class ModelInspectCommand
{
    private const double Mebibyte = 1 << 20;

    public static Command Create()
    {
        Argument<string> path = new("path") { Description = "A bundle's folder, a .safetensors file, a model or tokenizer folder of diffusers or transformers, vocab.json or merges.txt, a JSON file of texts and their ids, or a configuration: tiny, base, sd15." };
        var json = JsonOutput.CreateOption();
        Command command = new("inspect", "Shows what a model is: its kind, parameters, shapes, and the memory to run and to train it.") { path, json };
        command.SetAction(parsed =>
        {
            try
            {
                Show(Inspect(parsed.GetRequiredValue(path)), parsed.InvocationConfiguration.Output, parsed.GetValue(json));
                return ExitCodes.Stopped;
            }
            catch (Exception e) when (e is WeightsException or SafetensorsException or ModelBundleException or OnnxGraphException or JsonException or IOException or UnauthorizedAccessException)
            {
                throw new CommandFailedException(e.Message, inner: e);
            }
        });
        return command;
    }

    private static ModelInspection Inspect(string path)
    {
        if (File.Exists(Path.Combine(path, ModelBundle.ManifestFile)))
        {
            return OfBundle(path);
        }

        return FoundationConfiguration.Known.Contains(path) && !Path.Exists(path)
            ? ModelInspector.Inspect(FoundationConfiguration.Of(path))
            : ModelInspector.Inspect(path);
    }

    private static ModelInspection OfBundle(string path)
    {
        var bundle = ModelBundle.Open(path);
        var constants = OnnxConstants.Read(bundle.PathOf(ModelBundle.ModelFile));
        var weights = constants.Where(constant => constant.IsFloat).ToList();
        var parameters = weights.Sum(constant => constant.Elements);
        return new ModelInspection(
            $"bundle {bundle.Manifest.Name} {bundle.Manifest.Version}",
            path,
            parameters,
            weights.Sum(constant => constant.Bytes),
            weights.GroupBy(constant => constant.Type, StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.Count(), StringComparer.Ordinal),
            weights.ToDictionary(constant => constant.Name, constant => constant.Shape, StringComparer.Ordinal),
            ModelMemory.Of(parameters),
            Layout: null,
            []);
    }

    private static void Show(ModelInspection model, TextWriter output, bool json)
    {
        if (json)
        {
            JsonOutput.Write(output, model);
            return;
        }

        Line("kind", model.Kind);
        foreach (var (name, count) in model.Counts)
        {
            Line(name, count.ToString("N0", CultureInfo.InvariantCulture));
        }

        if (model.Counts.Count > 0)
        {
            return;
        }

        Line("parameters", model.Parameters.ToString("N0", CultureInfo.InvariantCulture));
        Line("tensors", $"{model.Shapes.Count} ({string.Join(", ", model.ElementTypes.Select(type => $"{type.Value} {type.Key}"))})");
        Line("to run", $"{Megabytes(model.Memory.InferenceSingle)} in 32 bits, {Megabytes(model.Memory.InferenceHalf)} in 16");
        Line("to train", $"{Megabytes(model.Memory.TrainingSingle)} in 32 bits, {Megabytes(model.Memory.TrainingMixed)} in 16 with masters");
        Line("", "what a run computes in between comes on top: that depends on sizes, batch and what the runtime fuses; ./imdd bench foundation measures it");
        if (model.Layout is { } layout)
        {
            Line("layout", layout.Fits ? "fits its configuration" : $"{layout.Missing.Count} missing, {layout.Misshapen.Count} misshapen, {layout.Extra.Count} extra");
        }

        if (model.Configuration is { ValueKind: JsonValueKind.Object } configuration)
        {
            output.WriteLine("configuration");
            foreach (var field in configuration.EnumerateObject())
            {
                output.WriteLine($"  {field.Name,-18}{field.Value.GetRawText()}");
            }
        }

        foreach (var part in model.Parts)
        {
            Line(Path.GetFileName(part.Path), $"{(part.Kind == part.Path ? "" : part.Kind + ", ")}{part.Parameters.ToString("N0", CultureInfo.InvariantCulture)} parameters");
        }

        foreach (var (name, shape) in model.Shapes)
        {
            output.WriteLine($"  {name} [{string.Join(", ", shape)}]");
        }

        void Line(string name, string value) => output.WriteLine($"{name,-20}{value}");
    }

    private static string Megabytes(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / Mebibyte:N1} MiB");
}
