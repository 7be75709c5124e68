using IMDD.Learning.Training.Pictures;
using OpenCvSharp;

namespace IMDD.Learning.Training.Runs;

/// <summary>
/// The threshold at which a probability map, enlarged to the picture as it is when a model is measured, agrees best with the truth's own pixels.
/// On the output's grid thin defects fill no cell by half, and the threshold would come out too high for them.
/// </summary>
/// <remarks>
/// Agreement is half the IoU of all pixels, which large areas decide, and half the mean of the classes' own, which does not care how large they are:
/// on Magnetic Tile the first alone led to a threshold of 0.2, which wide uneven areas wanted, and at which blowholes and cracks drowned. A box holds much
/// that is no defect, and would pull the threshold down until that is found too: boxes count only where nothing is outlined.
/// </remarks>
internal static class PixelThresholds
{
    /// <summary>The best threshold; null where no pixel is defective.</summary>
    /// <param name="scores">What the network said.</param>
    /// <param name="pictures">The same pictures, in the same order.</param>
    /// <param name="stride">Pixels per cell, each way.</param>
    /// <param name="scale">Of the probability.</param>
    /// <param name="offset">Of the probability.</param>
    public static double? Best(IReadOnlyList<PictureScores> scores, IReadOnlyList<TrainingPicture> pictures, int stride, double scale, double offset)
    {
        var outlinedOnly = pictures.Any(picture => picture.IsDefective && picture.HasPixelTruth && picture.IsOutlined);
        IouCurve all = new();
        Dictionary<int, IouCurve> classes = [];
        for (var i = 0; i < scores.Count; i++)
        {
            var picture = pictures[i];
            if (!picture.HasPixelTruth || (outlinedOnly && picture.IsDefective && !picture.IsOutlined))
            {
                continue;
            }

            var map = Enlarged(scores[i], stride, scale, offset, picture.Width, picture.Height);
            all.Add(map, picture.Mask);
            if (picture.ClassIndices is [var only])
            {
                if (!classes.TryGetValue(only, out var own))
                {
                    classes[only] = own = new IouCurve();
                }

                own.Add(map, picture.Mask);
            }
        }

        if (!all.HasDefects)
        {
            return null;
        }

        var pooled = all.Ious();
        var byClass = classes.Values.Where(own => own.HasDefects).Select(own => own.Ious()).ToList();
        var best = Enumerable.Range(1, IouCurve.Thresholds - 1).MaxBy(t => pooled[t] + (byClass.Count == 0 ? pooled[t] : byClass.Average(own => own[t])));
        return IouCurve.ThresholdOf(best);
    }

    private static float[] Enlarged(PictureScores score, int stride, double scale, double offset, int width, int height)
    {
        var cells = Array.ConvertAll(score.Logits, l => (float)Platt.Probability(l, scale, offset));
        using var small = Mat.FromPixelData(cells.Length / score.Columns, score.Columns, MatType.CV_32FC1, cells);
        using Mat full = new();
        Cv2.Resize(small, full, new Size(small.Width * stride, small.Height * stride), interpolation: InterpolationFlags.Linear);
        using var cut = full[new Rect(0, 0, width, height)].Clone();
        cut.GetArray(out float[] values);
        return values;
    }
}
