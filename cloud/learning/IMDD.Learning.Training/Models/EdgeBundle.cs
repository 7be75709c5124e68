using System.Text.Json;
using IMDD.Contracts.Events;
using IMDD.Contracts.Models;
using IMDD.Inference.Bundles;
using IMDD.Learning.Datasets.Splits;
using IMDD.Learning.Networks;
using IMDD.Learning.Onnx.Graph;
using IMDD.Learning.Onnx.Parity;
using IMDD.Learning.Onnx.Precision;
using IMDD.Learning.Onnx.Quantization;
using IMDD.Learning.Onnx.Running;
using IMDD.Learning.Onnx.Torch;
using IMDD.Learning.Training.Pictures;
using static TorchSharp.torch;

namespace IMDD.Learning.Training.Models;

/// <summary>
/// Writes a trained model as a bundle. The exported graph must say what the network says on the probe pictures, else there is no bundle; the probes
/// go with it. The weights and the text encoder go with it too, so that the bundle can be trained on and new words can become rows.
/// </summary>
public static class EdgeBundle
{
    // Far above what execution providers differ by in this arithmetic, far below what would change a decision.
    private const double ProbeTolerance = 0.01;

    // A byte more or less in a convolution's output, which processors may round otherwise.
    private const double Int8ProbeTolerance = 0.03;
    private const double Float16ProbeTolerance = 0.02;

    // Which of two nearly equal rows wins is a matter of the last bit.
    private const double MaxDifferingRows = 0.002;

    /// <summary>Exports, compares, writes.</summary>
    /// <param name="model">In evaluation mode afterwards.</param>
    /// <param name="pictures">
    /// Pictures that the model was not trained on. It is compared on the first few that are large enough; some hundreds of them say where the embeddings of
    /// usual frames lie. For a network that compares, those without a known-good view are left out where others have one.
    /// </param>
    /// <param name="folder">The bundle's; what it holds of an older one is replaced.</param>
    /// <param name="createdAt">When it was made; the same model, probes and time make the same bytes on one kind of machine.</param>
    /// <param name="reference">Statistics to take over where the pictures are too few for any; null: none.</param>
    /// <param name="changed">Classes whose verdicts are meant to be others than the start's; null: nothing is claimed.</param>
    /// <param name="driftSeed">Where drift is to be measured from what the normal ones of the pictures look like, the seed of what is drawn of them; null: it is not.</param>
    /// <returns>Digest of the manifest.</returns>
    /// <exception cref="OnnxParityException">The exported graph does not agree with the network.</exception>
    public static string Write(
        EdgeModel model, IReadOnlyList<TrainingPicture> pictures, string folder, DateTimeOffset createdAt, JsonElement? reference = null, IReadOnlyList<string>? changed = null,
        int? driftSeed = null)
        => Write(model, lowered: null, ProbeTolerance, pictures, folder, createdAt, reference, changed, driftSeed);

    /// <summary>The same in eight bits. Whether it is still worth what the model is, is for <see cref="TaskGate"/> to say; its probes are its own.</summary>
    /// <param name="model">In evaluation mode afterwards.</param>
    /// <param name="calibration">Pictures as the line shows them, a hundred or more with defects among them, for the ranges of the activations.</param>
    /// <param name="options">How.</param>
    /// <param name="pictures">As of the other.</param>
    /// <param name="folder">As of the other.</param>
    /// <param name="createdAt">As of the other.</param>
    /// <param name="reference">As of the other.</param>
    /// <returns>Digest of the manifest.</returns>
    /// <exception cref="OnnxParityException">The graph, still in floats, does not agree with the network.</exception>
    public static string WriteInt8(
        EdgeModel model, IReadOnlyList<TrainingPicture> calibration, Int8Options options, IReadOnlyList<TrainingPicture> pictures, string folder,
        DateTimeOffset createdAt, JsonElement? reference = null)
        => Write(
            model,
            (exported, rows) => Int8Quantization.Quantize(exported, () => Shown(model, calibration).Select(picture => Inputs(picture, rows, model.Description.Network.UsesReference)), options).Model,
            Int8ProbeTolerance,
            pictures,
            folder,
            createdAt,
            reference,
            changed: null,
            driftSeed: null);

    /// <summary>The same computing in 16 bits where that is safe, for accelerators: on a CPU ONNX Runtime computes in 32 all the same.</summary>
    /// <param name="model">In evaluation mode afterwards.</param>
    /// <param name="options">What stays in 32 bits.</param>
    /// <param name="pictures">As of the first.</param>
    /// <param name="folder">As of the first.</param>
    /// <param name="createdAt">As of the first.</param>
    /// <param name="reference">As of the first.</param>
    /// <returns>Digest of the manifest.</returns>
    /// <exception cref="OnnxParityException">The graph, still in 32 bits, does not agree with the network.</exception>
    public static string WriteFloat16(
        EdgeModel model, Float16Options options, IReadOnlyList<TrainingPicture> pictures, string folder, DateTimeOffset createdAt, JsonElement? reference = null)
        => Write(
            model, (exported, _) => Float16Conversion.Convert(exported, options).Model, Float16ProbeTolerance, pictures, folder, createdAt, reference, changed: null, driftSeed: null);

