using System.Buffers;
using IMDD.Contracts.Models;
using IMDD.Imaging;
using IMDD.Imaging.Masks;

namespace IMDD.Inference.Regions;

/// <summary>
/// Turns a segmenter's planes into regions: threshold, ignore areas, connected components (8-connected), names, boxes, contours, masks.
/// Works on the planes' own grid; every cell stands for <c>outputStride × outputStride</c> pixels of the frame, cut at its edge. A cell is
/// ignored when its centre lies in an ignore area. A frame that fails by its score without any region would say neither where nor what: it may
/// have one around its peak (<see cref="RegionOptions.ImageThreshold"/>).
/// </summary>
public static class RegionExtractor
{
    /// <summary>The region around a peak is where the map has at least this share of its probability.</summary>
    public const double PeakShare = 0.5;

    /// <summary>The regions of one frame, worst first: by score, then area, then position.</summary>
    /// <param name="result">Outputs for the frame.</param>
    /// <param name="manifest">What the rows mean.</param>
    /// <param name="options">Thresholds and ignore areas.</param>
    /// <param name="imageWidth">Pixels of the original frame.</param>
    /// <param name="imageHeight">Pixels of the original frame.</param>
    /// <exception cref="SegmenterException">The outputs contradict the manifest.</exception>
    public static DetectedRegions Extract(
        SegmentationResult result, BundleManifest manifest, RegionOptions options, int imageWidth, int imageHeight)
    {
        var scale = result.OutputStride;
        if (result.Width != EdgePadding.RoundUp(imageWidth, scale) / scale || result.Height != EdgePadding.RoundUp(imageHeight, scale) / scale)
        {
            throw new SegmenterException(
                $"Planes of {result.Width} x {result.Height} at stride {scale} do not belong to a frame of {imageWidth} x {imageHeight}.");
        }

        var found = Extract(result, manifest.Rows, manifest.RegionConfidence, options, imageWidth, imageHeight);
        if (found.Count > 0 || !(Round(result.ImageScore) >= options.ImageThreshold) || Highest(result) is not (> 0 and var peak))
        {
            return found;
        }

        var around = options with { PixelThreshold = PeakShare * peak, MaxRegions = 1 };
        return new DetectedRegions([.. Extract(result, manifest.Rows, manifest.RegionConfidence, around, imageWidth, imageHeight)], omitted: 0);
    }

    private static DetectedRegions Extract(
        SegmentationResult result, IReadOnlyList<BundleRow> rows, BundleRegionConfidence? fitted, RegionOptions options, int imageWidth, int imageHeight)
    {
        using var mask = DefectMask.Create(result, options);
        if (mask.IsEmpty)
        {
            return DetectedRegions.None;
        }

        using var components = ConnectedComponents.Find(mask.Cells, result.Width, result.Height);
        var candidates = Measure(result, components, imageWidth, imageHeight);
        candidates.RemoveAll(candidate => candidate.AreaPx < options.MinAreaPx);
        candidates.Sort(Candidate.WorstFirst);
        var kept = Math.Min(candidates.Count, options.MaxRegions);
        RegionNaming naming = new(rows);
        var regions = new DetectedRegion[kept];
        for (var index = 0; index < kept; index++)
        {
            var confidence = RegionConfidence.Of(fitted, candidates[index].Score, candidates[index].AreaPx);
            regions[index] = Describe(candidates[index], confidence, result, components, naming, imageWidth, imageHeight);
        }

        return new DetectedRegions(regions, candidates.Count - kept);
    }

    private static float Highest(SegmentationResult result)
    {
        float highest = 0;
        for (var row = 0; row < result.Height; row++)
        {
            foreach (var probability in result.Defect.Span.Slice(row * result.RowStride, result.Width))
            {
                highest = Math.Max(highest, probability);
            }
        }

        return highest;
    }

    /// <summary>Six decimals: what a float of a probability holds, without the tail of its conversion.</summary>
    internal static double Round(double score) => Math.Round(score, 6);

    private static List<Candidate> Measure(SegmentationResult result, ConnectedComponents components, int imageWidth, int imageHeight)
    {
        var scores = new float[components.Count];
        var areas = new long[components.Count];
        var scale = result.OutputStride;
        var lastWidth = imageWidth - ((result.Width - 1) * scale);
        var labels = components.Labels;
        var defect = result.Defect.Span;
        for (var row = 0; row < result.Height; row++)
        {
            var rowLabels = labels.Slice(row * result.Width, result.Width);
            if (rowLabels.IndexOfAnyExcept(0) < 0)
            {
                continue;
            }

            var rowDefect = defect.Slice(row * result.RowStride, result.Width);
            long cellHeight = Math.Min(scale, imageHeight - (row * scale));
            for (var column = 0; column < rowLabels.Length; column++)
            {
                var label = rowLabels[column];
                if (label != 0)
                {
                    scores[label - 1] = Math.Max(scores[label - 1], rowDefect[column]);
                    areas[label - 1] += cellHeight * (column == rowLabels.Length - 1 ? lastWidth : scale);
                }
            }
        }

        List<Candidate> candidates = new(components.Count);
        for (var index = 0; index < components.Count; index++)
        {
            candidates.Add(new Candidate(index + 1, scores[index], areas[index], components[index + 1]));
        }

        return candidates;
    }

    private static DetectedRegion Describe(
        Candidate candidate, double? confidence, SegmentationResult result, ConnectedComponents components, RegionNaming naming, int imageWidth, int imageHeight)
    {
        var box = candidate.Box;
        MaskPlacement placement = new(box.Width, box.Height, box.X, box.Y, result.OutputStride);
        var buffer = ArrayPool<byte>.Shared.Rent(box.Width * box.Height);
        try
        {
            var cells = buffer.AsSpan(0, box.Width * box.Height);
            Cut(candidate, result, components.Labels, naming, cells);
            var (name, alternatives, evidence) = naming.Finish();
            var (left, right) = (placement.Columns(0, imageWidth).Start, placement.Columns(box.Width - 1, imageWidth).End);
            var (top, bottom) = (placement.Rows(0, imageHeight).Start, placement.Rows(box.Height - 1, imageHeight).End);
            return new DetectedRegion
            {
                Class = name,
                Score = Round(candidate.Score),
                Confidence = confidence is { } sure ? Round(sure) : null,
                Alternatives = alternatives,
                Evidence = evidence,
                BboxPx = [left, top, right - left, bottom - top],
                AreaPx = candidate.AreaPx,
                ContourPx = MaskContour.Outer(cells, placement, imageWidth, imageHeight),
                MaskRle = CocoRle.Encode(cells, placement, imageWidth, imageHeight),
            };
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Cuts the component out of its box and counts its names.</summary>
    private static void Cut(
        Candidate candidate, SegmentationResult result, ReadOnlySpan<int> labels, RegionNaming naming, Span<byte> cells)
    {
        var box = candidate.Box;
        var classes = result.Class.Span;
        var scores = result.ClassScore.Span;
        naming.Start();
        for (var row = 0; row < box.Height; row++)
        {
            var rowLabels = labels.Slice(((box.Y + row) * result.Width) + box.X, box.Width);
            var plane = ((box.Y + row) * result.RowStride) + box.X;
            for (var column = 0; column < box.Width; column++)
            {
                var inside = rowLabels[column] == candidate.Label;
                cells[(row * box.Width) + column] = inside ? (byte)1 : (byte)0;
                if (inside)
                {
                    naming.Add(classes[plane + column], scores[plane + column]);
                }
            }
        }
    }
}
