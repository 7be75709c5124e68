namespace IMDD.Cloud.Curator;

/// <summary>Messages an operator may search for.</summary>
internal static partial class Log
{
    [LoggerMessage(5001, LogLevel.Warning, "Record {Topic}[{Partition}]@{Offset} set aside as {Reason}: {Detail}")]
    public static partial void RecordSetAside(ILogger logger, string topic, int partition, long offset, string reason, string detail);

    [LoggerMessage(5002, LogLevel.Error, "The database refused a batch of {Records} records; trying again in {Delay}: {Error}")]
    public static partial void BatchFailed(ILogger logger, int records, TimeSpan delay, string error);

    [LoggerMessage(5003, LogLevel.Information, "{Rater} says {Judgement} of {Digest}; consensus {State}")]
    public static partial void Labelled(ILogger logger, string rater, string judgement, string digest, string state);

    [LoggerMessage(5004, LogLevel.Information, "New name '{Class}' proposed by {Rater}")]
    public static partial void TermProposed(ILogger logger, string @class, string rater);

    [LoggerMessage(5005, LogLevel.Warning, "The queue keeps its order for now: {Error}")]
    public static partial void RankFailed(ILogger logger, string error);
}
