using IMDD.Contracts.Events;
using IMDD.Contracts.Review;
using IMDD.Messaging.Kafka;

namespace IMDD.Cloud.Curator.Ingest;

/// <summary>What a record of one of the input topics says.</summary>
internal abstract record ParsedExample
{
    /// <summary>A frame to look at; its picture may not be stored yet.</summary>
    public sealed record Offered(ReviewFrame Frame, double? Novelty = null, FrameEmbedding? Embedding = null) : ParsedExample;

    /// <summary>The picture of a failed frame, stored after its event.</summary>
    public sealed record Stored(FrameStored Data, DateTimeOffset? Time) : ParsedExample;

    /// <summary>A test part, or an event that this version has no use for.</summary>
    public sealed record Ignored : ParsedExample;

    /// <summary>Not the event that the topic promises.</summary>
    public sealed record Poison(KafkaConsumed Record, string Detail) : ParsedExample;
}
