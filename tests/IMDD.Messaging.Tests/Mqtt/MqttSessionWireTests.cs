using System.Net;
using System.Net.Sockets;
using System.Text;
using IMDD.Messaging.Mqtt;

namespace IMDD.Messaging.Tests.Mqtt;

/// <summary>A session against a broker that sends given bytes after its CONNACK (MQTT 5, sections 2.1 and 3.3).</summary>
public sealed class MqttSessionWireTests : IAsyncLifetime
{
    private const int PayloadBytes = 20_000;
    private static readonly byte[] ConnAck = [0x20, 3, 0, 0, 0];

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private MqttHarness _harness = null!;

    public enum Damage
    {
        TopicBeyondTheEnd,
        PropertiesBeyondTheEnd,
        EndlessPropertyLength,
        EndlessRemainingLength,
        LargerThanAnnounced,
        UnknownPacketType,
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync()
    {
        _listener.Start();
        _harness = new MqttHarness(((IPEndPoint)_listener.LocalEndpoint).Port);
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await _harness.DisposeAsync();
        _listener.Dispose();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(5000)]
    public async Task Publish_InPieces_ArrivesWhole(int piece)
    {
        var probe = _harness.Probe("reader");
        var starting = probe.StartAsync("t", acknowledge: false);
        using var connection = await AcceptAsync();
        await starting;
        var payload = new byte[PayloadBytes];
        new Random(3).NextBytes(payload);
        byte[] bytes = [.. Packet(0x32, [.. Text("t"), 0, 1, 0, .. payload]), .. Packet(0x32, [.. Text("t"), 0, 2, 0, 42])];
        foreach (var part in bytes.Chunk(piece))
        {
            await connection.GetStream().WriteAsync(part, Stop);
        }

        await probe.ReceivedAsync(2);
        probe.Deliveries[0].Message.Payload.ToArray().ShouldBe(payload);
        probe.Deliveries[1].Message.Payload.ToArray().ShouldBe([42]);
    }

    [Theory]
    [InlineData(Damage.TopicBeyondTheEnd)]
    [InlineData(Damage.PropertiesBeyondTheEnd)]
    [InlineData(Damage.EndlessPropertyLength)]
    [InlineData(Damage.EndlessRemainingLength)]
    [InlineData(Damage.LargerThanAnnounced)]
    [InlineData(Damage.UnknownPacketType)]
    public async Task Packet_Damaged_EndsTheConnectionAndNotTheSession(Damage damage)
    {
        var probe = _harness.Probe("reader", o => o.MaximumPacketSize = 1 << 20);
        var starting = probe.StartAsync("t", acknowledge: false);
        using (var connection = await AcceptAsync())
        {
            await starting;
            await connection.GetStream().WriteAsync(Bytes(damage), Stop);
            await probe.HappenedAsync(MqttSessionEventKind.Disconnected);
        }

        using var again = await AcceptAsync();
        await probe.HappenedAsync(MqttSessionEventKind.Connected, 2);
        probe.Deliveries.ShouldBeEmpty();
    }

    private static byte[] Bytes(Damage damage) => damage switch
    {
        Damage.TopicBeyondTheEnd => Packet(0x32, [0xFF, 0xFF, .. new byte[PayloadBytes]]),
        Damage.PropertiesBeyondTheEnd => Packet(0x32, [.. Text("t"), 0, 1, 0xFF, 0xFF, 0x7F, .. new byte[PayloadBytes]]),
        Damage.EndlessPropertyLength => Packet(0x32, [.. Text("t"), 0, 1, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, .. new byte[PayloadBytes]]),
        Damage.EndlessRemainingLength => [0x32, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF],
        Damage.LargerThanAnnounced => [0x32, 0xFF, 0xFF, 0xFF, 0x7F, .. Text("t")],
        _ => Packet(0x00, [1, 2, 3]),
    };

    private static byte[] Text(string text) => [0, (byte)text.Length, .. Encoding.ASCII.GetBytes(text)];

    private static byte[] Packet(byte first, byte[] body)
    {
        List<byte> packet = [first];
        var length = body.Length;
        do
        {
            packet.Add((byte)((length & 0x7F) | (length > 0x7F ? 0x80 : 0)));
            length >>= 7;
        }
        while (length > 0);
        packet.AddRange(body);
        return [.. packet];
    }

    /// <summary>Takes the next connection and answers its CONNECT and SUBSCRIBE.</summary>
    private async Task<TcpClient> AcceptAsync()
    {
        var connection = await _listener.AcceptTcpClientAsync(Stop);
        connection.NoDelay = true;
        await ReadPacketAsync(connection);
        await connection.GetStream().WriteAsync(ConnAck, Stop);
        var subscribe = await ReadPacketAsync(connection);
        await connection.GetStream().WriteAsync(Packet(0x90, [subscribe[0], subscribe[1], 0, 1]), Stop);
        return connection;
    }

    private static async Task<byte[]> ReadPacketAsync(TcpClient connection)
    {
        var header = new byte[2];
        await connection.GetStream().ReadExactlyAsync(header, Stop);
        header[1].ShouldBeLessThan((byte)0x80, "CONNECT and SUBSCRIBE of a test are short");
        var body = new byte[header[1]];
        await connection.GetStream().ReadExactlyAsync(body, Stop);
        return body;
    }
}
