namespace IMDD.Learning.Evaluation.Distributions;

/// <summary>Inception score, exp(E KL(p(y|x) ‖ p(y))), over one or more consecutive splits.</summary>
/// <param name="Mean">Mean over splits.</param>
/// <param name="StandardDeviation">Population standard deviation over splits.</param>
public readonly record struct InceptionScore(double Mean, double StandardDeviation)
{
    /// <summary>The score of class probabilities.</summary>
    /// <param name="probabilities">One row a sample, each summing to 1.</param>
    /// <param name="splits">At least 1, at most the number of samples.</param>
    public static InceptionScore Of(IReadOnlyList<double[]> probabilities, int splits = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(splits, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(splits, probabilities.Count);
        var scores = new double[splits];
        for (var split = 0; split < splits; split++)
        {
            int from = split * probabilities.Count / splits, to = (split + 1) * probabilities.Count / splits;
            scores[split] = Math.Exp(MeanDivergence(probabilities, from, to));
        }

        var mean = scores.Average();
        return new InceptionScore(mean, Math.Sqrt(scores.Average(s => (s - mean) * (s - mean))));
    }

    private static double MeanDivergence(IReadOnlyList<double[]> probabilities, int from, int to)
    {
        var classes = probabilities[from].Length;
        var marginal = new double[classes];
        for (var i = from; i < to; i++)
        {
            for (var c = 0; c < classes; c++)
            {
                marginal[c] += probabilities[i][c] / (to - from);
            }
        }

        double sum = 0;
        for (var i = from; i < to; i++)
        {
            for (var c = 0; c < classes; c++)
            {
                var p = probabilities[i][c];
                sum += p > 0 ? p * Math.Log(p / marginal[c]) : 0;
            }
        }

        return sum / (to - from);
    }
}
