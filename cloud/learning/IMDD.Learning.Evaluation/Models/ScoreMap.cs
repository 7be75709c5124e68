using IMDD.Inference;
using OpenCvSharp;

namespace IMDD.Learning.Evaluation.Models;

/// <summary>A model's plane at the picture's own size: bilinear, corners not aligned, as pixel metrics are defined on the truth's grid.</summary>
internal static class ScoreMap
{
    /// <summary>The defect plane of a segmenter, one score per pixel of the picture, row-major.</summary>
    public static float[] Of(SegmentationResult result, int width, int height)
    {
        var plane = new float[result.Width * result.Height];
        for (var y = 0; y < result.Height; y++)
        {
            result.Defect.Span.Slice(y * result.RowStride, result.Width).CopyTo(plane.AsSpan(y * result.Width));
        }

        if (result.OutputStride == 1)
        {
            return plane;
        }

        using var small = Mat.FromPixelData(result.Height, result.Width, MatType.CV_32FC1, plane);
        using Mat full = new();

        // The plane covers whole output pixels, the last of which may reach over the picture's edge.
        Cv2.Resize(small, full, new Size(result.Width * result.OutputStride, result.Height * result.OutputStride), interpolation: InterpolationFlags.Linear);
        using Mat cut = new(full, new Rect(0, 0, width, height));
        return Values(cut);
    }

    /// <summary>A map that shows the whole picture at another size.</summary>
    public static float[] Resize(float[] map, int mapWidth, int mapHeight, int width, int height)
    {
        if (mapWidth == width && mapHeight == height)
        {
            return map;
        }

        using var small = Mat.FromPixelData(mapHeight, mapWidth, MatType.CV_32FC1, map);
        using Mat full = new();
        Cv2.Resize(small, full, new Size(width, height), interpolation: InterpolationFlags.Linear);
        return Values(full);
    }

    private static float[] Values(Mat mat)
    {
        using var whole = mat.Clone();
        whole.GetArray(out float[] scores);
        return scores;
    }
}
