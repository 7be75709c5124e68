using System.Buffers;
using System.Buffers.Binary;
using System.Net.Sockets;
using MQTTnet.Adapter;
using MQTTnet.Channel;
using MQTTnet.Exceptions;
using MQTTnet.Formatter;
using MQTTnet.Packets;
using MQTTnet.Protocol;

namespace IMDD.Messaging.Mqtt;

/// <summary>
/// Takes packets from a connection. The library's own reader asks the socket for 4 KiB at a time and allocates every payload twice, which
/// for a picture costs more than everything else that is done with the message; here it goes straight into a pooled array, and only what
/// is before it is given to the library to decode.
/// </summary>
internal sealed class PacketReader(IMqttChannel channel, MqttPacketFormatterAdapter formatter, int maximumPacketSize)
{
    private const int BufferBytes = 4096;
    private const int LargestLengthBytes = 4;
    private const int LengthBits = 7;
    private const int SmallestHeaderBytes = 2;

    /// <summary>A smaller payload is copied: that costs less than to keep account of it.</summary>
    private const int PooledFromBytes = 4096;

    private readonly byte[] _buffer = new byte[BufferBytes];
    private int _start;
    private int _end;

    /// <summary>The next packet; null when the connection is closed or the token fires.</summary>
    /// <exception cref="MqttCommunicationException">The connection broke.</exception>
    /// <exception cref="MqttProtocolViolationException">What came is no packet of MQTT 5 (section 2.1), or one larger than we said we accept.</exception>
    public async Task<MqttPacket?> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (await NextByteAsync(cancellationToken) is not { } first || await LengthAsync(cancellationToken) is not { } length)
            {
                return null;
            }

            var isPooled = first >> 4 == (int)MqttControlPacketType.Publish && length >= PooledFromBytes;
            var body = isPooled ? ArrayPool<byte>.Shared.Rent(length) : new byte[length];

            // An array whose filling was cut off is not given back: a read may still be at it.
            return await FillAsync(body, length, cancellationToken) ? Decode(first, body, length, isPooled) : null;
        }
        catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException)
        {
            return null;
        }
        catch (Exception exception) when (exception is SocketException or IOException)
        {
            throw new MqttCommunicationException(exception);
        }
    }

    /// <summary>Where the payload of a PUBLISH begins (section 3.3); null when the packet is cut short.</summary>
    private static int? PayloadOffset(byte first, ReadOnlySpan<byte> body)
    {
        const int TextLengthBytes = 2;
        const int PacketIdentifierBytes = 2;
        const byte QualityOfService = 0b0110;
        if (body.Length < TextLengthBytes)
        {
            return null;
        }

        var at = TextLengthBytes + BinaryPrimitives.ReadUInt16BigEndian(body) + ((first & QualityOfService) != 0 ? PacketIdentifierBytes : 0);
        var properties = 0;
        for (var index = 0; index < LargestLengthBytes && at < body.Length; index++)
        {
            var next = body[at++];
            properties |= (next & 0x7F) << (LengthBits * index);
            if ((next & 0x80) == 0)
            {
                return at + properties <= body.Length ? at + properties : null;
            }
        }

        return null;
    }

    private MqttPacket Decode(byte first, byte[] body, int length, bool isPooled)
    {
        // The library only asks whether this is 0, which to it means that there was no packet.
        var packetLength = length + SmallestHeaderBytes;
        if (isPooled && PayloadOffset(first, body.AsSpan(0, length)) is { } offset)
        {
            var publish = (MqttPublishPacket)formatter.Decode(new ReceivedMqttPacket(first, new ArraySegment<byte>(body, 0, offset), packetLength));
            publish.Payload = new ReadOnlySequence<byte>(new PooledPayload(body, offset, length - offset).Memory);
            return publish;
        }

        return formatter.Decode(new ReceivedMqttPacket(first, new ArraySegment<byte>(body, 0, length), packetLength))
            ?? throw new MqttProtocolViolationException("Received a malformed packet.");
    }

    private async ValueTask<byte?> NextByteAsync(CancellationToken cancellationToken)
    {
        if (_start == _end)
        {
            (_start, _end) = (0, await channel.ReadAsync(_buffer, 0, BufferBytes, cancellationToken));
        }

        return _end == 0 ? null : _buffer[_start++];
    }

    /// <summary>The Remaining Length (section 1.5.5).</summary>
    private async ValueTask<int?> LengthAsync(CancellationToken cancellationToken)
    {
        var length = 0;
        for (var index = 0; index < LargestLengthBytes; index++)
        {
            if (await NextByteAsync(cancellationToken) is not { } next)
            {
                return null;
            }

            length |= (next & 0x7F) << (LengthBits * index);
            if ((next & 0x80) == 0)
            {
                return length <= maximumPacketSize
                    ? length
                    : throw new MqttProtocolViolationException($"Received a packet of {length} bytes: at most {maximumPacketSize} were announced as acceptable.");
            }
        }

        throw new MqttProtocolViolationException("The remaining length has more than four bytes.");
    }

    private async ValueTask<bool> FillAsync(byte[] body, int length, CancellationToken cancellationToken)
    {
        var filled = Math.Min(_end - _start, length);
        _buffer.AsSpan(_start, filled).CopyTo(body);
        _start += filled;
        while (filled < length)
        {
            var read = await channel.ReadAsync(body, filled, length - filled, cancellationToken);
            if (read == 0)
            {
                return false;
            }

            filled += read;
        }

        return true;
    }
}
