using MathNet.Numerics.Distributions;

namespace IMDD.Learning.Evaluation.Images;

/// <summary>A share with its exact (Clopper–Pearson) confidence interval.</summary>
public readonly record struct ExactInterval(double Share, double Low, double High)
{
    /// <summary>The interval of <paramref name="successes"/> out of <paramref name="trials"/>.</summary>
    /// <param name="successes">0 to <paramref name="trials"/>.</param>
    /// <param name="trials">At least 1.</param>
    /// <param name="confidence">Such as 0.95.</param>
    public static ExactInterval Of(long successes, long trials, double confidence = 0.95)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(trials, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(successes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(successes, trials);
        if (confidence is not (> 0 and < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(confidence), confidence, "Expected between 0 and 1.");
        }

        var tail = (1 - confidence) / 2;
        var low = successes == 0 ? 0 : Beta.InvCDF(successes, trials - successes + 1, tail);
        var high = successes == trials ? 1 : Beta.InvCDF(successes + 1, trials - successes, 1 - tail);
        return new ExactInterval((double)successes / trials, low, high);
    }
}
