namespace IMDD.Cloud.Aggregator.State;

/// <summary>Where a partition is read on, and who may say so: the owner of the latest epoch.</summary>
public sealed class PartitionRow
{
    public required string Topic { get; init; }
    public required int Partition { get; init; }
    public long NextOffset { get; set; }
    public long Epoch { get; set; }
    public required string Owner { get; set; }
    public long Records { get; set; }
    public long Duplicates { get; set; }
    public long DeadLettered { get; set; }
}
