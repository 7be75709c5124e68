using System.Text;
using Confluent.Kafka;
using IMDD.Messaging.Telemetry;
using Microsoft.Extensions.Logging;

namespace IMDD.Messaging.Kafka;

/// <summary>
/// The consumer over librdkafka. In a group it uses the cooperative protocol: <see cref="IKafkaRebalanceHandler"/> is told of what is added
/// to and taken from what it has, never of the whole.
/// </summary>
internal sealed class KafkaConsumer : IKafkaConsumer
{
    private readonly string _groupId;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly ClientErrorLog _errors;
    private readonly IConsumer<byte[]?, byte[]?> _consumer;
    private IKafkaRebalanceHandler? _handler;
    private WholeTopics? _wholeTopics;
    private Error? _fatal;

    public KafkaConsumer(KafkaOptions options, string groupId, TimeProvider time, ILogger logger)
    {
        _groupId = groupId;
        _logger = logger;
        _time = time;
        _errors = new ClientErrorLog("consumer", time, logger);
        _consumer = new ConsumerBuilder<byte[]?, byte[]?>(KafkaClientConfiguration.Consumer(options, groupId))
            .SetErrorHandler((_, error) => OnError(error))
            .SetLogHandler((_, log) => _logger.ClientLog("consumer", log.Facility, log.Message))
            .SetPartitionsAssignedHandler((_, partitions) => OnAssigned(partitions))
            .SetPartitionsRevokedHandler((_, positions) => OnRevoked(positions, lost: false))
            .SetPartitionsLostHandler((_, positions) => OnRevoked(positions, lost: true))
            .Build();
    }

    /// <inheritdoc/>
    public void Subscribe(IReadOnlyList<string> topics, IKafkaRebalanceHandler? handler = null)
    {
        _handler = handler;
        _consumer.Subscribe(topics);
    }

    /// <inheritdoc/>
    public void Assign(IReadOnlyList<string> topics, bool fromBeginning)
    {
        _wholeTopics = new WholeTopics(_consumer, topics, fromBeginning, _time, _logger);
        _wholeTopics.Refresh();
    }

    /// <inheritdoc/>
    public IReadOnlyList<KafkaPosition> EndPositions()
    {
        try
        {
            return _wholeTopics?.EndPositions() ?? [];
        }
        catch (KafkaException exception)
        {
            throw Unavailable(exception.Error, exception);
        }
    }

    /// <inheritdoc/>
    public KafkaConsumed? Poll(TimeSpan timeout)
    {
        ThrowIfFatal();
        _wholeTopics?.RefreshIfDue();
        try
        {
            if (_consumer.Consume(timeout) is not { Message: { } message } record)
            {
                return null;
            }

            MessagingTelemetry.Received(MessageDestination.Kafka(record.Topic));
            return new KafkaConsumed(
                record.Topic,
                record.Partition.Value,
                record.Offset.Value,
                message.Key is null ? null : Encoding.UTF8.GetString(message.Key),
                message.Value is { } value ? new ReadOnlyMemory<byte>(value) : default(ReadOnlyMemory<byte>?), // plain null would be empty memory
                KafkaBytes.FromHeaders(message.Headers),
                DateTimeOffset.FromUnixTimeMilliseconds(message.Timestamp.UnixTimestampMs));
        }
        catch (ConsumeException exception) when (exception.Error.IsFatal)
        {
            throw Unavailable(exception.Error, exception);
        }
        catch (ConsumeException exception)
        {
            // A topic that is not there yet, a permission that is missing, a poll that came too late: librdkafka goes on by itself.
            _logger.TopicNotReadable(exception.ConsumerRecord?.Topic ?? "", $"{exception.Error.Code}: {exception.Error.Reason}");
            return null;
        }
        catch (KafkaException exception)
        {
            throw Unavailable(exception.Error, exception);
        }
    }

    /// <inheritdoc/>
    public void Commit(IReadOnlyList<KafkaPosition> positions)
    {
        if (positions.Count == 0)
        {
            return;
        }

        try
        {
            _consumer.Commit(positions.Select(p => new TopicPartitionOffset(p.Partition.Topic, p.Partition.Partition, p.NextOffset)));
        }
        catch (KafkaException exception) when (!exception.Error.IsFatal)
        {
            // The group moved on, or its coordinator is away: the next commit says more than this one.
            _logger.CommitFailed(_groupId, $"{exception.Error.Code}: {exception.Error.Reason}");
        }
        catch (KafkaException exception)
        {
            throw Unavailable(exception.Error, exception);
        }
    }

    /// <summary>Leaves the group, so that the others need not wait for the session timeout, and closes.</summary>
    public void Dispose()
    {
        try
        {
            _consumer.Close();
        }
        catch (KafkaException exception)
        {
            _logger.ClientError("consumer", exception.Error.Code.ToString(), exception.Error.Reason);
        }

        _consumer.Dispose();
    }

    private static string Names(IEnumerable<TopicPartition> partitions) => string.Join(", ", partitions.Select(p => $"{p.Topic}[{p.Partition.Value}]"));

    private static KafkaPartition Ours(TopicPartition partition) => new(partition.Topic, partition.Partition.Value);

    private static KafkaUnavailableException Unavailable(Error error, Exception? inner) => new($"Kafka: {error.Code}: {error.Reason}", inner);

    private List<TopicPartitionOffset> OnAssigned(List<TopicPartition> partitions)
    {
        _logger.Rebalanced(_groupId, "assigned", Names(partitions));
        var stored = (_handler?.OnAssigned(partitions.ConvertAll(Ours)) ?? []).ToDictionary(p => p.Partition, p => p.NextOffset);

        // Unset: the group's committed offset or, without one, the beginning.
        return partitions.ConvertAll(p => new TopicPartitionOffset(p, stored.TryGetValue(Ours(p), out var next) ? new Offset(next) : Offset.Unset));
    }

    private void OnRevoked(List<TopicPartitionOffset> positions, bool lost)
    {
        var partitions = positions.ConvertAll(p => p.TopicPartition);
        _logger.Rebalanced(_groupId, lost ? "lost" : "revoked", Names(partitions));
        _handler?.OnRevoked(partitions.ConvertAll(Ours), lost);
    }

    private void OnError(Error error)
    {
        _errors.Report(error);
        if (error.IsFatal)
        {
            _fatal = error;
        }
    }

    private void ThrowIfFatal()
    {
        if (_fatal is { } error)
        {
            throw Unavailable(error, null);
        }
    }
}
