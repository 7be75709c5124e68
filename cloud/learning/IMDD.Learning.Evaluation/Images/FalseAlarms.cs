using IMDD.Learning.Evaluation.Ranking;

namespace IMDD.Learning.Evaluation.Images;

/// <summary>The share of good parts rejected at the highest threshold that lets no defective part escape.</summary>
/// <param name="Rate">False alarms over good parts, with its exact interval.</param>
/// <param name="Threshold">The lowest score of a defective part.</param>
public readonly record struct FalseAlarms(ExactInterval Rate, float Threshold)
{
    /// <summary>Null when there is no defective or no good part.</summary>
    public static FalseAlarms? AtFullRecall(RankedScores scores, double confidence = 0.95)
    {
        if (scores.Positives == 0 || scores.Negatives == 0)
        {
            return null;
        }

        var point = scores.AtFullRecall();
        return new FalseAlarms(ExactInterval.Of(point.FalsePositives, scores.Negatives, confidence), point.Threshold);
    }
}
