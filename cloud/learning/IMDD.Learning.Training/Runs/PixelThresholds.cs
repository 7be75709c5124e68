using IMDD.Learning.Evaluation.Pixels;
using IMDD.Learning.Training.Pictures;
using OpenCvSharp;

namespace IMDD.Learning.Training.Runs;

/// <summary>
/// The threshold at which a probability map, enlarged to the picture as it is when a model is measured, agrees best with the truth's own pixels.
/// On the output's grid thin defects fill no cell by half, and the threshold would come out too high for them.
/// </summary>
internal static class PixelThresholds
{
    /// <summary>The threshold of the largest F1, which is also that of the largest IoU; null where no pixel is defective.</summary>
    /// <param name="scores">What the network said.</param>
    /// <param name="pictures">The same pictures, in the same order.</param>
    /// <param name="stride">Pixels per cell, each way.</param>
    /// <param name="scale">Of the probability.</param>
    /// <param name="offset">Of the probability.</param>
    public static double? Best(IReadOnlyList<PictureScores> scores, IReadOnlyList<TrainingPicture> pictures, int stride, double scale, double offset)
    {
        HistogramPixelScores histogram = new();
        for (var i = 0; i < scores.Count; i++)
        {
            if (!pictures[i].HasPixelTruth)
            {
                continue;
            }

            var (width, height) = (pictures[i].Width, pictures[i].Height);
            var mask = pictures[i].Mask is { } truth ? Array.ConvertAll(truth, m => m != 0) : new bool[width * height];
            histogram.Add(Enlarged(scores[i], stride, scale, offset, width, height), mask, width, height);
        }

        var best = histogram.F1Max();
        return best.F1.IsDefined ? best.Threshold : null;
    }

    private static float[] Enlarged(PictureScores score, int stride, double scale, double offset, int width, int height)
    {
        var cells = Array.ConvertAll(score.Logits, l => (float)(1 / (1 + Math.Exp(-(scale * l + offset)))));
        using var small = Mat.FromPixelData(cells.Length / score.Columns, score.Columns, MatType.CV_32FC1, cells);
        using Mat full = new();
        Cv2.Resize(small, full, new Size(small.Width * stride, small.Height * stride), interpolation: InterpolationFlags.Linear);
        using var cut = full[new Rect(0, 0, width, height)].Clone();
        cut.GetArray(out float[] values);
        return values;
    }
}
