using System.Net;
using System.Security.Cryptography.X509Certificates;
using MQTTnet.Adapter;
using MQTTnet.Formatter;
using MQTTnet.Packets;
using MQTTnet.Protocol;

namespace IMDD.Messaging.Mqtt;

/// <summary>
/// Stops reading from the network while the broker has more messages under way to us than our Receive Maximum allows. A broker that keeps
/// to MQTT 5 never lets it come to that; mosquitto up to 2.0.x does not (its send quota leaks with each PUBACK) and would fill our memory
/// with a shift's backlog of frames. With reading stopped, TCP makes it wait.
/// </summary>
internal sealed class WindowedChannelAdapter(IMqttChannelAdapter inner, PacketReader reader, OrderedAcknowledgements acknowledgements) : IMqttChannelAdapter
{
    public long BytesReceived => inner.BytesReceived;

    public long BytesSent => inner.BytesSent;

    public X509Certificate2? ClientCertificate => inner.ClientCertificate;

    public EndPoint? RemoteEndPoint => inner.RemoteEndPoint;

    public EndPoint? LocalEndPoint => inner.LocalEndPoint;

    public bool IsSecureConnection => inner.IsSecureConnection;

    public MqttPacketFormatterAdapter PacketFormatterAdapter => inner.PacketFormatterAdapter;

    public Task ConnectAsync(CancellationToken cancellationToken) => inner.ConnectAsync(cancellationToken);

    public Task DisconnectAsync(CancellationToken cancellationToken) => inner.DisconnectAsync(cancellationToken);

    public async Task<MqttPacket?> ReceivePacketAsync(CancellationToken cancellationToken)
    {
        await acknowledgements.RoomAsync().WaitAsync(cancellationToken);
        var packet = await reader.ReadAsync(cancellationToken);
        if (packet is MqttPublishPacket { QualityOfServiceLevel: > MqttQualityOfServiceLevel.AtMostOnce })
        {
            acknowledgements.Received();
        }

        return packet;
    }

    public Task SendPacketAsync(MqttPacket packet, CancellationToken cancellationToken) => inner.SendPacketAsync(packet, cancellationToken);

    public void ResetStatistics() => inner.ResetStatistics();

    public void Dispose() => inner.Dispose();
}
