using IMDD.Contracts.Events;
using IMDD.Imaging.Masks;
using IMDD.Learning.Datasets.Files;
using IMDD.Learning.Datasets.Samples;
using OpenCvSharp;

namespace IMDD.Learning.Datasets.Annotations;

/// <summary>
/// Polygons that, filled with their edges, are the pixels of a mask exactly. A piece with a hole is cut through the hole until no piece has one.
/// </summary>
internal static class MaskOutlines
{
    private const long MaxPixels = 64L << 20;

    /// <summary>The outlines, parts of one object.</summary>
    /// <param name="name">Class of the object.</param>
    /// <param name="rle">Its mask in the whole frame.</param>
    /// <param name="part">Number of the object.</param>
    /// <exception cref="AnnotationException">Not a mask, or an empty one.</exception>
    public static List<AnnotatedPolygon> Of(string name, MaskRle rle, int part)
    {
        byte[] mask;
        try
        {
            mask = CocoRle.Decode(rle, MaxPixels);
        }
        catch (FormatException e)
        {
            throw new AnnotationException(e.Message, e);
        }

        using Mat image = new(rle.Size[0], rle.Size[1], MatType.CV_8UC1);
        image.SetArray(mask);
        List<AnnotatedPolygon> outlines = [];
        Add(image, 0, 0, name, part, outlines);
        return outlines.Count > 0 ? outlines : throw new AnnotationException("A mask has no pixel set.");
    }

    private static void Add(Mat mask, int left, int top, string name, int part, List<AnnotatedPolygon> outlines)
    {
        Cv2.FindContours(mask, out Point[][] contours, out HierarchyIndex[] hierarchy, RetrievalModes.CComp, ContourApproximationModes.ApproxSimple);
        for (var i = 0; i < contours.Length; i++)
        {
            if (hierarchy[i].Parent >= 0)
            {
                continue;
            }

            if (hierarchy[i].Child < 0)
            {
                outlines.Add(new AnnotatedPolygon(name, Points(contours[i], left, top), part));
                continue;
            }

            // Only this piece: others may reach into its box.
            var box = Cv2.BoundingRect(contours[i]);
            using Mat piece = new(box.Height, box.Width, MatType.CV_8UC1, Scalar.All(0));
            for (var shape = i; shape >= 0; shape = shape == i ? hierarchy[i].Child : hierarchy[shape].Next)
            {
                // A hole's contour runs over pixels of the piece: its inside goes, it stays.
                Cv2.DrawContours(piece, contours, shape, Scalar.All(shape == i ? 1 : 0), -1, offset: new Point(-box.X, -box.Y));
                Cv2.DrawContours(piece, contours, shape, Scalar.All(1), 1, offset: new Point(-box.X, -box.Y));
            }

            // Holes have at least one row of the piece above and below them.
            var hole = Cv2.BoundingRect(contours[hierarchy[i].Child]);
            var cut = hole.Y + hole.Height / 2 - box.Y;
            using var upper = piece.RowRange(0, cut);
            using var lower = piece.RowRange(cut, box.Height);
            Add(upper, left + box.X, top + box.Y, name, part, outlines);
            Add(lower, left + box.X, top + box.Y + cut, name, part, outlines);
        }
    }

    /// <summary>At least three points: one or two stand for a dot or a line, which are filled as well.</summary>
    private static List<double> Points(Point[] contour, int left, int top)
    {
        List<double> points = [];
        for (var i = 0; i < Math.Max(3, contour.Length); i++)
        {
            var point = contour[Math.Min(i, contour.Length - 1)];
            points.Add(left + point.X);
            points.Add(top + point.Y);
        }

        return points;
    }
}
