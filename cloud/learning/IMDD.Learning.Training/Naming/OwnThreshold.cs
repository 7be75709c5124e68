namespace IMDD.Learning.Training.Naming;

/// <summary>Finds a row's own threshold, below which what it fits best is an unknown defect.</summary>
internal static class OwnThreshold
{
    /// <summary>Where no example is there to find it by.</summary>
    public const double Default = 0.1;

    private const double KeptShare = 0.05;
    private const double BelowKept = 0.8;
    private const double Highest = 0.5;

    /// <summary>Somewhat below what nearly all regions reach that the row is right for.</summary>
    /// <param name="scores">The row's mean score on each.</param>
    public static double Of(IEnumerable<double> scores)
    {
        var sorted = scores.Order().ToList();
        return sorted.Count == 0 ? Default : Math.Min(Highest, BelowKept * sorted[(int)(KeptShare * sorted.Count)]);
    }
}
