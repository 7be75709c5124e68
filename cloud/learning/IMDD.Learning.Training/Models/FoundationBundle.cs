using IMDD.Contracts.Events;
using IMDD.Contracts.Models;
using IMDD.Imaging;
using IMDD.Inference.Bundles;
using IMDD.Learning.Networks;
using IMDD.Learning.Onnx.Graph;
using IMDD.Learning.Onnx.Parity;
using IMDD.Learning.Onnx.Precision;
using IMDD.Learning.Onnx.Torch;
using static TorchSharp.torch;

namespace IMDD.Learning.Training.Models;

/// <summary>
/// Writes the whole inference path of a foundation model as one bundle behind the segmenter contract: autoencoder, CLIP and captioner, the denoising
/// network's features with the noise of its seed, mask generator, naming. The exported graph must say what the network says, else there is no bundle.
/// </summary>
public static class FoundationBundle
{
    private const int ProbeSeed = 1;

    /// <summary>Largest difference of the whole path in 32 bits.</summary>
    private const double Agreement = 1e-3;

    // Which of two nearly equal rows wins, and whose pixel one on a mask's edge is, is a matter of the last bit.
    private const double DifferingShare = 0.01;

    // Above what execution providers differ by, and below what would change a decision.
    private const double ProbeTolerance = 0.02;
    private const double HalfProbeTolerance = 0.1;

    /// <summary>Exports, compares, writes.</summary>
    /// <param name="network">In evaluation mode afterwards.</param>
    /// <param name="classes">What it is to name.</param>
    /// <param name="texts">CLIP's embeddings of their names, [K, text width].</param>
    /// <param name="folder">The bundle's; must hold nothing else.</param>
    /// <param name="half">Whether it computes in 16 bits; for accelerators.</param>
    /// <param name="createdAt">When it was made; the same model and time make the same bytes.</param>
    /// <returns>Digest of the manifest, and how well graph and network agree.</returns>
    /// <exception cref="OnnxParityException">The exported graph does not agree with the network.</exception>
    public static (string Digest, ParityReport Parity) Write(
        FoundationNetwork network, IReadOnlyList<TrainedClass> classes, Tensor texts, string folder, bool half, DateTimeOffset createdAt)
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        FoundationSegmenter segmenter = new(network);
        segmenter.eval();
        var rows = network.Vocabulary.Rows(texts);
        var exported = TorchOnnxExporter.Export(
            segmenter, segmenter.OnnxInputs(), EdgeSegmenter.OutputNames, new TorchExportOptions { Name = "foundation", Opset = FoundationSegmenter.Opset });
        var side = 2 * network.Configuration.Stride;
        RgbImage image = new(side, side);
        new Random(ProbeSeed).NextBytes(image.Pixels);
        var probe = TorchProbes.Record("probe0", [("image", EdgeInput.Bytes(image)), ("text", rows)], EdgeSegmenter.OutputNames, tensors =>
        {
            var outputs = segmenter.Forward(tensors[0], tensors[1]);
            return [outputs.Defect, outputs.Class, outputs.ClassScore, outputs.ClassMargin, outputs.ImageScore, outputs.Embedding];
        });
        var parity = OnnxParityGate.Require(exported, [probe], new ParityTolerance(Agreement, DifferingShare));
        var model = half ? Float16Conversion.Convert(exported).Model : exported;
        BundleWriter writer = new();
        writer.AddModel(model.ToBytes());
        writer.AddText(rows.contiguous().data<float>().ToArray(), (int)rows.shape[0]);
        writer.AddProbe(probe, image, reference: null);
        return (writer.Write(folder, contents => Manifest(network, classes, model, contents, half, createdAt)), parity);
    }

    private static BundleManifest Manifest(
        FoundationNetwork network,
        IReadOnlyList<TrainedClass> classes,
        OnnxModel model,
        BundleContents contents,
        bool half,
        DateTimeOffset createdAt)
    {
        var configuration = network.Configuration;
        string[] plane = ["B", $"H/{configuration.LatentStride}", $"W/{configuration.LatentStride}"];
        return new BundleManifest
        {
            SchemaVersion = BundleManifest.CurrentSchemaVersion,
            ContractVersion = BundleManifest.CurrentContractVersion,
            Name = $"foundation-{configuration.Name}{(half ? "-fp16" : "")}",
            Version = "1.0.0",
            ReleaseCounter = 1,
            CreatedAt = createdAt,
            Files = contents.Files,
            Inputs =
            [
                new BundleTensor("image", "uint8", ["B", "H", "W", "3"]),
                new BundleTensor("text", "float32", ["K", $"{configuration.Vocabulary.EmbeddingWidth}"]),
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
            OutputStride = configuration.LatentStride,
            Opset = model.Opset,
            Rows = [.. classes.Select(c => new BundleRow(c.Id, c.Name, "text", 0))],
            Classes =
            [
                .. classes.Select(c => new BundleClass(
                    c.Id, new Dictionary<string, string>(StringComparer.Ordinal) { ["en"] = c.Name }, Enum.Parse<Severity>(c.Severity, ignoreCase: true))),
            ],
            PixelThreshold = 0.5,
            ImageScore = $"max of {EdgeSegmenter.ScoreWindow}x{EdgeSegmenter.ScoreWindow} mean",
            Probes = new BundleProbes(contents.ProbesDigest!, half ? HalfProbeTolerance : ProbeTolerance),
        };
    }
}
