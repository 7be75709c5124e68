using IMDD.Learning.Weights.Configurations;
using IMDD.Learning.Weights.Layouts;
using IMDD.Safetensors;

namespace IMDD.Learning.Weights.Files;

/// <summary>
/// The parts of a foundation model that public checkpoints have, open and held against a configuration: every tensor is there, of its shape, and nothing
/// else; where a folder describes its network, that is the configuration's.
/// </summary>
public sealed class PublicParts : IDisposable
{
    private const string DiffusersStem = "diffusion_pytorch_model";
    private const string TransformersStem = "model";

    private readonly FoundationConfiguration _configuration;
    private readonly List<WeightFiles> _open = [];
    private readonly List<string> _problems = [];
    private readonly Dictionary<string, StoredTensor> _tensors = new(StringComparer.Ordinal);
    private readonly Dictionary<string, IReadOnlyList<string>> _sources = new(StringComparer.Ordinal);

    private PublicParts(FoundationConfiguration configuration) => _configuration = configuration;

    /// <summary>Every tensor of these parts, by its name in the whole model (<c>unet.conv_in.weight</c>).</summary>
    public IReadOnlyDictionary<string, StoredTensor> Tensors => _tensors;

    /// <summary>The files of each part, by the part's prefix.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Sources => _sources;

    /// <summary>Opens and checks all of them.</summary>
    /// <param name="configuration">The model.</param>
    /// <param name="weights">Where they lie.</param>
    /// <exception cref="WeightsException">Something is missing, misshapen, extra, malformed, a pickle or another network's; everything is named, with its file.</exception>
    public static PublicParts Open(FoundationConfiguration configuration, PublicWeights weights)
    {
        PublicParts parts = new(configuration);
        try
        {
            parts.Add(weights);
            return parts._problems.Count == 0 ? parts : throw new WeightsException(string.Join('\n', parts._problems));
        }
        catch
        {
            parts.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _open.ForEach(files => files.Dispose());

    private void Add(PublicWeights weights)
    {
        var (unet, vae, text, clip) = (_configuration.Unet, _configuration.Vae, _configuration.Text, _configuration.Clip);
        var checkpoint = weights.Checkpoint is null ? null : Try(() => Keep(WeightFiles.OpenFile(weights.Checkpoint)));
        AddPart(
            "unet", weights.Unet, DiffusersStem, UnetLayout.Of(unet), WeightNames.DiffusersUnet, WeightNames.SingleFileUnet(unet.LayersPerBlock),
            folder => Check(folder, unet, UnetConfiguration.Parse));
        AddPart(
            "vae", weights.Vae, DiffusersStem, VaeLayout.Of(vae), WeightNames.DiffusersVae, WeightNames.SingleFileVae(vae.Levels),
            folder => Check(folder, vae, VaeConfiguration.Parse));
        AddPart(
            "text_encoder", weights.Text, TransformersStem, ClipLayout.Of(text), WeightNames.HuggingFaceClip, WeightNames.SingleFileText,
            folder => Check(folder, text, ClipTextConfiguration.Parse));
        AddPart(
            "clip", weights.Clip, TransformersStem, ClipLayout.Of(clip), WeightNames.HuggingFaceClip, null,
            folder => Check(folder, clip, ClipConfiguration.Parse));
        if (weights is { Folder: not null, Unet: null })
        {
            // The noise schedule is the denoising network's: with another one its weights are told of noise that is not there.
            CheckFile(Path.Combine(weights.Folder, "scheduler", "scheduler_config.json"), _configuration.Schedule, NoiseScheduleOptions.Parse);
        }

        void AddPart(string part, string? own, string stem, TensorLayout layout, WeightNames names, WeightNames? singleFile, Action<string> check)
        {
            var path = own ?? (weights.Folder is null ? null : Path.Combine(weights.Folder, part));
            if (path is null && weights.Checkpoint is null)
            {
                throw new ArgumentException($"Nothing is said of where '{part}' lies.", nameof(weights));
            }

            if (path is null)
            {
                Match(part, layout, checkpoint, singleFile!);
                return;
            }

            if (Directory.Exists(path))
            {
                check(path);
            }

            Match(part, layout, Try(() => Keep(Directory.Exists(path) || own is null ? WeightFiles.OpenFolder(path, stem) : WeightFiles.OpenFile(path))), names);
        }
    }

    private void Match(string part, TensorLayout layout, WeightFiles? files, WeightNames names)
    {
        if (files is null)
        {
            return; // Why was said when it was opened.
        }

        if (Try(() => WeightMatch.Of(layout, files, names).RequireExactly()) is not { } match)
        {
            return;
        }

        _sources.Add(part, files.Paths);
        foreach (var (name, stored) in match.Found)
        {
            _tensors.Add($"{part}.{name}", stored);
            if (stored.Entry.Type is not (SafetensorsType.F16 or SafetensorsType.BF16 or SafetensorsType.F32 or SafetensorsType.F64))
            {
                _problems.Add($"{stored.Reader.Path}: tensor '{stored.Entry.Name}' has dtype {stored.Entry.Type.Name()}; expected a floating-point type.");
            }
        }
    }

    private void Check<T>(string folder, T expected, Func<string, string, T> parse)
        where T : class
        => CheckFile(Path.Combine(folder, ClipConfiguration.FileName), expected, parse);

    private void CheckFile<T>(string file, T expected, Func<string, string, T> parse)
        where T : class
    {
        if (File.Exists(file) && Try(() => parse(ConfigurationReader.ReadFile(file), file)) is { } found && ConfigurationDifference.Of(found, expected) is { Count: > 0 } differences)
        {
            _problems.Add($"{file}: not what '{_configuration.Name}' has: {string.Join("; ", differences)}.");
        }
    }

    private WeightFiles Keep(WeightFiles files)
    {
        _open.Add(files);
        return files;
    }

    private T? Try<T>(Func<T> action)
        where T : class
    {
        try
        {
            return action();
        }
        catch (Exception e) when (e is WeightsException or SafetensorsException or IOException or UnauthorizedAccessException)
        {
            _problems.Add(e.Message);
            return null;
        }
    }
}
