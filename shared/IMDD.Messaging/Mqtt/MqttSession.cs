using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using MQTTnet;
using MQTTnet.Exceptions;
using MQTTnet.Formatter;
using MQTTnet.Packets;
using MQTTnet.Protocol;

namespace IMDD.Messaging.Mqtt;

/// <summary>The session over MQTTnet.</summary>
internal sealed class MqttSession : IMqttSession
{
    // With the library's default of 8 KiB a payload of 64 KiB is 14 times slower, one of 512 KiB unusable.
    private const int SocketBufferBytes = 1 << 20;

    // A message that the broker answers by closing the connection, this many times in a row, is the cause and not the victim.
    private const int LargestSuspicion = 3;
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan HandlerStopTimeout = TimeSpan.FromSeconds(10);

    // So many connections in a row that the broker ended soon and without a reason look like another client with our id: mosquitto before
    // 2.0.15 does not say 0x8E.
    private const int ShortLivesToSay = 5;

    private readonly MqttSessionOptions _options;
    private readonly Func<MqttOutgoing>? _will;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly MqttDispatcher _dispatcher;
    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource _firstConnection = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _lock = new();
    private TaskCompletionSource<MqttConnection> _connected = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _connecting = Task.CompletedTask;
    private Task _dispatching = Task.CompletedTask;
    private bool _started;
    private bool _disposed;

    public MqttSession(MqttSessionOptions options, Func<MqttOutgoing>? will, TimeProvider time, ILogger logger)
    {
        _options = options;
        _will = will;
        _time = time;
        _logger = logger;
        _dispatcher = new MqttDispatcher(options.ClientId, logger);
    }

    /// <inheritdoc/>
    public event Action<MqttSessionEvent>? StateChanged;

    /// <inheritdoc/>
    public bool IsConnected => Current is { Client.IsConnected: true };

    private MqttConnection? Current => NextConnectionAsync() is { IsCompletedSuccessfully: true } connected ? connected.Result : null;

