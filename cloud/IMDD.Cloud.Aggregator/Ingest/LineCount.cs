using IMDD.Cloud.Aggregator.Windows;

namespace IMDD.Cloud.Aggregator.Ingest;

/// <summary>What a batch adds to a line.</summary>
internal sealed class LineCount
{
    public VerdictCounts Counts { get; } = new();
    public long Simulated { get; set; }

    /// <summary>1970 where every outcome of the batch is simulated.</summary>
    public DateTimeOffset Last { get; set; } = DateTimeOffset.UnixEpoch;
}
