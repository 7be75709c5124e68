using MQTTnet;
using MQTTnet.Adapter;
using MQTTnet.Diagnostics.Logger;
using MQTTnet.Implementations;

namespace IMDD.Messaging.Mqtt;

/// <summary>Puts <see cref="WindowedChannelAdapter"/> around the library's own.</summary>
internal sealed class WindowedAdapterFactory(OrderedAcknowledgements acknowledgements) : IMqttClientAdapterFactory
{
    private readonly MqttClientAdapterFactory _inner = new();

    public IMqttChannelAdapter CreateClientAdapter(MqttClientOptions options, MqttPacketInspector packetInspector, IMqttNetLogger logger) =>
        new WindowedChannelAdapter(_inner.CreateClientAdapter(options, packetInspector, logger), acknowledgements);
}
