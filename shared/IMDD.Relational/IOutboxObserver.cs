namespace IMDD.Relational;

/// <summary>Learns what the outbox has published.</summary>
public interface IOutboxObserver
{
    /// <summary>Kafka has records of these topics; called once a round, and not for what a crash kept from being told. Must be quick and not throw.</summary>
    void Published(IReadOnlySet<string> topics);
}
