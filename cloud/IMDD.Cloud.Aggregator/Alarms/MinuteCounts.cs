namespace IMDD.Cloud.Aggregator.Alarms;

/// <summary>Counts of one minute.</summary>
internal readonly record struct MinuteCounts(DateTimeOffset Start, long Passed, long Failed, long Undecided, bool Complete)
{
    public long Inspected => Passed + Failed;
    public long Total => Passed + Failed + Undecided;
}
