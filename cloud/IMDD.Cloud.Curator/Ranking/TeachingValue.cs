namespace IMDD.Cloud.Curator.Ranking;

/// <summary>What a frame is worth by itself, before others are looked at.</summary>
internal static class TeachingValue
{
    /// <summary>A factor that is not known, and one half of what it may be: the median of a novelty, the density of a frame alone.</summary>
    public const double Unknown = 0.5;

    /// <summary>Of a frame that failed and that the edge, which measures all, did not call uncertain.</summary>
    private const double NotCalledUncertain = 0.1;

    /// <summary>A factor never makes nothing of the others.</summary>
    private const double Least = 0.05;

    /// <summary>Uncertainty × novelty, each 0 to 1 or null.</summary>
    public static double Base(double? uncertainty, double? novelty)
        => Math.Max(uncertainty ?? NotCalledUncertain, Least) * Math.Max(novelty ?? Unknown, Least);
}
