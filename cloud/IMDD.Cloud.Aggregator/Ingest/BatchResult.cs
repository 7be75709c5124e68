using IMDD.Messaging.Kafka;

namespace IMDD.Cloud.Aggregator.Ingest;

/// <summary>What one transaction did.</summary>
/// <param name="Committed">Positions that stand now.</param>
/// <param name="Fenced">Partitions that another instance has taken; nothing of them was counted.</param>
/// <param name="Counted">Outcomes counted.</param>
/// <param name="Duplicates">Outcomes counted before.</param>
/// <param name="DeadLettered">Records set aside.</param>
internal sealed record BatchResult(
    IReadOnlyList<KafkaPosition> Committed, IReadOnlyList<KafkaPartition> Fenced, int Counted, int Duplicates, int DeadLettered);
