namespace IMDD.Cloud.Aggregator.Windows;

/// <summary>Since when this instance has had the partitions it has: right after it got some, windows lack what is about to be read.</summary>
internal sealed class CatchUp(TimeProvider time)
{
    private long _began = time.GetTimestamp();

    public void Begin() => Interlocked.Exchange(ref _began, time.GetTimestamp());

    public TimeSpan Elapsed => time.GetElapsedTime(Interlocked.Read(ref _began));
}
