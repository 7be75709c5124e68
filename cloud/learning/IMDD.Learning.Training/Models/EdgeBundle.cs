using System.Security.Cryptography;
using IMDD.Contracts.Events;
using IMDD.Contracts.Identity;
using IMDD.Contracts.Models;
using IMDD.Imaging;
using IMDD.Inference.Bundles;
using IMDD.Learning.Networks;
using IMDD.Learning.Onnx.Graph;
using IMDD.Learning.Onnx.Parity;
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
    private const int MaxProbes = 3;
    private const int ProbeSide = 128;
    private const int NoiseSeed = 1;

    // Far above what execution providers differ by in this arithmetic, far below what would change a decision.
    private const double ProbeTolerance = 0.01;

    // Which of two nearly equal rows wins is a matter of the last bit.
    private const double MaxDifferingRows = 0.002;

    /// <summary>Exports, compares, writes.</summary>
    /// <param name="model">In evaluation mode afterwards.</param>
    /// <param name="probes">Pictures to compare on; the first few that are large enough.</param>
    /// <param name="folder">The bundle's; what it holds of an older one is replaced.</param>
    /// <param name="createdAt">When it was made; the same model, probes and time make the same bytes.</param>
    /// <returns>Digest of the manifest.</returns>
    /// <exception cref="OnnxParityException">The exported graph does not agree with the network.</exception>
    public static string Write(EdgeModel model, IReadOnlyList<TrainingPicture> probes, string folder, DateTimeOffset createdAt)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        EdgeSegmenter segmenter = new(model.Network, model.Description.Calibration.ToOutputs());
        segmenter.eval();
        model.Text.eval();
        var rows = model.Rows();
        var exported = TorchOnnxExporter.Export(segmenter, segmenter.OnnxInputs(), EdgeSegmenter.OutputNames, new TorchExportOptions { Name = "edge" });
        var recorded = Record(segmenter, rows, model.Description.Network.UsesReference, probes);
        OnnxParityGate.Require(exported, [.. recorded.Select(r => r.Probe)], new ParityTolerance(DifferingShare: MaxDifferingRows));

        Dictionary<string, (byte[] Bytes, string MediaType)> files = new(StringComparer.Ordinal)
        {
            [ModelBundle.ModelFile] = (exported.ToBytes(), "application/onnx"),
            [ModelBundle.TextFile] = (SafetensorsFile.Write([Plain("text", rows)]), "application/octet-stream"),
        };
        AddProbes(files, recorded);
        ClearProbes(folder);
        model.Save(folder);
        foreach (var (file, mediaType) in new[] { (EdgeModel.WeightsFile, "application/octet-stream"), (EdgeModel.DescriptionFile, "application/json") })
        {
            files.Add(file, (File.ReadAllBytes(Path.Combine(folder, file)), mediaType));
        }

        var manifest = ImddJson.Serialize(Manifest(model, exported, segmenter, files, createdAt));
        foreach (var (path, file) in files.Where(f => f.Key is not (EdgeModel.WeightsFile or EdgeModel.DescriptionFile)))
        {
            WriteFile(folder, path, file.Bytes);
        }

        WriteFile(folder, ModelBundle.ManifestFile, manifest);
        return ContentDigest.Of(manifest);
    }

    private static List<(OnnxProbe Probe, RgbImage Image, RgbImage? Reference)> Record(
        EdgeSegmenter segmenter, Tensor rows, bool usesReference, IReadOnlyList<TrainingPicture> probes)
    {
        List<(OnnxProbe, RgbImage, RgbImage?)> recorded = [];
        foreach (var (image, reference) in Cut(probes))
        {
            List<(string, Tensor)> inputs = [("image", EdgeInput.Bytes(image)), ("text", rows)];
            if (usesReference)
            {
                inputs.Add(("reference", EdgeInput.Bytes(reference)));
            }

            var probe = TorchProbes.Record($"probe{recorded.Count}", inputs, EdgeSegmenter.OutputNames, tensors =>
            {
                var outputs = segmenter.forward(tensors[0], tensors[1], tensors.ElementAtOrDefault(2));
                return [outputs.Defect, outputs.Class, outputs.ClassScore, outputs.ClassMargin, outputs.ImageScore, outputs.Embedding];
            });
            recorded.Add((probe, image, usesReference ? reference : null));
        }

        return recorded;
    }

    /// <summary>The middle of some pictures, defective ones first; grey noise where there is none large enough.</summary>
    private static IEnumerable<(RgbImage Image, RgbImage Reference)> Cut(IReadOnlyList<TrainingPicture> pictures)
    {
        var fitting = pictures.Where(p => p.Width >= ProbeSide && p.Height >= ProbeSide)
            .OrderByDescending(p => p.IsDefective).ThenBy(p => p.Id, StringComparer.Ordinal).Take(MaxProbes).ToList();
        foreach (var picture in fitting)
        {
            yield return (Middle(picture.Rgb, picture.Width, picture.Height), Middle(picture.Reference ?? picture.Rgb, picture.Width, picture.Height));
        }

        if (fitting.Count == 0)
        {
            RgbImage noise = new(ProbeSide, ProbeSide);
            new Random(NoiseSeed).NextBytes(noise.Pixels);
            yield return (noise, noise);
        }
    }

    private static RgbImage Middle(byte[] rgb, int width, int height)
    {
        RgbImage middle = new(ProbeSide, ProbeSide);
        var (left, top) = ((width - ProbeSide) / 2, (height - ProbeSide) / 2);
        for (var y = 0; y < ProbeSide; y++)
        {
            rgb.AsSpan(3 * ((top + y) * width + left), 3 * ProbeSide).CopyTo(middle.Pixels[(3 * y * ProbeSide)..]);
        }

        return middle;
    }

    private static void AddProbes(Dictionary<string, (byte[] Bytes, string MediaType)> files, List<(OnnxProbe Probe, RgbImage Image, RgbImage? Reference)> recorded)
    {
        List<BundleProbe> index = [];
        foreach (var (probe, image, reference) in recorded)
        {
            BundleProbe entry = new(
                $"probes/{probe.Name}.png", $"probes/{probe.Name}.safetensors", reference is null ? null : $"probes/{probe.Name}.reference.png");
            index.Add(entry);
            files.Add(entry.Image, (ImageEncoder.EncodePng(image), "image/png"));
            if (reference is not null)
            {
                files.Add(entry.Reference!, (ImageEncoder.EncodePng(reference), "image/png"));
            }

            var defect = probe.Outputs["defect"];
            files.Add(entry.Outputs, (SafetensorsFile.Write(
            [
                new Float32Tensor("defect", [(int)defect.Dimensions[1], (int)defect.Dimensions[2]], defect.ToSingles()),
                new Float32Tensor("image_score", [1], probe.Outputs["image_score"].ToSingles()),
                new Float32Tensor("embedding", [(int)probe.Outputs["embedding"].Dimensions[1]], probe.Outputs["embedding"].ToSingles()),
            ]), "application/octet-stream"));
        }

        files.Add(BundleProbeIndex.Path, (ImddJson.Serialize(new BundleProbeIndex(index)), "application/json"));
    }

    private static BundleManifest Manifest(
        EdgeModel model, OnnxModel exported, EdgeSegmenter segmenter, Dictionary<string, (byte[] Bytes, string MediaType)> files, DateTimeOffset createdAt)
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
            Files =
            [
                .. files.OrderBy(f => f.Key, StringComparer.Ordinal)
                    .Select(f => new BundleFile(f.Key, Convert.ToHexStringLower(SHA256.HashData(f.Value.Bytes)), f.Value.Bytes.Length, f.Value.MediaType)),
            ],
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
            TextEncoder = new TextEncoderReference("letters", ContentDigest.Of(SafetensorsFile.Write(ModuleTensors.Read(model.Text, EdgeModel.TextPrefix)))),
            Rows = description.BundleRows(),
            Classes = description.BundleClasses(),
            PixelThreshold = calibration.PixelThreshold,
            ImageThreshold = calibration.ImageThreshold,
            ImageScore = $"max of {EdgeSegmenter.ScoreWindow}x{EdgeSegmenter.ScoreWindow} mean logit",
            TrainedFrom = new BundleLineage(
                DatasetDigest: ContentDigest.Of(System.Text.Encoding.UTF8.GetBytes(string.Join('\n', description.Lineage.Data))),
                SplitId: string.Join(' ', description.Lineage.SplitIds),
                Seed: description.Lineage.Seed,
                Parent: description.Lineage.Parent),
            Probes = new BundleProbes(ContentDigest.Of(files[BundleProbeIndex.Path].Bytes), ProbeTolerance),
        };
    }

    /// <summary>A manifest's words for what the network takes.</summary>
    internal static IReadOnlyList<BundleTensor> Inputs(EdgeSegmenter segmenter, EdgeNetworkOptions network)
        => [.. segmenter.OnnxInputs().Select(i => Input(i.Name, network.EmbeddingLength))];

    private static BundleTensor Input(string name, int rowLength) => name == "text"
        ? new BundleTensor(name, "float32", ["K", $"{rowLength}"])
        : new BundleTensor(name, "uint8", ["B", "H", "W", "3"]);

    private static Float32Tensor Plain(string name, Tensor tensor) => new(name, [.. tensor.shape.Select(d => (int)d)], tensor.contiguous().data<float>().ToArray());

    /// <summary>Those of an older bundle would not be listed.</summary>
    private static void ClearProbes(string folder)
    {
        var probes = Path.Combine(folder, Path.GetDirectoryName(BundleProbeIndex.Path)!);
        if (Directory.Exists(probes))
        {
            Directory.Delete(probes, recursive: true);
        }
    }

    private static void WriteFile(string folder, string path, byte[] bytes)
    {
        var full = Path.Combine(folder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        EdgeModel.WriteWhole(full, bytes);
    }
}
