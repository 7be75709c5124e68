using IMDD.Contracts.Models;
using IMDD.Imaging;

namespace IMDD.Inference.Tests.Tiling;

/// <summary>Remembers what another was asked to run.</summary>
internal sealed class CountingSegmenter(ISegmenter inner) : ISegmenter
{
    /// <summary>Number and size of the images of each run.</summary>
    public List<(int Images, int Width, int Height)> Runs { get; } = [];

    public BundleManifest Manifest => inner.Manifest;

    public string Digest => inner.Digest;

    public string ExecutionProvider => inner.ExecutionProvider;

    public SegmentationBatch Run(IReadOnlyList<RgbImage> images, IReadOnlyList<RgbImage>? references = null)
    {
        Runs.Add((images.Count, images[0].Width, images[0].Height));
        return inner.Run(images, references);
    }

    public void Dispose()
    {
        // The other is the test's.
    }
}
