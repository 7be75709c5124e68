namespace IMDD.Learning.Trainer.Bench;

/// <summary>One time over another.</summary>
/// <param name="Clock">By the clock.</param>
/// <param name="Processor">By processor time; with one thread, what a machine with nothing else to do would show.</param>
internal sealed record TimeRatio(double Clock, double Processor)
{
    public static TimeRatio Of(Spent time, Spent other) => new(time.Clock / other.Clock, time.Processor / other.Processor);
}
