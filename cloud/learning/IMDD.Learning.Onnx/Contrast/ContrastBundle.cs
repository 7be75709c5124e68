using IMDD.Contracts.Events;
using IMDD.Contracts.Models;
using IMDD.Inference.Bundles;

namespace IMDD.Learning.Onnx.Contrast;

/// <summary>Writes the contrast model's bundle. The same code writes the same bytes on every machine.</summary>
public static class ContrastBundle
{
    /// <summary>The only class.</summary>
    public const string ClassId = "anomaly";

    // Far above what execution providers differ by in this arithmetic, far below what would change a decision.
    private const double ProbeTolerance = 0.01;

    private static readonly DateTimeOffset CreatedAt = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Writes the bundle into <paramref name="directory"/>, which is created where it is not there.</summary>
    /// <returns>Digest of the manifest.</returns>
    public static string Write(string directory)
    {
        BundleWriter writer = new();
        writer.AddModel(ContrastGraph.Build());
        writer.AddText(new[] { 1f }, count: 1);
        foreach (var (path, bytes, mediaType) in ContrastProbes.Files())
        {
            writer.Add(path, bytes, mediaType);
        }

        return writer.Write(directory, Manifest);
    }

    private static BundleManifest Manifest(BundleContents contents) => new()
    {
        SchemaVersion = BundleManifest.CurrentSchemaVersion,
        ContractVersion = BundleManifest.CurrentContractVersion,
        Name = "contrast",
        Version = "1.0.0",
        ReleaseCounter = 1,
        CreatedAt = CreatedAt,
        Files = contents.Files,
        Inputs =
        [
            new BundleTensor("image", "uint8", ["B", "H", "W", "3"]),
            new BundleTensor("text", "float32", ["K", "1"]),
        ],
        Outputs =
        [
            new BundleTensor("defect", "float32", ["B", "H/2", "W/2"]),
            new BundleTensor("class", "int32", ["B", "H/2", "W/2"]),
            new BundleTensor("class_score", "float32", ["B", "H/2", "W/2"]),
            new BundleTensor("class_margin", "float32", ["B", "H/2", "W/2"]),
            new BundleTensor("image_score", "float32", ["B"]),
            new BundleTensor("embedding", "float32", ["B", $"{ContrastParameters.EmbeddingLength}"]),
        ],
        Stride = ContrastParameters.Stride,
        OutputStride = ContrastParameters.OutputStride,
        Opset = Graph.OnnxGraphBuilder.DefaultOpset,
        Rows = [new BundleRow(ClassId, "anomaly", "text", 0)],
        Classes =
        [
            new BundleClass(
                ClassId,
                new Dictionary<string, string>(StringComparer.Ordinal) { ["en"] = "anomaly", ["ja"] = "異常", ["zh"] = "异常" },
                Severity.Major),
        ],
        PixelThreshold = 0.5,
        ImageScore = "max of 3x3 mean",
        Probes = new BundleProbes(contents.ProbesDigest!, ProbeTolerance),
    };
}
