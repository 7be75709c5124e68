using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace IMDD.Messaging.Kafka;

/// <summary>Reads every partition of some topics without a group; looks for new topics and partitions as it goes.</summary>
internal sealed class WholeTopics(
    IConsumer<byte[]?, byte[]?> consumer, IReadOnlyList<string> topics, bool fromBeginning, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan MetadataTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan WhileMissing = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Otherwise = TimeSpan.FromMinutes(1);
    private readonly HashSet<TopicPartition> _assigned = [];
    private readonly HashSet<string> _missing = [.. topics];
    private bool _isFirst = true;
    private long _lastRefresh;

    /// <summary>Assigns what is new.</summary>
    public void Refresh()
    {
        var added = new List<TopicPartitionOffset>();
        using var admin = new DependentAdminClientBuilder(consumer.Handle).Build();
        foreach (var topic in topics)
        {
            var partitions = PartitionsOf(admin, topic);
            if (partitions.Count > 0)
            {
                _missing.Remove(topic);
            }

            // "From the end" means the end as it was at the start: what appears later is read whole.
            var start = fromBeginning || !_isFirst ? Offset.Beginning : Offset.End;
            added.AddRange(partitions.Select(p => new TopicPartition(topic, p)).Where(_assigned.Add).Select(p => new TopicPartitionOffset(p, start)));
        }

        _isFirst = false;
        _lastRefresh = time.GetTimestamp();
        if (added.Count > 0)
        {
            consumer.IncrementalAssign(added);
        }
    }

    /// <summary>Looks again from time to time.</summary>
    public void RefreshIfDue()
    {
        if (time.GetElapsedTime(_lastRefresh) >= (_missing.Count > 0 ? WhileMissing : Otherwise))
        {
            Refresh();
        }
    }

    /// <summary>The positions after the last records.</summary>
    public IReadOnlyList<KafkaPosition> EndPositions()
    {
        List<KafkaPosition> ends = [];
        foreach (var partition in _assigned)
        {
            var offsets = consumer.QueryWatermarkOffsets(partition, MetadataTimeout);
            if (offsets.High.Value > offsets.Low.Value)
            {
                ends.Add(new KafkaPosition(new KafkaPartition(partition.Topic, partition.Partition.Value), offsets.High.Value));
            }
        }

        return ends;
    }

    private List<int> PartitionsOf(IAdminClient admin, string topic)
    {
        try
        {
            var metadata = admin.GetMetadata(topic, MetadataTimeout).Topics.SingleOrDefault(t => t.Topic == topic);
            if (metadata is null || metadata.Error.IsError)
            {
                logger.TopicNotReadable(topic, metadata?.Error.Reason ?? "unknown topic");
                return [];
            }

            return metadata.Partitions.ConvertAll(p => p.PartitionId);
        }
        catch (KafkaException exception)
        {
            logger.TopicNotReadable(topic, exception.Error.Reason);
            return [];
        }
    }
}