    /// <inheritdoc/>
    public async Task SubscribeAsync(
        string topicFilter, Func<IMqttDelivery, CancellationToken, ValueTask> handler, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(topicFilter);
        ArgumentNullException.ThrowIfNull(handler);
        ObjectDisposedException.ThrowIf(_disposed, this);
        var subscription = new MqttSubscription(topicFilter, handler);
        MqttConnection? connection;
        lock (_lock)
        {
            // Under the lock of the announcement: it is in the list before that reads it, or sees the connection announced.
            _dispatcher.Register(subscription);
            connection = Current;
        }

        if (connection is null)
        {
            return; // The next connection brings it.
        }

        try
        {
            await SubscribeAsync(connection, [subscription], MqttRetainHandling.SendAtSubscribe, cancellationToken);
        }
        catch (Exception exception) when (IsConnectionLoss(exception) && !cancellationToken.IsCancellationRequested)
        {
            // As above.
        }
    }

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (!_started)
            {
                _started = true;
                _dispatching = Task.Run(() => _dispatcher.RunAsync(_stopping.Token), CancellationToken.None);
                _connecting = Task.Run(() => StayConnectedAsync(_stopping.Token), CancellationToken.None);
            }
        }

        await _firstConnection.Task.WaitAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async Task PublishAsync(MqttOutgoing message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (message.Topic.Length == 0 || message.Topic.AsSpan().ContainsAny('+', '#', '\0'))
        {
            throw new ArgumentException($"'{message.Topic}' is not a topic to publish to.", nameof(message));
        }

        var packet = MqttMessages.ToPublish(message);
        for (var suspicion = 0; ;)
        {
            var connection = await NextConnectionAsync().WaitAsync(cancellationToken);
            if (MqttMessages.PacketSizeBound(message) > connection.MaximumPacketSize)
            {
                throw Refused(message, (int)MqttClientDisconnectReason.PacketTooLarge, $"larger than the broker's limit of {connection.MaximumPacketSize} bytes");
            }

            if (await TryPublishAsync(connection, packet, cancellationToken) is { } result)
            {
                if ((int)result.ReasonCode >= 0x80)
                {
                    throw Refused(message, (int)result.ReasonCode, result.ReasonString ?? result.ReasonCode.ToString());
                }

                return;
            }

            var closed = await connection.Closed.WaitAsync(cancellationToken);
            suspicion = BlamesPublication(closed.Reason) ? suspicion + 1 : 0;
            if (suspicion == LargestSuspicion)
            {
                throw Refused(message, (int)closed.Reason, $"the broker closes the connection on it ({closed.Reason})");
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        lock (_lock)
        {
            if (_disposed)
            {
                return;
            }

            _disposed = true;
        }

        if (Current is { } connection)
        {
            await connection.FinishAcknowledgingAsync(CloseTimeout);
        }

        await _stopping.CancelAsync();
        _firstConnection.TrySetException(new ObjectDisposedException(nameof(MqttSession)));
        await Task.WhenAny(Task.WhenAll(_connecting, _dispatching), Task.Delay(HandlerStopTimeout, _time, CancellationToken.None));
        lock (_lock)
        {
            _connected.TrySetException(new ObjectDisposedException(nameof(MqttSession)));
            _ = _connected.Task.Exception;
        }

        _stopping.Dispose();
    }

    private static MqttPublishRefusedException Refused(MqttOutgoing message, int reasonCode, string reason) => new(message.Topic, reasonCode, reason);

    private static bool IsConnectionLoss(Exception exception) =>
        exception is MqttCommunicationException or OperationCanceledException or ObjectDisposedException or IOException or InvalidOperationException;

    private static bool BlamesPublication(MqttClientDisconnectReason reason) => reason
        is MqttClientDisconnectReason.MalformedPacket
        or MqttClientDisconnectReason.ProtocolError
        or MqttClientDisconnectReason.TopicNameInvalid
        or MqttClientDisconnectReason.PacketTooLarge
        or MqttClientDisconnectReason.PayloadFormatInvalid
        or MqttClientDisconnectReason.RetainNotSupported
        or MqttClientDisconnectReason.QosNotSupported;

    private static async Task<MqttClientPublishResult> SendAsync(MqttConnection connection, MqttApplicationMessage packet)
    {
        try
        {
            return await connection.Client.PublishAsync(packet, connection.Gone);
        }
        finally
        {
            connection.SendWindow.Release();
        }
    }

    private static async Task SubscribeAsync(
        MqttConnection connection, IReadOnlyList<MqttSubscription> subscriptions, MqttRetainHandling retained, CancellationToken cancellationToken)
    {
        // One packet each: a refusal then names its filter, and brokers limit the number of filters in a packet.
        foreach (var subscription in subscriptions)
        {
            var filter = new MqttTopicFilter
            {
                Topic = subscription.TopicFilter,
                QualityOfServiceLevel = MqttQualityOfServiceLevel.AtLeastOnce,
                RetainHandling = retained,
            };
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, connection.Gone);
            either.CancelAfter(ConnectTimeout);
            var result = await connection.Client.SubscribeAsync(new MqttClientSubscribeOptions { TopicFilters = [filter] }, either.Token);
            var code = result.Items.First().ResultCode;
            if ((int)code >= 0x80)
            {
                throw new MqttSubscribeRefusedException(subscription.TopicFilter, (int)code, result.ReasonString ?? code.ToString());
            }
        }
    }

    /// <summary>The connection, if it is up, or the next one: never one that is known to be gone, or publications would spin on it.</summary>
    private Task<MqttConnection> NextConnectionAsync()
    {
        lock (_lock)
        {
            if (_connected.Task.IsCompletedSuccessfully && _connected.Task.Result.Closed.IsCompleted)
            {
                _connected = new(TaskCreationOptions.RunContinuationsAsynchronously);
            }

            return _connected.Task;
        }
    }

    /// <summary>
    /// Makes it the connection that publications take, also where nobody has asked for one since the last was lost. False when there are
    /// more subscriptions than it has.
    /// </summary>
    private bool Announce(MqttConnection connection, int subscribed)
    {
        lock (_lock)
        {
            if (subscribed < _dispatcher.Subscriptions.Count)
            {
                return false;
            }

            if (_connected.Task.IsCompletedSuccessfully)
            {
                _connected = new(TaskCreationOptions.RunContinuationsAsynchronously);
            }

            _connected.TrySetResult(connection);
            return true;
        }
    }

    /// <summary>The PUBACK, or null when the connection was lost before it.</summary>
    private static async Task<MqttClientPublishResult?> TryPublishAsync(
        MqttConnection connection, MqttApplicationMessage packet, CancellationToken cancellationToken)
    {
        try
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, connection.Gone);
            await connection.SendWindow.WaitAsync(either.Token);

            // Not given the caller's token: who gives up does not free the window, only the PUBACK or the end of the connection does.
            var sending = SendAsync(connection, packet);
            _ = sending.ContinueWith(static t => t.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
            return await sending.WaitAsync(cancellationToken);
        }
        catch (Exception exception) when (IsConnectionLoss(exception) && !cancellationToken.IsCancellationRequested)
        {
            // A write that failed may go unnoticed until the next keep-alive.
            await connection.AbortAsync();
            return null;
        }
    }

    private async Task StayConnectedAsync(CancellationToken stopping)
    {
        var backoff = new ReconnectBackoff(_options.MaximumReconnectDelay, _options.ClientId);
        var hadSession = false;
        var shortLives = 0;
        try
        {
            while (true)
            {
                var (connection, result, failure) = await ConnectAsync(cleanStart: _options.CleanStart && !hadSession, stopping);
                if (connection is not null)
                {
                    var since = _time.GetTimestamp();
                    var end = await LiveAsync(connection, result!, hadSession, stopping);
                    hadSession = true;
                    if (end)
                    {
                        return;
                    }

                    // Held longer than the longest wait, it was a good one, and the next wait is short again. Shorter, two clients with one
                    // id would fight at full speed.
                    if (_time.GetElapsedTime(since) >= _options.MaximumReconnectDelay)
                    {
                        backoff.Reset();
                        shortLives = 0;
                    }
                    else if (++shortLives % ShortLivesToSay == 0)
                    {
                        _logger.ShortLives(shortLives, _options.ClientId);
                    }

                    await Task.Delay(backoff.Next(), _time, stopping);
                    continue;
                }

                shortLives = 0;
                var delay = backoff.Next();
                _logger.ConnectFailed(_options.Host, _options.Port, _options.ClientId, delay, failure);
                await Task.Delay(delay, _time, stopping);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // Disposed.
        }
    }

    /// <summary>One CONNECT; a refusal or a failure is a reason in words.</summary>
    private async Task<(MqttConnection? Connection, MqttClientConnectResult? Result, string Failure)> ConnectAsync(
        bool cleanStart, CancellationToken stopping)
    {
        var acknowledgements = new OrderedAcknowledgements(_options.ReceiveMaximum);
        var client = new MqttClientFactory().CreateMqttClient(new WindowedAdapterFactory(acknowledgements, _options.MaximumPacketSize));
        var connection = new MqttConnection(client, acknowledgements);
        client.DisconnectedAsync += closed =>
        {
            connection.Close(closed);
            return Task.CompletedTask;
        };
        client.ApplicationMessageReceivedAsync += received =>
        {
            received.AutoAcknowledge = false;
            _dispatcher.Enqueue(new MqttDelivery(connection, received, MqttMessages.ToIncoming(received.ApplicationMessage, _time.GetTimestamp())));
            return Task.CompletedTask;
        };
        try
        {
            using var timeout = new CancellationTokenSource(ConnectTimeout, _time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, stopping);
            var result = await client.ConnectAsync(ConnectOptions(cleanStart), either.Token);
            if (result.ResultCode == MqttClientConnectResultCode.Success)
            {
                connection.Accept(result);
                return (connection, result, "");
            }

            client.Dispose();
            return (null, null, $"0x{(int)result.ResultCode:X2} {result.ReasonString ?? result.ResultCode.ToString()}");
        }
        catch (Exception exception) when (!stopping.IsCancellationRequested)
        {
            client.Dispose();
            return (null, null, exception is OperationCanceledException ? $"no answer within {ConnectTimeout}" : Describe(exception));
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    /// <summary>The life of a connection after its CONNACK. True when there must not be another.</summary>
    private async Task<bool> LiveAsync(MqttConnection connection, MqttClientConnectResult result, bool hadSession, CancellationToken stopping)
    {
        connection.StartAcknowledging(reason => _logger.AcknowledgementNotSent(_options.ClientId, reason));
        _logger.Connected(_options.Host, _options.Port, _options.ClientId, result.IsSessionPresent);
        if (hadSession && !result.IsSessionPresent && _options.SessionExpiry > TimeSpan.Zero)
        {
            _logger.SessionLost(_options.ClientId);
            Raise(MqttSessionEventKind.SessionLost, "The broker does not know the session any more (Session Present = 0).");
        }

        string? failure = null;
        try
        {
            for (var subscribed = 0; !Announce(connection, subscribed);)
            {
                subscribed = await SubscribeAllAsync(connection, subscribed, hadSession && result.IsSessionPresent, stopping);
            }

            Raise(MqttSessionEventKind.Connected, result.IsSessionPresent ? "Session resumed." : "New session.");
            _firstConnection.TrySetResult();
            await connection.Closed.WaitAsync(stopping);
        }
        catch (Exception exception) when (!stopping.IsCancellationRequested)
        {
            failure = Describe(exception);
        }
        finally
        {
            await connection.CloseAsync(CloseTimeout);
        }

        var closed = await connection.Closed;
        var reason = failure ?? (closed.ReasonString is { Length: > 0 } text ? text : closed.Exception is { } e ? Describe(e) : closed.Reason.ToString());
        switch (closed.Reason)
        {
            case MqttClientDisconnectReason.SessionTakenOver:
                _logger.TakenOver(_options.ClientId);
                Raise(MqttSessionEventKind.TakenOver, $"Another client connected as '{_options.ClientId}'.");
                return true;
            case MqttClientDisconnectReason.ServerMoved:
                _logger.Moved(_options.ClientId, reason);
                Raise(MqttSessionEventKind.Moved, reason);
                return true;
            default:
                _logger.Disconnected(_options.ClientId, _options.Host, _options.Port, reason);
                Raise(MqttSessionEventKind.Disconnected, reason);
                return false;
        }
    }

    private async Task<int> SubscribeAllAsync(MqttConnection connection, int done, bool isResumed, CancellationToken stopping)
    {
        // A process that has just begun knows no retained message, though its session may know the subscription; one that comes back
        // finds in its session what was retained meanwhile.
        var retained = isResumed ? MqttRetainHandling.SendAtSubscribeIfNewSubscriptionOnly : MqttRetainHandling.SendAtSubscribe;
        var subscriptions = _dispatcher.Subscriptions;
        await SubscribeAsync(connection, [.. subscriptions.Skip(done)], retained, stopping);
        return subscriptions.Count;
    }

    private MqttClientOptions ConnectOptions(bool cleanStart)
    {
        var options = new MqttClientOptions
        {
            ProtocolVersion = MqttProtocolVersion.V500,
            ClientId = _options.ClientId,
            CleanSession = cleanStart,
            SessionExpiryInterval = (uint)Math.Min(_options.SessionExpiry.TotalSeconds, uint.MaxValue - 1),
            ReceiveMaximum = (ushort)_options.ReceiveMaximum,
            MaximumPacketSize = (uint)_options.MaximumPacketSize,
            KeepAlivePeriod = _options.KeepAlive,
            Timeout = _options.KeepAlive < ConnectTimeout ? _options.KeepAlive : ConnectTimeout,
            AllowPacketFragmentation = true,
            ValidateFeatures = false,
            ChannelOptions = new MqttClientTcpOptions
            {
                RemoteEndpoint = new System.Net.DnsEndPoint(_options.Host, _options.Port),
                BufferSize = SocketBufferBytes,

                // The library's default resets the connection at its end, and with it throws away the last acknowledgements.
                LingerState = new LingerOption(false, 0),
                TlsOptions = MqttTls.Create(_options) ?? new MqttClientTlsOptions { UseTls = false },
            },
        };
        if (_options.Username is not null)
        {
            options.Credentials = new MqttClientCredentials(_options.Username, System.Text.Encoding.UTF8.GetBytes(_options.Password ?? ""));
        }

        if (_will?.Invoke() is { } will)
        {
            MqttMessages.SetWill(options, will);
        }

        return options;
    }

    private void Raise(MqttSessionEventKind kind, string detail)
    {
        try
        {
            StateChanged?.Invoke(new MqttSessionEvent(kind, detail));
        }
        catch (Exception exception)
        {
            _logger.ListenerFailed(exception, _options.ClientId);
        }
    }

    private static string Describe(Exception exception)
    {
        var innermost = exception.GetBaseException();
        return innermost == exception ? exception.Message : $"{exception.Message} ({innermost.Message})";
    }
}
