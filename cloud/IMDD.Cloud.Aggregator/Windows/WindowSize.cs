namespace IMDD.Cloud.Aggregator.Windows;

/// <summary>Sizes of windows, and where they start.</summary>
internal static class WindowSize
{
    public const int Minute = 60;
    public const int Hour = 3600;

    public static IReadOnlyList<int> All { get; } = [Minute, Hour];

    /// <summary>Start of the window of <paramref name="seconds"/> that contains <paramref name="time"/>; windows start at multiples of their size, UTC.</summary>
    public static DateTimeOffset StartOf(DateTimeOffset time, int seconds)
    {
        var ticks = time.UtcTicks;
        return new DateTimeOffset(ticks - (ticks % (seconds * TimeSpan.TicksPerSecond)), TimeSpan.Zero);
    }
}
