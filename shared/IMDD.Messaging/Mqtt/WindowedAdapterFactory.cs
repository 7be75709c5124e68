using MQTTnet;
using MQTTnet.Adapter;
using MQTTnet.Diagnostics.Logger;
using MQTTnet.Formatter;
using MQTTnet.Implementations;

namespace IMDD.Messaging.Mqtt;

/// <summary>Puts <see cref="WindowedChannelAdapter"/> around the library's own, over TCP or TLS.</summary>
internal sealed class WindowedAdapterFactory(OrderedAcknowledgements acknowledgements, int maximumPacketSize) : IMqttClientAdapterFactory
{
    public IMqttChannelAdapter CreateClientAdapter(MqttClientOptions options, MqttPacketInspector packetInspector, IMqttNetLogger logger)
    {
        MqttTcpChannel channel = new(options);
        MqttPacketFormatterAdapter formatter = new(options.ProtocolVersion, new MqttBufferWriter(options.WriterBufferSize, options.WriterBufferSizeMax));
        MqttChannelAdapter adapter = new(channel, formatter, logger) { AllowPacketFragmentation = options.AllowPacketFragmentation };
        return new WindowedChannelAdapter(adapter, new PacketReader(channel, formatter, maximumPacketSize), acknowledgements);
    }
}
