namespace IMDD.Cli.Bench;

/// <summary>How long to measure.</summary>
internal sealed record EdgeBenchOptions
{
    public const int Cameras = 4;
    public const int Side = 512;
    public const int Threads = 1;

    /// <summary>Distinct pictures, sent in turn.</summary>
    public const int Pictures = 32;

    public int BareFrames { get; init; } = 300;

    /// <summary>Frames before anything is measured: compilation and first allocations.</summary>
    public int WarmUpFrames { get; init; } = 2000;

    /// <summary>Frames at full load.</summary>
    public int LoadFrames { get; init; } = 4000;

    /// <summary>First frame of those over which the growth of memory is fitted.</summary>
    public int SlopeFrom { get; init; } = 2000;

    /// <summary>Frames at half the rate.</summary>
    public int PacedFrames { get; init; } = 1000;

    public int StoreOutcomes { get; init; } = 30_000;

    public int Syncs { get; init; } = 300;

    /// <summary>The long run.</summary>
    public static EdgeBenchOptions Full { get; } = new() { BareFrames = 1000, LoadFrames = 20_000, SlopeFrom = 5000, PacedFrames = 5000, StoreOutcomes = 200_000 };
}
