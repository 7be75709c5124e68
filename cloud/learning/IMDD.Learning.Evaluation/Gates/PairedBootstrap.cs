namespace IMDD.Learning.Evaluation.Gates;

/// <summary>
/// 95 % interval of a difference between two models on the same pictures: in each resample pictures are drawn with replacement, the same for both
/// (Efron and Tibshirani 1993, percentile intervals).
/// </summary>
internal static class PairedBootstrap
{
    private const double Tail = 0.025;

    /// <summary>The interval; null where most resamples leave the difference undefined.</summary>
    /// <param name="pictures">At least one.</param>
    /// <param name="difference">Of the challenger to the champion on some pictures; null where it is undefined.</param>
    /// <param name="resamples">How many.</param>
    /// <param name="seed">Of the draws.</param>
    public static (double Low, double High)? Interval(
        IReadOnlyList<PairedPicture> pictures, Func<IReadOnlyList<PairedPicture>, double?> difference, int resamples, int seed)
    {
        Random random = new(seed);
        List<double> drawn = [];
        var sample = new PairedPicture[pictures.Count];
        for (var resample = 0; resample < resamples; resample++)
        {
            for (var i = 0; i < sample.Length; i++)
            {
                sample[i] = pictures[random.Next(pictures.Count)];
            }

            if (difference(sample) is { } value)
            {
                drawn.Add(value);
            }
        }

        if (2 * drawn.Count <= resamples)
        {
            return null;
        }

        drawn.Sort();
        return (drawn[(int)(Tail * (drawn.Count - 1))], drawn[(int)Math.Ceiling((1 - Tail) * (drawn.Count - 1))]);
    }
}
