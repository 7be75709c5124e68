using IMDD.Learning.Training.Models;

namespace IMDD.Learning.Training.Runs;

/// <summary>
/// A model that was trained on alarms on normal pictures hardly more often than the one it started from: where it would, its pixel threshold rises. The
/// threshold that agrees best with the masks does not ask how many good parts it costs.
/// </summary>
internal static class AlarmGuard
{
    /// <summary>With fewer normal pictures an alarm more or less is chance.</summary>
    private const int LeastNormal = 20;

    /// <summary>No threshold rises above this: it would no longer find anything.</summary>
    private const double Highest = 0.9;

    /// <summary>Share of normal pictures by which alarms may rise: on so few pictures they rise by chance, and each step of the threshold costs recall.</summary>
    private const double Slack = 0.03;

    /// <summary>One cell alone is no region.</summary>
    private const int CellsOfRegion = 2;

    /// <summary>The threshold of a model, raised where that is needed.</summary>
    /// <param name="threshold">Of its probabilities, found by its masks.</param>
    /// <param name="after">What it says of pictures, and how that becomes a probability.</param>
    /// <param name="before">The same of the model it started from, on the same pictures, with that model's own threshold.</param>
    public static double Raise(
        double threshold, (IReadOnlyList<PictureScores> Scores, EdgeCalibration Calibration) after, (IReadOnlyList<PictureScores> Scores, EdgeCalibration Calibration) before)
    {
        var reached = Reached(after.Scores, after.Calibration);
        if (reached.Count < LeastNormal)
        {
            return threshold;
        }

        var allowed = Reached(before.Scores, before.Calibration).Count(p => p >= before.Calibration.PixelThreshold) + (int)(Slack * reached.Count);
        return allowed >= reached.Count ? threshold : Math.Max(threshold, Math.Min(Highest, Math.BitIncrement(reached[allowed])));
    }

    /// <summary>Of each picture, the highest logit at which a region is found in it; the highest first.</summary>
    public static List<double> Reached(IEnumerable<PictureScores> scores)
        => [.. scores.Where(picture => picture.Logits.Length >= CellsOfRegion).Select(picture => Largest(picture.Logits)).OrderDescending()];

    /// <summary>Of each normal picture, the highest threshold at which it alarms; the highest first.</summary>
    private static List<double> Reached(IReadOnlyList<PictureScores> scores, EdgeCalibration calibration)
        => [.. Reached(scores.Where(picture => !picture.IsDefective)).Select(logit => Probability(logit, calibration))];

    private static double Largest(float[] logits)
    {
        var top = new float[CellsOfRegion];
        Array.Fill(top, float.NegativeInfinity);
        foreach (var logit in logits)
        {
            if (logit > top[^1])
            {
                var place = Array.FindIndex(top, t => logit > t);
                Array.Copy(top, place, top, place + 1, top.Length - place - 1);
                top[place] = logit;
            }
        }

        return top[^1];
    }

    private static double Probability(double logit, EdgeCalibration calibration) => Platt.Probability(logit, calibration.DefectScale, calibration.DefectOffset);
}
