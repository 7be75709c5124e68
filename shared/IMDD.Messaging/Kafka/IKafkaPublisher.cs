namespace IMDD.Messaging.Kafka;

/// <summary>An idempotent producer. Reports come back on its own thread, per partition in the order of production.</summary>
public interface IKafkaPublisher : IDisposable
{
    /// <summary>Hands a record over; false when the local queue is full, then wait and try again. Never throws for a broker's reason.</summary>
    bool TryPublish(KafkaRecord record, Action<PublishReport> onReport);

    /// <summary>Waits until everything handed over is reported, or the token fires.</summary>
    Task FlushAsync(CancellationToken cancellationToken);
}