    private static string Write(
        EdgeModel model, Func<OnnxModel, Tensor, OnnxModel>? lowered, double probeTolerance, IReadOnlyList<TrainingPicture> pictures, string folder,
        DateTimeOffset createdAt, JsonElement? reference, IReadOnlyList<string>? changed, int? driftSeed)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        pictures = Shown(model, pictures);
        EdgeSegmenter segmenter = new(model.Network, model.Description.Calibration.ToOutputs());
        segmenter.eval();
        model.Text.eval();
        var rows = model.Rows();
        var exported = TorchOnnxExporter.Export(segmenter, segmenter.OnnxInputs(), EdgeSegmenter.OutputNames, new TorchExportOptions { Name = "edge" });
        var recorded = EdgeProbes.Record(segmenter, rows, model.Description.Network.UsesReference, pictures);
        OnnxParityGate.Require(exported, [.. recorded.Select(r => r.Probe)], new ParityTolerance(DifferingShare: MaxDifferingRows));

        if (lowered is not null)
        {
            exported = lowered(exported, rows);
            using OnnxRunner runner = new(exported);
            recorded = [.. recorded.Select(one => one with { Probe = one.Probe with { Outputs = runner.Run(one.Probe.Inputs) } })];
        }

        BundleWriter writer = new();
        writer.AddModel(exported.ToBytes());
        writer.AddText(rows.contiguous().data<float>().ToArray(), (int)rows.shape[0]);
        foreach (var (probe, image, known) in recorded)
        {
            writer.AddProbe(probe, image, known);
        }

        writer.Add(EdgeModel.WeightsFile, model.WeightBytes());
        writer.Add(EdgeModel.DescriptionFile, EdgeModel.Bytes(model.Description), "application/json");
        if (model.TextBytes(model.Description.Classes) is { } texts)
        {
            writer.Add(EdgeModel.ClipTextsFile, texts);
        }

        var digest = writer.Write(
            folder, contents => Manifest(model, exported, segmenter, contents, createdAt) with
            {
                Probes = new BundleProbes(contents.ProbesDigest!, probeTolerance),

                // What fewer bits make of it was not measured on that side.
                Metrics = lowered is null ? model.Description.Metrics : null,
                Reference = EdgeReference.Measure(model, pictures, driftSeed) ?? reference,
                ChangedClasses = changed,
            });
        model.RemoveOldTexts(folder);
        return digest;
    }

    private static IReadOnlyList<TrainingPicture> Shown(EdgeModel model, IReadOnlyList<TrainingPicture> pictures)
        => KnownGoodView.AsOnALine(pictures, model.Description.Network.UsesReference);

    private static BundleManifest Manifest(
        EdgeModel model, OnnxModel exported, EdgeSegmenter segmenter, BundleContents contents, DateTimeOffset createdAt)
    {
        var (description, calibration) = (model.Description, model.Description.Calibration);
        var cell = $"/{description.Network.OutputStride}";
        string[] plane = ["B", "H" + cell, "W" + cell];
        return new BundleManifest
        {
            SchemaVersion = BundleManifest.CurrentSchemaVersion,
            ContractVersion = BundleManifest.CurrentContractVersion,
            Name = $"edge-{description.Network.Size.ToString().ToLowerInvariant()}",
            Version = "1.0.0",
            ReleaseCounter = 1,
            CreatedAt = createdAt,
            Files = contents.Files,
            Inputs = Inputs(segmenter, description.Network),
            Outputs =
            [
                new BundleTensor("defect", "float32", plane),
                new BundleTensor("class", "int32", plane),
                new BundleTensor("class_score", "float32", plane),
                new BundleTensor("class_margin", "float32", plane),
                new BundleTensor("image_score", "float32", ["B"]),
                new BundleTensor("embedding", "float32", ["B", $"{model.Network.FrameLength}"]),
            ],
            Stride = EdgeNetworkOptions.Stride,
            OutputStride = description.Network.OutputStride,
            Opset = exported.Opset,
            TextEncoder = model.TextReference(),
            Rows = description.BundleRows(),
            Classes = description.BundleClasses(),
            PixelThreshold = calibration.PixelThreshold,
            ImageThreshold = calibration.ImageThreshold,
            RegionConfidence = calibration.Regions,
            Calibration = JsonSerializer.SerializeToElement(calibration.ToManifest(), ImddJson.Options),
            ImageScore = $"{PeakMean.Description}, logits",
            TrainedFrom = new BundleLineage(
                DatasetDigest: description.Lineage.DataDigest,
                SplitId: LearnedSplits.TextOf(description.Lineage.KnownSplits),
                CodeCommit: description.Lineage.CodeCommit,
                Seed: description.Lineage.Seed,
                Parent: description.Lineage.Parent),
        };
    }

    private static Dictionary<string, OnnxTensor> Inputs(TrainingPicture picture, Tensor rows, bool usesReference)
    {
        using var scope = NewDisposeScope();
        Dictionary<string, OnnxTensor> inputs = new(StringComparer.Ordinal) { ["image"] = Bytes(picture.Rgb), ["text"] = TorchTensors.ToOnnx(rows) };
        if (usesReference)
        {
            inputs["reference"] = Bytes(KnownGoodView.Of(picture));
        }

        return inputs;

        OnnxTensor Bytes(byte[] rgb)
        {
            using var image = picture.ImageOf(rgb);
            return TorchTensors.ToOnnx(EdgeInput.Bytes(image));
        }
    }

    /// <summary>A manifest's words for what the network takes.</summary>
    internal static IReadOnlyList<BundleTensor> Inputs(EdgeSegmenter segmenter, EdgeNetworkOptions network)
        => [.. segmenter.OnnxInputs().Select(i => Input(i.Name, network.EmbeddingLength))];

    private static BundleTensor Input(string name, int rowLength) => name == "text"
        ? new BundleTensor(name, "float32", ["K", $"{rowLength}"])
        : new BundleTensor(name, "uint8", ["B", "H", "W", "3"]);
}
