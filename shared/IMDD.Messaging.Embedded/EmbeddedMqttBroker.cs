using System.Buffers;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using IMDD.Messaging.Mqtt;
using MQTTnet;
using MQTTnet.Protocol;
using MQTTnet.Server;

namespace IMDD.Messaging.Embedded;

/// <summary>
/// An MQTT 5 broker in this process, on loopback: for the demo, development and fault tests. Sessions and retained messages live in memory
/// only; proofs that survive a broker's death need a real broker.
/// </summary>
public sealed class EmbeddedMqttBroker : IAsyncDisposable
{
    // The library drops the oldest message above its limit, in silence; ours answers the publisher with 0x97 long before (BacklogLimit).
    private const int LibraryBacklog = 1_000_000;
    private readonly MqttServer _server;
    private readonly ReceiveWindows _windows;
    private readonly ConcurrentDictionary<string, Fault> _faults = new(StringComparer.Ordinal);

    private EmbeddedMqttBroker(int port)
    {
        Port = port;
        var factory = new MqttServerFactory();
        var options = factory.CreateServerOptionsBuilder()
            .WithDefaultEndpoint()
            .WithDefaultEndpointBoundIPAddress(IPAddress.Loopback)
            .WithDefaultEndpointBoundIPV6Address(IPAddress.None)
            .WithDefaultEndpointPort(port)
            .WithPersistentSessions()
            .WithMaxPendingMessagesPerClient(LibraryBacklog)
            .Build();
        _server = factory.CreateMqttServer(options);
        _windows = new ReceiveWindows(_server);
        _server.ValidatingConnectionAsync += OnConnectAsync;
        _server.InterceptingPublishAsync += OnPublishAsync;
    }

    /// <summary>TCP port on 127.0.0.1.</summary>
    public int Port { get; }

    /// <summary>Messages that may wait for one client; a publication that it would get is then refused with 0x97 Quota exceeded.</summary>
    public int BacklogLimit
    {
        get => _windows.BacklogLimit;
        set => _windows.BacklogLimit = value;
    }

    /// <summary>Starts a broker.</summary>
    /// <param name="port">Port, or 0 for a free one.</param>
    /// <exception cref="SocketException">The port is in use.</exception>
    public static async Task<EmbeddedMqttBroker> StartAsync(int port = 0)
    {
        var broker = new EmbeddedMqttBroker(port == 0 ? LoopbackPort.Free() : port);
        await broker._server.StartAsync();
        return broker;
    }

    /// <summary>Refuses each CONNECT of <paramref name="clientId"/> with this reason code; null: accepts again.</summary>
    public void RefuseConnect(string clientId, int? reasonCode) => Set(clientId, f => f with { ConnectReason = reasonCode });

    /// <summary>Answers each PUBLISH of <paramref name="clientId"/> with this reason code and drops it; null: accepts again.</summary>
    public void RefusePublish(string clientId, int? reasonCode) => Set(clientId, f => f with { PublishReason = reasonCode });

    /// <summary>Delays each PUBLISH of <paramref name="clientId"/>, and so its PUBACK.</summary>
    public void DelayPublish(string clientId, TimeSpan delay) => Set(clientId, f => f with { PublishDelay = delay });

    /// <summary>Cuts the client's connection at its next PUBLISH: before it is processed (lost) or after (its PUBACK is lost).</summary>
    public void DisconnectAtNextPublish(string clientId, bool afterProcessing) =>
        Set(clientId, f => f with { Cut = afterProcessing ? Cut.AfterProcessing : Cut.BeforeProcessing });

    /// <summary>Ends a client's connection with a DISCONNECT of this reason code, 0x8E (taken over) or 0x9D (server moved) say.</summary>
    public Task DisconnectAsync(string clientId, int reasonCode = (int)MqttDisconnectReasonCode.AdministrativeAction) =>
        _server.DisconnectClientAsync(clientId, new MqttServerClientDisconnectOptions { ReasonCode = (MqttDisconnectReasonCode)reasonCode });

    /// <summary>Forgets a client's session, as a broker does that has lost its disk; a connection of it is cut.</summary>
    public async Task DropSessionAsync(string clientId)
    {
        if ((await _server.GetSessionsAsync()).SingleOrDefault(s => s.Id == clientId) is { } session)
        {
            await session.DeleteAsync();
        }
    }

    /// <summary>Client ids connected now.</summary>
    public async Task<IReadOnlyList<string>> GetClientIdsAsync() => [.. (await _server.GetClientsAsync()).Select(c => c.Id)];

    /// <summary>The payload retained on a topic, or null.</summary>
    public async Task<ReadOnlyMemory<byte>?> GetRetainedAsync(string topic) =>
        await _server.GetRetainedMessageAsync(topic) is { } message
            ? new ReadOnlyMemory<byte>(message.Payload.ToArray())
            : default(ReadOnlyMemory<byte>?); // plain null would be empty memory

    /// <summary>Publishes as the broker itself.</summary>
    public Task PublishAsync(MqttOutgoing message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        var builder = new MqttApplicationMessageBuilder()
            .WithTopic(message.Topic)
            .WithPayload(message.Payload.ToArray())
            .WithContentType(message.ContentType)
            .WithRetainFlag(message.Retain)
            .WithQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce);
        foreach (var (name, value) in message.UserProperties)
        {
            builder.WithUserProperty(name, System.Text.Encoding.UTF8.GetBytes(value).AsMemory());
        }

        return _server.InjectApplicationMessage(new InjectedMqttApplicationMessage(builder.Build()), cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_server.IsStarted)
        {
            await _server.StopAsync(new MqttServerStopOptions
            {
                DefaultClientDisconnectOptions = new MqttServerClientDisconnectOptions { ReasonCode = MqttDisconnectReasonCode.ServerShuttingDown },
            });
        }

        _server.Dispose();
    }

    private void Set(string clientId, Func<Fault, Fault> change) => _faults.AddOrUpdate(clientId, _ => change(new Fault()), (_, fault) => change(fault));

    private Task OnConnectAsync(ValidatingConnectionEventArgs connect)
    {
        if (_faults.TryGetValue(connect.ClientId, out var fault) && fault.ConnectReason is { } reason)
        {
            connect.ReasonCode = (MqttConnectReasonCode)reason;
        }

        return Task.CompletedTask;
    }

    private async Task OnPublishAsync(InterceptingPublishEventArgs publish)
    {
        if (_windows.IsFullFor(publish.ApplicationMessage.Topic))
        {
            publish.ProcessPublish = false;
            publish.Response.ReasonCode = MqttPubAckReasonCode.QuotaExceeded;
            return;
        }

        if (!_faults.TryGetValue(publish.ClientId, out var fault))
        {
            return;
        }

        if (fault.PublishDelay > TimeSpan.Zero)
        {
            await Task.Delay(fault.PublishDelay, publish.CancellationToken);
        }

        if (fault.PublishReason is { } reason)
        {
            publish.ProcessPublish = false;
            publish.Response.ReasonCode = (MqttPubAckReasonCode)reason;
        }

        if (fault.Cut != Cut.None)
        {
            Set(publish.ClientId, f => f with { Cut = Cut.None });
            publish.ProcessPublish = fault.Cut == Cut.AfterProcessing;
            publish.CloseConnection = true;
        }
    }
}
