using System.Globalization;
using IMDD.Contracts.Events;
using IMDD.Contracts.Identity;
using IMDD.Contracts.Models;
using IMDD.Imaging;
using IMDD.Inference;
using IMDD.Learning.Networks;
using IMDD.Learning.Networks.Clip;
using IMDD.Learning.Networks.Masks;
using IMDD.Learning.Networks.Weights;
using IMDD.Learning.Weights.Configurations;
using IMDD.Learning.Weights.Files;
using TorchSharp;
using static TorchSharp.torch;

namespace IMDD.Learning.Training.Models;

/// <summary>
/// A foundation model's checkpoint behind the segmenter contract without an export, which is where CLIP can help to name: a class is as likely as the best of
/// its name and synonyms.
/// </summary>
public sealed class FoundationTorchSegmenter : ISegmenter
{
    /// <summary>Where a checkpoint's metadata has the ids of the classes that it was trained with, a comma between.</summary>
    public const string ClassesKey = "classes";

    private readonly FoundationNetwork _network;
    private readonly FoundationSegmenter _segmenter;
    private readonly MaskNaming _naming;

    /// <summary>Loads a checkpoint.</summary>
    /// <param name="configuration">The model.</param>
    /// <param name="files">Its checkpoint.</param>
    /// <param name="tokenizer">CLIP's.</param>
    /// <param name="classes">What is to be named.</param>
    /// <param name="ensemble">CLIP's shares; null: the naming head alone.</param>
    /// <param name="device">Where it computes.</param>
    /// <exception cref="Weights.WeightsException">The checkpoint is not this model's, by what it says or by its tensors.</exception>
    public FoundationTorchSegmenter(
        FoundationConfiguration configuration,
        WeightFiles files,
        ClipTokenizer tokenizer,
        IReadOnlyList<TrainedClass> classes,
        ClipEnsemble? ensemble,
        DeviceType device = DeviceType.CPU)
    {
        if (tokenizer.End != configuration.Clip.Text.Vocabulary - 1)
        {
            throw new TrainingException($"The tokenizer's largest id is {tokenizer.End}; expected {configuration.Clip.Text.Vocabulary - 1}, that of '{configuration.Name}'.");
        }

        StoredConfiguration.Require(configuration, files);
        _network = new FoundationNetwork(configuration);
        ModuleWeights.Load(_network, files, WeightNames.Own);
        _network.to(device);
        _segmenter = new FoundationSegmenter(_network);
        _segmenter.eval();
        var known = ClassesOf(files);
        List<(int Class, string Name)> names = [.. classes.SelectMany((one, index) => one.Synonyms.Prepend(one.Name).Select(name => (index, name)))];
        using var texts = ClassNames.Embed(_network, tokenizer, [.. names.Select(name => name.Name)]);
        Seen = [.. classes.Select(one => known.Contains(one.Id))];
        _naming = new MaskNaming(_network, texts, [.. names.Select(name => name.Class)], ensemble, Seen);

        // Not the weights' own digest, which takes a pass over gigabytes: what tells two measurements of one file apart.
        Digest = ContentDigest.Of(System.Text.Encoding.UTF8.GetBytes(string.Create(
            CultureInfo.InvariantCulture, $"{string.Join(";", files.Paths.Select(path => new FileInfo(path).Length))} {string.Join(";", files.Metadata)} {ensemble}")));
        Manifest = ManifestOf(configuration, classes);
    }

    /// <summary>Ids of the classes that a checkpoint says it was trained with.</summary>
    public static IReadOnlySet<string> ClassesOf(WeightFiles files)
        => files.Metadata.GetValueOrDefault(ClassesKey, "").Split(',').ToHashSet(StringComparer.Ordinal);

    /// <summary>For each class, whether the checkpoint says that it was trained with it.</summary>
    public IReadOnlyList<bool> Seen { get; }

    /// <inheritdoc/>
    public BundleManifest Manifest { get; }

    /// <inheritdoc/>
    public string Digest { get; }

    /// <inheritdoc/>
    public string ExecutionProvider => "torch";

    /// <inheritdoc/>
    public SegmentationBatch Run(IReadOnlyList<RgbImage> images, IReadOnlyList<RgbImage>? references = null) => references is null
        ? new SegmentationBatch([.. images.Select(RunOne)])
        : throw new ArgumentException($"{references.Count} references were given; expected none.", nameof(references));

    /// <inheritdoc/>
    public void Dispose()
    {
        _naming.Dispose();
        _segmenter.Dispose();
    }

    private SegmentationResult RunOne(RgbImage image)
    {
        using var scope = NewDisposeScope();
        var (stride, cell) = (Manifest.Stride, Manifest.OutputStride);
        int width = EdgePadding.RoundUp(image.Width, stride), height = EdgePadding.RoundUp(image.Height, stride);
        var bytes = new byte[width * height * 3];
        EdgePadding.Copy(image, bytes, width, height);
        var outputs = _segmenter.Forward(tensor(bytes, [1, height, width, 3], device: _network.Device), _naming);
        return new SegmentationResult
        {
            Width = EdgePadding.RoundUp(image.Width, cell) / cell,
            Height = EdgePadding.RoundUp(image.Height, cell) / cell,
            RowStride = (int)outputs.Defect.shape[2],
            OutputStride = cell,
            Defect = outputs.Defect.cpu().contiguous().data<float>().ToArray(),
            Class = outputs.Class.cpu().contiguous().data<int>().ToArray(),
            ClassScore = outputs.ClassScore.cpu().contiguous().data<float>().ToArray(),
            ClassMargin = outputs.ClassMargin.cpu().contiguous().data<float>().ToArray(),
            ImageScore = outputs.ImageScore.item<float>(),
            Embedding = outputs.Embedding.cpu().contiguous().data<float>().ToArray(),
        };
    }

    private static BundleManifest ManifestOf(FoundationConfiguration configuration, IReadOnlyList<TrainedClass> classes) => new()
    {
        SchemaVersion = BundleManifest.CurrentSchemaVersion,
        ContractVersion = BundleManifest.CurrentContractVersion,
        Name = $"foundation-{configuration.Name}",
        Version = "0.0.0",
        ReleaseCounter = 1,
        CreatedAt = DateTimeOffset.UnixEpoch,
        Files = [],
        Inputs = [],
        Outputs = [],
        Stride = configuration.Stride,
        OutputStride = configuration.MaskStride,
        Opset = 0,
        Rows = [.. classes.Select(c => new BundleRow(c.Id, c.Name, "text", 0))],
        Classes =
        [
            .. classes.Select(c => new BundleClass(
                c.Id, new Dictionary<string, string>(StringComparer.Ordinal) { ["en"] = c.Name }, Enum.Parse<Severity>(c.Severity, ignoreCase: true))),
        ],
        PixelThreshold = 0.5,
    };
}
