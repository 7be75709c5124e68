namespace IMDD.Contracts.Queries;

/// <summary>What a point says of the process. Western Electric rules 1 and 4. Strings on the wire; the list is open.</summary>
public static class PChartSignal
{
    public const string None = "none";

    /// <summary>Above the upper limit.</summary>
    public const string AboveLimit = "above-limit";

    /// <summary>Below the lower limit: better than it was, or no longer seen.</summary>
    public const string BelowLimit = "below-limit";

    /// <summary>The last of eight in a row above the center line.</summary>
    public const string RunAbove = "run-above";

    /// <summary>The last of eight in a row below the center line.</summary>
    public const string RunBelow = "run-below";
}
