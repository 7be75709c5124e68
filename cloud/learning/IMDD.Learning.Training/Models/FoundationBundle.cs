using IMDD.Contracts.Events;
using IMDD.Contracts.Models;
using IMDD.Imaging;
using IMDD.Inference.Bundles;
using IMDD.Learning.Networks;
using IMDD.Learning.Networks.Masks;
using IMDD.Learning.Networks.Weights;
using IMDD.Learning.Onnx.Graph;
using IMDD.Learning.Onnx.Parity;
using IMDD.Learning.Onnx.Precision;
using IMDD.Learning.Onnx.Running;
using IMDD.Learning.Onnx.Torch;
using IMDD.Learning.Weights;
using IMDD.Learning.Weights.Configurations;
using IMDD.Learning.Weights.Files;
using TorchSharp;
using static TorchSharp.torch;

namespace IMDD.Learning.Training.Models;

/// <summary>
/// Writes the whole inference path of a foundation model as one bundle behind the segmenter contract: autoencoder, CLIP and captioner, the denoising
/// network's features with the noise of its seed, mask generator, naming. The exported graph must say what the network says, else there is no bundle.
/// </summary>
public static class FoundationBundle
{
    /// <summary>Largest difference of the whole path in 32 bits.</summary>
    public const double Agreement = 1e-3;

    private const int ProbeSeed = 1;
    private const string ProbeName = "probe0";
    private const string WorkFolder = ".partial";

    // A graph is in memory as a whole while it is loaded; weights in files of their own are mapped.
    private const long DefaultGraphBytes = 128L << 20;

    // Which of two nearly equal rows wins, and whose pixel one on a mask's edge is, is a matter of the last bit.
    private const double DifferingShare = 0.01;

    // Above what execution providers differ by, and below what would change a decision.
    private const double ProbeTolerance = 0.02;
    private const double HalfProbeTolerance = 0.1;
    private const double HalfDifferingShare = 0.1;

    // diffusers computes the autoencoder in 32 bits by default (force_upcast): activations of some leave the range of 16.
    private static readonly Float16Options HalfOptions = new() { KeepNames = ["network/vae/", $"{ClipEnsemble.GraphScope}/"] };

