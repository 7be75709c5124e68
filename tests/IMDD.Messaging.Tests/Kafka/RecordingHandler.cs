using System.Collections.Concurrent;
using IMDD.Messaging.Kafka;

namespace IMDD.Messaging.Tests.Kafka;

/// <summary>Keeps what it is told; answers with stored positions.</summary>
internal sealed class RecordingHandler(IReadOnlyDictionary<KafkaPartition, long>? stored = null) : IKafkaRebalanceHandler
{
    private readonly ConcurrentDictionary<KafkaPartition, byte> _owned = new();

    public IReadOnlyCollection<KafkaPartition> Owned => [.. _owned.Keys];

    public ConcurrentQueue<KafkaPartition> Lost { get; } = new();

    public ConcurrentQueue<KafkaPartition> Revoked { get; } = new();

    public IReadOnlyList<KafkaPosition> OnAssigned(IReadOnlyList<KafkaPartition> partitions)
    {
        foreach (var partition in partitions)
        {
            _owned.TryAdd(partition, 0).ShouldBeTrue();
        }

        return stored is null ? [] : [.. partitions.Where(stored.ContainsKey).Select(p => new KafkaPosition(p, stored[p]))];
    }

    public void OnRevoked(IReadOnlyList<KafkaPartition> partitions, bool lost)
    {
        foreach (var partition in partitions)
        {
            _owned.TryRemove(partition, out _).ShouldBeTrue();
            (lost ? Lost : Revoked).Enqueue(partition);
        }
    }
}
