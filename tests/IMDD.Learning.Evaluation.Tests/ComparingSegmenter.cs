using IMDD.Contracts.Events;
using IMDD.Contracts.Models;
using IMDD.Imaging;
using IMDD.Inference;

namespace IMDD.Learning.Evaluation.Tests;

/// <summary>A segmenter that compares: a pixel is as defective as it differs from the reference.</summary>
internal sealed class ComparingSegmenter : ISegmenter
{
    public BundleRegionConfidence? RegionConfidence { get; init; }

    public BundleManifest Manifest => new()
    {
        SchemaVersion = BundleManifest.CurrentSchemaVersion,
        ContractVersion = BundleManifest.CurrentContractVersion,
        Name = "comparing",
        Version = "1.0.0",
        ReleaseCounter = 1,
        CreatedAt = DateTimeOffset.UnixEpoch,
        Files = [],
        Inputs = [new BundleTensor("reference", "uint8", ["B", "H", "W", "3"])],
        Outputs = [],
        Stride = 1,
        Opset = 17,
        Rows = [new BundleRow("dent", "dent", "text", 0)],
        Classes = [new BundleClass("dent", new Dictionary<string, string>(StringComparer.Ordinal) { ["en"] = "dent" }, Severity.Major)],
        PixelThreshold = 0.2,
        RegionConfidence = RegionConfidence,
    };

    public string Digest => "sha256:0";

    public string ExecutionProvider => "cpu";

    public SegmentationBatch Run(IReadOnlyList<RgbImage> images, IReadOnlyList<RgbImage>? references = null)
        => new([.. images.Zip(references!, Compare)]);

    public void Dispose()
    {
        // Nothing is held.
    }

    private static SegmentationResult Compare(RgbImage image, RgbImage reference)
    {
        var defect = new float[image.Width * image.Height];
        for (var i = 0; i < defect.Length; i++)
        {
            defect[i] = Math.Abs(image.Pixels[3 * i] - reference.Pixels[3 * i]) / 255f;
        }

        return new SegmentationResult
        {
            Width = image.Width,
            Height = image.Height,
            RowStride = image.Width,
            OutputStride = 1,
            Defect = defect,
            Class = new int[defect.Length],
            ClassScore = new float[defect.Length],
            ClassMargin = new float[defect.Length],
            ImageScore = defect.Max(),
            Embedding = new float[1],
        };
    }
}
