using System.Diagnostics;

namespace IMDD.Learning.Trainer.Bench;

/// <summary>Time that something took: of the clock, and of this process's processors, which what else runs on the machine does not lengthen as much.</summary>
/// <param name="Clock">Of the clock.</param>
/// <param name="Processor">Of all threads of the process.</param>
internal readonly record struct Spent(TimeSpan Clock, TimeSpan Processor)
{
    /// <summary>Since the clock and the process began.</summary>
    public static Spent Now() => new(Stopwatch.GetElapsedTime(0), Environment.CpuUsage.TotalTime);

    /// <summary>Runs something.</summary>
    public static Spent Of(Action run)
    {
        var start = Now();
        run();
        return Now() - start;
    }

    public static Spent operator -(Spent left, Spent right) => new(left.Clock - right.Clock, left.Processor - right.Processor);

    public static Spent operator +(Spent left, Spent right) => new(left.Clock + right.Clock, left.Processor + right.Processor);

    /// <summary>The median of each.</summary>
    public static Spent MedianOf(IReadOnlyList<Spent> times)
        => new(times.Select(time => time.Clock).Order().ElementAt(times.Count / 2), times.Select(time => time.Processor).Order().ElementAt(times.Count / 2));
}
