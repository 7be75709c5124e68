using IMDD.Contracts.Models;
using IMDD.Imaging;
using IMDD.Imaging.Masks;
using IMDD.Inference;
using IMDD.Inference.Bundles;
using IMDD.Inference.Regions;
using IMDD.Learning.Training.Pictures;

namespace IMDD.Learning.Training.Words;

/// <summary>
/// Names the same regions without and with a new row, the row's threshold being each of several. Where a bundle's network is the same so are its
/// regions; only their names can differ.
/// </summary>
/// <param name="before">Without the row.</param>
/// <param name="after">With it, the last.</param>
/// <param name="thresholds">To try, ascending.</param>
internal sealed class NamingTrial(ISegmenter before, ISegmenter after, IReadOnlyList<double> thresholds)
{
    // As an evaluation counts them.
    private const long MinAreaPx = 4;

    // A region that lies mostly beside the defects says nothing of their names.
    private const double LeastOverlap = 0.2;

    private readonly List<BundleManifest> _manifests =
    [
        .. thresholds.Select(t => after.Manifest with { Rows = [.. after.Manifest.Rows.SkipLast(1), after.Manifest.Rows[^1] with { Threshold = t }] }),
    ];

    private readonly RegionOptions _options = RegionOptions.Of(before.Manifest) with { MinAreaPx = MinAreaPx };

    private readonly int _newRow = after.Manifest.Rows.Count - 1;

    /// <summary>The regions of a picture that lie on its defects.</summary>
    /// <param name="picture">With its truth.</param>
    public IReadOnlyList<TriedRegion> Try(TrainingPicture picture)
    {
        using var image = picture.ImageOf(picture.Rgb);
        using var reference = before.Manifest.TakesReference() ? picture.ImageOf(KnownGoodView.Of(picture)) : null;
        RgbImage[]? references = reference is null ? null : [reference];
        var result = after.Run([image], references).Images[0];
        var regions = Extract(result, after.Manifest, picture);
        List<(int Region, int Class)> onDefects = [.. regions.Select((region, i) => (i, TruthOf(region, picture))).Where(r => r.Item2 >= 0)];
        if (onDefects.Count == 0)
        {
            return [];
        }

        if (result.Class.Span.IndexOf(_newRow) < 0)
        {
            // The row is best nowhere: the names are the old ones at any threshold.
            return [.. onDefects.Select(r => new TriedRegion(r.Class, regions[r.Region].Class, [.. thresholds.Select(_ => regions[r.Region].Class)]))];
        }

        var old = Extract(before.Run([image], references).Images[0], before.Manifest, picture);
        if (old.Count != regions.Count)
        {
            throw new SegmenterException($"{picture.Id} has {old.Count} regions without the word and {regions.Count} with it: expected the same.");
        }

        var named = _manifests.Select(manifest => Extract(result, manifest, picture)).ToList();
        return [.. onDefects.Select(r => new TriedRegion(r.Class, old[r.Region].Class, [.. named.Select(n => n[r.Region].Class)]))];
    }

    private DetectedRegions Extract(SegmentationResult result, BundleManifest manifest, TrainingPicture picture)
        => RegionExtractor.Extract(result, manifest, _options, picture.Width, picture.Height);

    /// <summary>Index of the class that most defective pixels of a region have; negative where too few are defective, or their class is not known.</summary>
    private static int TruthOf(DetectedRegion region, TrainingPicture picture)
    {
        if (picture.Mask is not { } defective)
        {
            return -1;
        }

        var mask = CocoRle.Decode(region.MaskRle, maxPixels: int.MaxValue);
        var counts = new int[byte.MaxValue + 1];
        var overlap = 0;
        for (var i = 0; i < mask.Length; i++)
        {
            if (mask[i] != 0 && defective[i] != 0)
            {
                overlap++;
                counts[picture.Classes![i]]++;
            }
        }

        return overlap >= LeastOverlap * region.AreaPx ? Array.IndexOf(counts, counts.Max()) - 1 : -1;
    }
}
