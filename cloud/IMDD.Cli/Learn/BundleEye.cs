using IMDD.Imaging;
using IMDD.Inference;
using IMDD.Inference.Bundles;
using IMDD.Inference.Regions;
using IMDD.Synthetics;

namespace IMDD.Cli.Learn;

/// <summary>A bundle that looks at rendered frames as an agent of the lines does.</summary>
internal sealed class BundleEye : IDisposable
{
    private readonly ISegmenter _segmenter;
    private readonly RegionOptions _options;

    /// <summary>Opens the bundle.</summary>
    /// <exception cref="ModelBundleException">Not a bundle.</exception>
    /// <exception cref="SegmenterException">It does not run.</exception>
    public BundleEye(string bundle)
    {
        _segmenter = SegmenterFactory.Create(ModelBundle.Open(bundle), new SegmenterOptions { Threads = 1, MaxBatch = 1 });
        _options = RegionOptions.Of(_segmenter.Manifest) with { MinAreaPx = LearnSettings.MinAreaPx };
    }

    /// <summary>The regions of a frame; none: it passes.</summary>
    public DetectedRegions Look(SyntheticSample sample)
    {
        using RgbImage image = new(sample.Width, sample.Height);
        sample.Rgb.CopyTo(image.Pixels);
        return RegionExtractor.Extract(_segmenter.Run([image]).Images[0], _segmenter.Manifest, _options, sample.Width, sample.Height);
    }

    /// <summary>Whether the defects of a frame are found in their place, and whether a region there has the name, both as the lines' judge counts.</summary>
    public (bool Found, bool Named) Finds(SyntheticSample sample, string name)
    {
        var there = Look(sample).Where(region => MaskOverlap.Iou(sample.Mask, region.MaskRle) >= LearnJudge.MinIou).ToList();
        return (there.Count > 0, there.Exists(region => region.Class == name));
    }

    /// <inheritdoc/>
    public void Dispose() => _segmenter.Dispose();
}