    /// <summary>Exports, compares, writes.</summary>
    /// <param name="network">In evaluation mode and on the CPU afterwards.</param>
    /// <param name="classes">What it is to name.</param>
    /// <param name="texts">CLIP's embeddings of their names, or of each one's name and synonyms, [K, text width].</param>
    /// <param name="folder">The bundle's; must hold nothing else.</param>
    /// <param name="half">Whether it computes in 16 bits; for accelerators.</param>
    /// <param name="createdAt">When it was made; the same model and time make the same bytes.</param>
    /// <param name="maxGraphBytes">Most bytes of weights within the graph's own file; with more they are in files beside it.</param>
    /// <returns>Digest of the manifest, and how well graph and network agree.</returns>
    /// <exception cref="OnnxParityException">The exported graph does not agree with the network.</exception>
    public static (string Digest, ParityReport Parity) Write(
        FoundationNetwork network,
        IReadOnlyList<TrainedClass> classes,
        Tensor texts,
        string folder,
        bool half,
        DateTimeOffset createdAt,
        long maxGraphBytes = DefaultGraphBytes)
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        network.to(CPU);
        FoundationSegmenter segmenter = new(network);
        segmenter.eval();
        var rows = network.Vocabulary.Rows(texts.cpu());
        var exported = Export(segmenter, weights: null);
        FoundationBundleParts parts = new(network.Configuration, classes, rows, half, createdAt, maxGraphBytes);
        return Write(parts, exported, folder, image => Record(segmenter, image, rows));
    }

    /// <summary>
    /// The same from a checkpoint, for models that are too large to be built: weights go from the checkpoint to the bundle one at a time, and are the same
    /// bytes that a built network would have given.
    /// </summary>
    /// <param name="configuration">The model.</param>
    /// <param name="files">Its checkpoint, as <see cref="ModuleWeights.Save"/> writes it.</param>
    /// <param name="classes">What it is to name.</param>
    /// <param name="texts">CLIP's embeddings of their names, or of each one's name and synonyms, [K, text width].</param>
    /// <param name="folder">The bundle's; must hold nothing else.</param>
    /// <param name="half">Whether it computes in 16 bits; for accelerators.</param>
    /// <param name="createdAt">When it was made.</param>
    /// <param name="isCompared">
    /// Whether the network is built after all, once the graph is written, to be compared with it. Where not, the bundle's probe is what ONNX Runtime makes of
    /// the graph as it is written, so that another machine or provider is still held to it.
    /// </param>
    /// <param name="shares">CLIP's shares in naming by each text, 0 to 1, [K]; null: the naming head alone.</param>
    /// <param name="maxGraphBytes">Most bytes of weights within the graph's own file; with more they are in files beside it.</param>
    /// <param name="written">Called when graph and weights are on the disk, before anything loads them.</param>
    /// <returns>Digest of the manifest, and how well graph and network agree; where they were not compared, how well the graph as written and as optimised do.</returns>
    /// <exception cref="WeightsException">The checkpoint says that it is another model's; or tensors are missing or misshapen, and all are named.</exception>
    /// <exception cref="OnnxParityException">They do not agree.</exception>
    public static (string Digest, ParityReport Parity) WriteFrom(
        FoundationConfiguration configuration,
        WeightFiles files,
        IReadOnlyList<TrainedClass> classes,
        Tensor texts,
        string folder,
        bool half,
        DateTimeOffset createdAt,
        bool isCompared,
        Tensor? shares = null,
        long maxGraphBytes = DefaultGraphBytes,
        Action? written = null)
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        FoundationWeights weights = new(configuration, files);
        var own = weights.Rows(texts);
        var rows = shares is null ? own : FoundationSegmenter.Rows(own, texts, shares);
        FoundationSegmenter described = new(new FoundationNetwork(configuration, Placement.Meta), weights.EmptyStates(), shares is not null);
        described.eval();
        var exported = Export(described, name => weights.Find(name[FoundationSegmenter.NetworkPrefix.Length..]));
        FoundationBundleParts parts = new(configuration, classes, rows, half, createdAt, maxGraphBytes);
        return Write(parts, exported, folder, image =>
        {
            written?.Invoke();
            return isCompared ? Build(image) : null;
        });

        OnnxProbe Build(RgbImage image)
        {
            using FoundationNetwork network = new(configuration);
            ModuleWeights.Load(network, files, WeightNames.Own);
            using FoundationSegmenter segmenter = new(network, shares is not null);
            segmenter.eval();
            return Record(segmenter, image, rows);
        }
    }

    private static OnnxModel Export(FoundationSegmenter segmenter, Func<string, OnnxTensor>? weights) => TorchOnnxExporter.Export(
        segmenter,
        segmenter.OnnxInputs(),
        EdgeSegmenter.OutputNames,
        new TorchExportOptions { Name = "foundation", Opset = FoundationSegmenter.Opset, UseMicrosoftAttention = true, Weights = weights });

    private static OnnxProbe Record(FoundationSegmenter segmenter, RgbImage image, Tensor rows)
        => TorchProbes.Record(ProbeName, [("image", EdgeInput.Bytes(image)), ("text", rows)], EdgeSegmenter.OutputNames, tensors =>
        {
            var outputs = segmenter.Forward(tensors[0], tensors[1]);
            return [outputs.Defect, outputs.Class, outputs.ClassScore, outputs.ClassMargin, outputs.ImageScore, outputs.Embedding];
        });

    private static (string Digest, ParityReport Parity) Write(FoundationBundleParts parts, OnnxModel exported, string folder, Func<RgbImage, OnnxProbe?> record)
    {
        var side = 2 * parts.Configuration.Stride;
        using RgbImage image = new(side, side);
        new Random(ProbeSeed).NextBytes(image.Pixels);

        // Beside the bundle, so that what is written is moved there and not copied.
        Directory.CreateDirectory(folder);
        var work = Directory.CreateDirectory(Path.Combine(folder, WorkFolder)).FullName;
        try
        {
            var files = exported.Save(Path.Combine(work, ModelBundle.ModelFile), parts.MaxGraphBytes);
            var probe = record(image) ?? RunAsWritten(files[0], image, parts.Rows);
            var parity = OnnxParityGate.Require(files[0], [probe], new ParityTolerance(Agreement, DifferingShare));
            var model = exported;
            if (parts.Half)
            {
                model = Float16Conversion.Convert(exported, HalfOptions).Model;
                files.ToList().ForEach(File.Delete);
                files = model.Save(files[0], parts.MaxGraphBytes);
                parity = OnnxParityGate.Require(files[0], [probe], new ParityTolerance(HalfProbeTolerance, HalfDifferingShare));
            }

            BundleWriter writer = new();
            writer.MoveModel(files);
            writer.AddText(parts.Rows.contiguous().data<float>().ToArray(), (int)parts.Rows.shape[0]);
            writer.AddProbe(probe, image, reference: null, withNames: !parts.Half);
            return (writer.Write(folder, contents => Manifest(parts, model, contents)), parity);
        }
        finally
        {
            Directory.Delete(work, recursive: true);
        }
    }

    private static OnnxProbe RunAsWritten(string path, RgbImage image, Tensor rows)
    {
        using var scope = NewDisposeScope();
        using OnnxRunner runner = new(path, new OnnxRunnerOptions { Optimize = false });
        var inputs = new Dictionary<string, OnnxTensor>(StringComparer.Ordinal) { ["image"] = EdgeInput.Bytes(image).ToOnnx(), ["text"] = rows.ToOnnx() };
        return new OnnxProbe(ProbeName, inputs, runner.Run(inputs));
    }

    private static BundleManifest Manifest(FoundationBundleParts parts, OnnxModel model, BundleContents contents)
    {
        var (configuration, half) = (parts.Configuration, parts.Half);
        string[] plane = ["B", $"H/{configuration.MaskStride}", $"W/{configuration.MaskStride}"];
        return new BundleManifest
        {
            SchemaVersion = BundleManifest.CurrentSchemaVersion,
            ContractVersion = BundleManifest.CurrentContractVersion,
            Name = $"foundation-{configuration.Name}{(half ? "-fp16" : "")}",
            Version = "1.0.0",
            ReleaseCounter = 1,
            CreatedAt = parts.CreatedAt,
            Files = contents.Files,
            Inputs =
            [
                new BundleTensor("image", "uint8", ["B", "H", "W", "3"]),
                new BundleTensor("text", "float32", ["K", $"{parts.Rows.shape[1]}"]),
            ],
            Outputs =
            [
                new BundleTensor("defect", "float32", plane),
                new BundleTensor("class", "int32", plane),
                new BundleTensor("class_score", "float32", plane),
                new BundleTensor("class_margin", "float32", plane),
                new BundleTensor("image_score", "float32", ["B"]),
                new BundleTensor("embedding", "float32", ["B", $"{configuration.Clip.Projection}"]),
            ],
            Stride = configuration.Stride,
            OutputStride = configuration.MaskStride,
            Opset = model.Opset,
            Rows = parts.RowNames(),
            Classes =
            [
                .. parts.Classes.Select(c => new BundleClass(
                    c.Id, new Dictionary<string, string>(StringComparer.Ordinal) { ["en"] = c.Name }, Enum.Parse<Severity>(c.Severity, ignoreCase: true))),
            ],
            PixelThreshold = 0.5,
            ImageScore = PeakMean.Description,
            Probes = new BundleProbes(contents.ProbesDigest!, half ? HalfProbeTolerance : ProbeTolerance),
        };
    }
}
