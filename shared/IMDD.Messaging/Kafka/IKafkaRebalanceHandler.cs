namespace IMDD.Messaging.Kafka;

/// <summary>Who keeps offsets with its state, rather than in Kafka, says where to start. Called on the polling thread.</summary>
public interface IKafkaRebalanceHandler
{
    /// <summary>
    /// Partitions were given to us. Returns where to read on, for each that has a stored position; the others start at the group's
    /// committed offset or, without one, at the beginning.
    /// </summary>
    IReadOnlyList<KafkaPosition> OnAssigned(IReadOnlyList<KafkaPartition> partitions);

    /// <summary>Partitions were taken from us, in order or (when <paramref name="lost"/>) after another member already has them.</summary>
    void OnRevoked(IReadOnlyList<KafkaPartition> partitions, bool lost);
}
