namespace IMDD.Cli.Bench;

/// <summary>How long to measure.</summary>
internal sealed record EdgeBenchOptions
{
    public const int Cameras = 4;
    public const int Side = 512;
    public const int Threads = 1;

    /// <summary>Distinct pictures, sent in turn.</summary>
    public const int Pictures = 32;

    /// <summary>
    /// Parts into which the load is cut, each between two slices of the bare loop: the speed of a shared machine drifts, and a ratio of what
    /// was measured minutes apart shows the drift.
    /// </summary>
    public int Rounds { get; init; } = 5;

    /// <summary>Frames of one slice of the bare loop.</summary>
    public int BareFrames { get; init; } = 150;

    /// <summary>Frames before anything is measured: compilation and first allocations.</summary>
    public int WarmUpFrames { get; init; } = 2000;

    /// <summary>Frames at full load, all rounds together.</summary>
    public int LoadFrames { get; init; } = 4000;

    /// <summary>First frame of those over which the growth of memory is fitted.</summary>
    public int SlopeFrom { get; init; } = 2000;

    /// <summary>Frames at half the rate.</summary>
    public int PacedFrames { get; init; } = 1000;

    public int StoreOutcomes { get; init; } = 30_000;

    public int Syncs { get; init; } = 300;

    /// <summary>The long run.</summary>
    public static EdgeBenchOptions Full { get; } = new() { Rounds = 10, BareFrames = 300, LoadFrames = 20_000, SlopeFrom = 5000, PacedFrames = 5000, StoreOutcomes = 200_000 };
}
