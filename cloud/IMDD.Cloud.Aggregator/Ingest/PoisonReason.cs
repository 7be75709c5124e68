namespace IMDD.Cloud.Aggregator.Ingest;

/// <summary>Why a record was set aside: <c>error.type</c> of the dead letter.</summary>
public static class PoisonReason
{
    /// <summary>Not the event that the topic promises.</summary>
    public const string Malformed = "malformed";

    /// <summary>Older than its camera's latest event by more than ids are kept: a duplicate of it could not be told.</summary>
    public const string Expired = "expired";

    /// <summary>Further ahead of the clock than is believed.</summary>
    public const string Future = "future";
}
