using System.Diagnostics;

namespace IMDD.Cli.Bench;

/// <summary>How long the disk takes to make a small write durable.</summary>
internal static class FsyncProbe
{
    private const int WriteBytes = 4096;

    public static LatencyFigures Measure(string directory, int syncs)
    {
        using FileStream file = new(Path.Combine(directory, "fsync"), FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        var block = new byte[WriteBytes];
        var times = new double[syncs];
        for (var index = 0; index < syncs; index++)
        {
            var start = Stopwatch.GetTimestamp();
            file.Write(block);
            file.Flush(flushToDisk: true);
            times[index] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }

        return LatencyFigures.Of(times);
    }
}
