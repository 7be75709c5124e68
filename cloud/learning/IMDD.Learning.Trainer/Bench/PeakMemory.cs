using System.Globalization;

namespace IMDD.Learning.Trainer.Bench;

/// <summary>How far resident memory rises above what it is now, as Linux counts it.</summary>
internal sealed class PeakMemory
{
    private const string Status = "/proc/self/status";

    // Writing 5 there sets the peak to the present size (proc(5)).
    private const string ClearReferences = "/proc/self/clear_refs";

    private readonly long _begin;

    public PeakMemory()
    {
        FreedMemory.GiveBack();
        File.WriteAllText(ClearReferences, "5");
        _begin = Resident();
    }

    /// <summary>Bytes beyond the size at the beginning.</summary>
    public long Bytes => Read("VmHWM:") - _begin;

    /// <summary>The process's peak since it began to measure, all of it.</summary>
    public static long ProcessBytes => Read("VmHWM:");

    /// <summary>Bytes in memory now.</summary>
    public static long Resident() => Read("VmRSS:");

    private static long Read(string field)
    {
        var line = File.ReadLines(Status).First(line => line.StartsWith(field, StringComparison.Ordinal));
        return 1024 * long.Parse(line[field.Length..].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture);
    }
}
