using IMDD.Contracts.Events;
using IMDD.Contracts.Review;
using IMDD.Imaging.Masks;

namespace IMDD.Cloud.Curator.Labels;

/// <summary>Checks what was drawn against the frame, before anything is decoded, and measures its box.</summary>
internal static class DrawnRegions
{
    /// <summary>Most points of all polygons of a frame: they travel in the event.</summary>
    public const int MaxPoints = 4096;

    private const int MaxRleCharacters = 1 << 20;
    private const int MinPoints = 3;

    /// <summary>The regions, named and measured; what cannot be one is told to <paramref name="problems"/>.</summary>
    public static List<LabelledRegion> Read(IReadOnlyList<DrawnRegion> drawn, FrameReference frame, LabelProblems problems)
    {
        List<LabelledRegion> regions = [];
        if (drawn.Count == 0
            || !problems.Require(drawn.Count <= DefectDetected.MaxRegions, "drawn", $"has {drawn.Count} regions: expected at most {DefectDetected.MaxRegions}.")
            || !problems.Require(frame is { Width: > 0, Height: > 0 }, "drawn", "cannot be placed: the frame's size is not known.")
            || !problems.Require(drawn.Sum(d => d.ContourPx?.Count ?? 0) <= 2 * MaxPoints, "drawn", $"has too many points: expected at most {MaxPoints} in all polygons."))
        {
            return regions;
        }

        for (var i = 0; i < drawn.Count; i++)
        {
            if (Read(drawn[i], $"drawn[{i}]", frame, problems) is { } region)
            {
                regions.Add(region);
            }
        }

        return regions;
    }

    private static LabelledRegion? Read(DrawnRegion drawn, string field, FrameReference frame, LabelProblems problems)
    {
        if (!DefectName.TryNormalise(drawn.Class, out var name))
        {
            problems.Add(field + ".class", $"is not a name: expected {DefectName.Expected}.");
        }

        var box = (drawn.ContourPx, drawn.MaskRle) switch
        {
            ({ } contour, null) => BoxOf(contour, field + ".contourPx", frame, problems),
            (null, { } rle) => BoxOf(rle, field + ".maskRle", frame, problems),
            _ => null,
        };
        problems.Require(drawn.ContourPx is null != drawn.MaskRle is null, field, "must have either contourPx or maskRle.");
        return name is null || box is null ? null : new LabelledRegion { Class = name, BboxPx = box, ContourPx = drawn.ContourPx, MaskRle = drawn.MaskRle };
    }

    private static int[]? BoxOf(IReadOnlyList<int> contour, string field, FrameReference frame, LabelProblems problems)
    {
        if (!problems.Require(
            contour.Count % 2 == 0 && contour.Count >= 2 * MinPoints, field, $"has {contour.Count} numbers: expected x and y of at least {MinPoints} points."))
        {
            return null;
        }

        int left = int.MaxValue, top = int.MaxValue, right = -1, bottom = -1;
        for (var i = 0; i < contour.Count; i += 2)
        {
            var (x, y) = (contour[i], contour[i + 1]);
            if (x < 0 || y < 0 || x >= frame.Width || y >= frame.Height)
            {
                problems.Add(field, $"has the point ({x}, {y}): expected points within {frame.Width} x {frame.Height} pixels.");
                return null;
            }

            (left, top, right, bottom) = (Math.Min(left, x), Math.Min(top, y), Math.Max(right, x), Math.Max(bottom, y));
        }

        return problems.Require(right > left && bottom > top, field, "encloses nothing.") ? [left, top, right - left + 1, bottom - top + 1] : null;
    }

    private static IReadOnlyList<int>? BoxOf(MaskRle rle, string field, FrameReference frame, LabelProblems problems)
    {
        if (!problems.Require(
                rle.Size is [var rows, var columns] && rows == frame.Height && columns == frame.Width,
                field,
                $"is of {string.Join(" x ", rle.Size.Take(3))} (height, width): expected the frame's size, {frame.Height} x {frame.Width}.")
            || !problems.Require(
                rle.Counts.Length <= MaxRleCharacters, field, $"has {rle.Counts.Length} characters: expected at most {MaxRleCharacters}."))
        {
            return null;
        }

        try
        {
            var box = CocoRle.BoundingBox(rle);
            return problems.Require(box[2] > 0, field, "has no pixel set.") ? box : null;
        }
        catch (FormatException e)
        {
            problems.Add(field, e.Message);
            return null;
        }
    }
}
