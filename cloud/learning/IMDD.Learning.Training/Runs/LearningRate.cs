namespace IMDD.Learning.Training.Runs;

/// <summary>Rises linearly, then falls along half a cosine to a hundredth (Loshchilov and Hutter 2017, without restarts).</summary>
public static class LearningRate
{
    private const double WarmUpShare = 0.05;
    private const long MaxWarmUp = 300;
    private const double Floor = 0.01;

    /// <summary>The rate of a step.</summary>
    /// <param name="step">From 0.</param>
    /// <param name="steps">In all.</param>
    /// <param name="highest">At the end of the rise.</param>
    public static double At(long step, long steps, double highest)
    {
        var warmUp = Math.Clamp((long)(steps * WarmUpShare), 1, MaxWarmUp);
        if (step < warmUp)
        {
            return highest * (step + 1) / warmUp;
        }

        var done = Math.Min(1, (double)(step - warmUp) / Math.Max(1, steps - warmUp));
        return highest * (Floor + (1 - Floor) * (1 + Math.Cos(Math.PI * done)) / 2);
    }
}
