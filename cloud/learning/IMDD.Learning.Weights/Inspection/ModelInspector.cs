using System.Text.Json;
using IMDD.Learning.Weights.Configurations;
using IMDD.Learning.Weights.Files;
using IMDD.Learning.Weights.Layouts;
using IMDD.Safetensors;

namespace IMDD.Learning.Weights.Inspection;

/// <summary>Tells from names and shapes what weights are; no weight is read.</summary>
public static class ModelInspector
{
    private static readonly string[] Stems = ["diffusion_pytorch_model", "model", "weights"];

    // Weights may lie behind a prefix: our own reference files', or a single-file checkpoint's.
    private static readonly string[] Prefixes = ["", "weights."];

    // The first that has its mark is it; those that hold others come before them.
    private static readonly WeightKind[] Kinds =
    [
        new("foundation model", "unet.conv_in.weight", (config, origin) => (FoundationLayout.Of(FoundationConfiguration.Parse(config, origin)), WeightNames.Own)),
        new("single-file checkpoint of latent diffusion", "model.diffusion_model.input_blocks.0.0.weight", null),
        new("denoising network", "down_blocks.0.resnets.0.time_emb_proj.weight", (config, origin) => (UnetLayout.Of(UnetConfiguration.Parse(config, origin)), WeightNames.DiffusersUnet)),
        new("image autoencoder", "encoder.down_blocks.0.resnets.0.conv1.weight", (config, origin) => (VaeLayout.Of(VaeConfiguration.Parse(config, origin)), WeightNames.DiffusersVae)),
        new("CLIP", "visual_projection.weight", (config, origin) => (ClipLayout.Of(ClipConfiguration.Parse(config, origin)), WeightNames.HuggingFaceClip)),
        new("CLIP text tower", "text_model.final_layer_norm.weight", (config, origin) => (ClipLayout.Of(ClipTextConfiguration.Parse(config, origin)), WeightNames.HuggingFaceClip)),
        new("mask generator", "predictor.query_feat.weight", null),
        new("edge network", "network._defect.weight", null),
    ];

    /// <summary>Inspects a safetensors file, a folder of one or several models or of a tokenizer, one of a tokenizer's files, or texts with their ids for one.</summary>
    /// <param name="path">The file or folder.</param>
    /// <exception cref="WeightsException">There is nothing, nothing that is known, or a pickle.</exception>
    /// <exception cref="SafetensorsException">A malformed file; it says where.</exception>
    public static ModelInspection Inspect(string path)
    {
        if (!Directory.Exists(path))
        {
            if (File.Exists(path) && TokenizerInspector.OfFile(path) is { } half)
            {
                return half;
            }

            if (File.Exists(path) && Path.GetExtension(path).Equals(".json", StringComparison.OrdinalIgnoreCase))
            {
                return TokenizerInspector.OfCases(path);
            }

            using var file = WeightFiles.OpenFile(path);
            return Of(path, file, file.Metadata.GetValueOrDefault(StoredConfiguration.Key));
        }

        List<string> parts = [.. Directory.GetDirectories(path).Where(IsModel).Order(StringComparer.Ordinal)];
        if (parts.Count > 0 && !IsModel(path))
        {
            List<ModelInspection> inspected = [.. parts.Select(Inspect)];
            return Sum("folder of models", path, inspected);
        }

        if (!IsModel(path) && TokenizerFiles.AreIn(path))
        {
            return TokenizerInspector.OfFolder(path);
        }

        var configuration = Path.Combine(path, ClipConfiguration.FileName);
        var stem = Stems.FirstOrDefault(stem => HasStem(path, stem)) ?? Stems[0];
        using var files = WeightFiles.OpenFolder(path, stem);
        return Of(path, files, File.Exists(configuration) ? ConfigurationReader.ReadFile(configuration) : files.Metadata.GetValueOrDefault(StoredConfiguration.Key));
    }

    /// <summary>What a configuration's model would be, weights or none: its tensors as 32-bit floats.</summary>
    public static ModelInspection Inspect(FoundationConfiguration configuration)
        => Sum($"configuration {configuration.Name}", configuration.Name, [.. FoundationLayout.Parts(configuration).Select(part => Of(part.Key, part.Value))]) with
        {
            Configuration = JsonElement.Parse(configuration.ToJson()),
        };

    private static ModelInspection Of(string part, TensorLayout layout) => new(
        part,
        part,
        layout.Parameters,
        SafetensorsType.F32.Bytes() * layout.Parameters,
        new Dictionary<string, int>(StringComparer.Ordinal) { [SafetensorsType.F32.Name()] = layout.Shapes.Count },
        layout.Shapes.ToDictionary(tensor => tensor.Key, tensor => (IReadOnlyList<long>)tensor.Value, StringComparer.Ordinal),
        ModelMemory.Of(layout.Parameters),
        Layout: null,
        []);

    private static bool IsModel(string folder) => Stems.Any(stem => HasStem(folder, stem));

    private static bool HasStem(string folder, string stem) => Directory.EnumerateFiles(folder, stem + "*.safetensors*").Any();

    private static ModelInspection Of(string path, WeightFiles files, string? configuration)
    {
        var (kind, prefix) = Kinds.SelectMany(kind => Prefixes.Select(prefix => (kind, prefix)))
            .FirstOrDefault(pair => files.Tensors.ContainsKey(pair.prefix + pair.kind.Mark));

        // What lies beside weights under a prefix of their own is what a reference took and gave.
        var own = files.Tensors.Where(tensor => kind is not null && tensor.Key.StartsWith(prefix, StringComparison.Ordinal)).Select(tensor => tensor.Value.Entry).ToList();
        var parameters = own.Sum(entry => entry.Elements);
        var layout = Compare(files, kind, prefix, configuration);
        return new ModelInspection(
            kind?.Name ?? "tensors",
            path,
            parameters,
            own.Sum(entry => entry.Elements * entry.Type.Bytes()),
            files.Tensors.Values.GroupBy(tensor => tensor.Entry.Type.Name(), StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.Count(), StringComparer.Ordinal),
            files.Tensors.ToDictionary(tensor => tensor.Key, tensor => tensor.Value.Entry.Shape, StringComparer.Ordinal),
            ModelMemory.Of(parameters),
            layout,
            [])
        {
            Configuration = layout is null ? null : JsonElement.Parse(configuration!),
        };
    }

    private static LayoutComparison? Compare(WeightFiles files, WeightKind? kind, string prefix, string? configuration)
    {
        if (kind?.Layout is null || configuration is null)
        {
            return null;
        }

        var (layout, names) = kind.Layout(configuration, files.Origin);
        var match = WeightMatch.Of(layout, files, prefix.Length == 0 ? names : WeightNames.Behind(prefix, names));
        return new LayoutComparison(match.Missing, match.Misshapen, match.Extra);
    }

    private static ModelInspection Sum(string kind, string path, IReadOnlyList<ModelInspection> parts) => new(
        kind,
        path,
        parts.Sum(part => part.Parameters),
        parts.Sum(part => part.Bytes),
        parts.SelectMany(part => part.ElementTypes).GroupBy(type => type.Key, StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => group.Sum(type => type.Value), StringComparer.Ordinal),
        new Dictionary<string, IReadOnlyList<long>>(StringComparer.Ordinal),
        ModelMemory.Of(parts.Sum(part => part.Parameters)),
        Layout: null,
        parts);
}
