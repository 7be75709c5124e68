using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace IMDD.Messaging.Kafka;

/// <summary>Makes clients by the options.</summary>
internal sealed class KafkaClientFactory(IOptions<KafkaOptions> options, TimeProvider time, ILoggerFactory loggers) : IKafkaClientFactory
{
    /// <inheritdoc/>
    public IKafkaPublisher CreatePublisher() => new KafkaPublisher(options.Value, time, loggers.CreateLogger<KafkaPublisher>());

    /// <inheritdoc/>
    public IKafkaConsumer CreateConsumer(string groupId)
    {
        ArgumentException.ThrowIfNullOrEmpty(groupId);
        return new KafkaConsumer(options.Value, groupId, time, loggers.CreateLogger<KafkaConsumer>());
    }
}
