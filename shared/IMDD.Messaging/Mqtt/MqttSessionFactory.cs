using Microsoft.Extensions.Logging;

namespace IMDD.Messaging.Mqtt;

/// <summary>Makes sessions.</summary>
internal sealed class MqttSessionFactory(TimeProvider time, ILoggerFactory loggers) : IMqttSessionFactory
{
    /// <inheritdoc/>
    public IMqttSession Create(MqttSessionOptions options, Func<MqttOutgoing>? will = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new ObservedMqttSession(new MqttSession(options, will, time, loggers.CreateLogger<MqttSession>()));
    }
}
