namespace IMDD.Messaging.Kafka;

/// <summary>A member of a consumer group; auto-commit is off. Not thread-safe: one thread polls and commits.</summary>
public interface IKafkaConsumer : IDisposable
{
    /// <summary>Joins the group for these topics. Topics that do not exist yet are picked up when they appear.</summary>
    void Subscribe(IReadOnlyList<string> topics, IKafkaRebalanceHandler? handler = null);

    /// <summary>Reads these partitions without a group, from the beginning or the end.</summary>
    void Assign(IReadOnlyList<string> topics, bool fromBeginning);

    /// <summary>Of each partition that <see cref="Assign"/> has found and that is not empty, the position after its last record, as of now.</summary>
    /// <exception cref="KafkaUnavailableException">The brokers do not say.</exception>
    IReadOnlyList<KafkaPosition> EndPositions();

    /// <summary>The next record, or null when none came in time. Runs the rebalance handler.</summary>
    /// <exception cref="KafkaUnavailableException">A fatal error of the client.</exception>
    KafkaConsumed? Poll(TimeSpan timeout);

    /// <summary>Commits to the group, for monitoring and for members without stored positions.</summary>
    void Commit(IReadOnlyList<KafkaPosition> positions);
}
