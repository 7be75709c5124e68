using IMDD.Contracts.Models;
using IMDD.Imaging;
using IMDD.Inference;
using IMDD.Inference.Bundles;

namespace IMDD.Edge.Agent.Tests.Support;

/// <summary>
/// A model that calls a frame's pixels defective where they are bright red, so that a test decides what is seen by what it sends. It can be
/// told to fail or to wait.
/// </summary>
internal sealed class FakeSegmenter : ISegmenter
{
    private const byte Bright = 200;

    /// <summary>Called before each run with the number of images.</summary>
    public Action<int>? BeforeRun { get; set; }

    public List<int> BatchSizes { get; } = [];

    public BundleManifest Manifest { get; set; } = TestManifest.Create();

    public string Digest { get; set; } = "sha256:" + new string('a', 64);

    public string ExecutionProvider => "cpu";

    /// <summary>Embedding of a frame; null: all zero.</summary>
    public Func<RgbImage, float[]>? Embedding { get; set; }

    /// <summary>Image score of a frame; null: its highest defect probability.</summary>
    public Func<RgbImage, float>? ImageScore { get; set; }

    /// <summary>Score of the best row at every pixel.</summary>
    public float ClassScore { get; set; } = 0.8f;

    public bool IsDisposed { get; private set; }

    /// <summary>Red is compared with the reference's, where one is given: what is red in both is no defect.</summary>
    public SegmentationBatch Run(IReadOnlyList<RgbImage> images, IReadOnlyList<RgbImage>? references = null)
    {
        (references?.Count).ShouldBe(Manifest.TakesReference() ? images.Count : null);
        BeforeRun?.Invoke(images.Count);
        lock (BatchSizes)
        {
            BatchSizes.Add(images.Count);
        }

        return new SegmentationBatch([.. images.Select((image, index) => See(image, references?[index]))]);
    }

    public void Dispose() => IsDisposed = true;

    private static bool IsRed(RgbImage image, int pixel) => image.Pixels[3 * pixel] >= Bright && image.Pixels[(3 * pixel) + 1] < Bright;

    private SegmentationResult See(RgbImage image, RgbImage? reference)
    {
        var size = image.Width * image.Height;
        var defect = new float[size];
        for (var i = 0; i < size; i++)
        {
            defect[i] = IsRed(image, i) && (reference is null || !IsRed(reference, i)) ? 0.9f : 0.1f;
        }

        return new SegmentationResult
        {
            Width = image.Width,
            Height = image.Height,
            RowStride = image.Width,
            OutputStride = 1,
            Defect = defect,
            Class = new int[size],
            ClassScore = Enumerable.Repeat(ClassScore, size).ToArray(),
            ClassMargin = Enumerable.Repeat(1f, size).ToArray(),
            ImageScore = ImageScore?.Invoke(image) ?? defect.Max(),
            Embedding = Embedding?.Invoke(image) ?? new float[8],
        };
    }
}
