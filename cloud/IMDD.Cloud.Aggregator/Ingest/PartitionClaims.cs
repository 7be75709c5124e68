using System.Collections.Concurrent;
using System.Globalization;
using IMDD.Cloud.Aggregator.State;
using IMDD.Messaging.Kafka;
using IMDD.Relational;
using Microsoft.EntityFrameworkCore;

namespace IMDD.Cloud.Aggregator.Ingest;

/// <summary>
/// Who may count a partition. Taking a partition raises its epoch in the database; every transaction compares the epoch it was given with
/// the one that stands, so that an instance that lost the partition while it was paused cannot commit.
/// </summary>
internal sealed class PartitionClaims(IDbContextFactory<AggregatorDbContext> contexts, InstanceIdentity instance)
{
    private readonly ConcurrentDictionary<KafkaPartition, long> _epochs = new();

    /// <summary>Takes partitions; where to read each on. One that was never read is read from its beginning.</summary>
    public IReadOnlyList<KafkaPosition> Claim(IReadOnlyList<KafkaPartition> partitions)
    {
        using var context = contexts.CreateDbContext();
        using var transaction = context.Database.BeginTransaction();
        List<KafkaPosition> positions = [];
        List<(KafkaPartition Partition, long Epoch)> claimed = [];
        foreach (var partition in partitions.OrderBy(p => p.Topic, StringComparer.Ordinal).ThenBy(p => p.Partition))
        {
            var row = Sql.Query(
                context,
                """
                INSERT INTO partitions (topic, partition, next_offset, epoch, owner, records, duplicates, dead_lettered)
                VALUES ({0}, {1}, 0, 1, {2}, 0, 0, 0)
                ON CONFLICT (topic, partition) DO UPDATE SET epoch = partitions.epoch + 1, owner = excluded.owner
                RETURNING epoch, next_offset
                """,
                [partition.Topic, partition.Partition, instance.Name])[0];
            claimed.Add((partition, Convert.ToInt64(row[0], CultureInfo.InvariantCulture)));
            positions.Add(new KafkaPosition(partition, Convert.ToInt64(row[1], CultureInfo.InvariantCulture)));
        }

        transaction.Commit();
        foreach (var (partition, epoch) in claimed)
        {
            _epochs[partition] = epoch;
        }

        return positions;
    }

    /// <summary>Gives partitions up; their records are no longer ours.</summary>
    public void Release(IEnumerable<KafkaPartition> partitions)
    {
        foreach (var partition in partitions)
        {
            _epochs.TryRemove(partition, out _);
        }
    }

    public bool IsOurs(KafkaPartition partition) => _epochs.ContainsKey(partition);

    /// <summary>
    /// Moves a partition's position, in the caller's transaction; false when another instance has taken it. The row stays locked until
    /// the transaction ends, so that nobody can take it in between.
    /// </summary>
    public bool Advance(AggregatorDbContext context, KafkaPosition next, long records, long duplicates, long deadLettered)
        => _epochs.TryGetValue(next.Partition, out var epoch)
        && Sql.Execute(
            context,
            """
            UPDATE partitions SET next_offset = {0}, records = records + {1}, duplicates = duplicates + {2}, dead_lettered = dead_lettered + {3}
            WHERE topic = {4} AND partition = {5} AND epoch = {6}
            """,
            [next.NextOffset, records, duplicates, deadLettered, next.Partition.Topic, next.Partition.Partition, epoch]) == 1;

    /// <summary>Locks the row of a partition that is ours; false when another instance has taken it.</summary>
    public bool Lock(AggregatorDbContext context, KafkaPartition partition)
        => _epochs.TryGetValue(partition, out var epoch)
        && Sql.Execute(
            context,
            "UPDATE partitions SET epoch = epoch WHERE topic = {0} AND partition = {1} AND epoch = {2}",
            [partition.Topic, partition.Partition, epoch]) == 1;
}
