using System.Buffers;
using System.Collections.Concurrent;
using MQTTnet;
using MQTTnet.Protocol;
using MQTTnet.Server;

namespace IMDD.Messaging.Embedded;

/// <summary>
/// Makes the broker keep to each client's Receive Maximum (MQTT 5, 3.1.2.11.3), which MQTTnet.Server ignores: it would push a whole
/// backlog into a client that can work on sixteen frames. Holds back what exceeds the window and hands it to the session as PUBACKs come.
/// Only for sessions whose subscriptions are all at QoS 1: a PUBLISH at QoS 0 has no PUBACK that would open the window.
/// </summary>
internal sealed class ReceiveWindows
{
    private readonly MqttServer _server;
    private readonly ConcurrentDictionary<string, Window> _windows = new(StringComparer.Ordinal);

    public ReceiveWindows(MqttServer server)
    {
        _server = server;
        server.ValidatingConnectionAsync += OnConnectAsync;
        server.ClientSubscribedTopicAsync += OnSubscribedAsync;
        server.ClientUnsubscribedTopicAsync += OnUnsubscribedAsync;
        server.InterceptingClientEnqueueAsync += OnEnqueueAsync;
        server.ClientAcknowledgedPublishPacketAsync += OnAcknowledgedAsync;
        server.SessionDeletedAsync += OnSessionDeletedAsync;
    }

    /// <summary>Messages that may wait for one client.</summary>
    public int BacklogLimit { get; set; } = 10_000;

    /// <summary>True while a client that would get a message on this topic has its backlog at the limit.</summary>
    public bool IsFullFor(string topic) => _windows.Values.Any(window =>
    {
        lock (window)
        {
            return window.Waiting.Count >= BacklogLimit
                && window.Filters.Any(f => MqttTopicFilterComparer.Compare(topic, f) == MqttTopicFilterCompareResult.IsMatch);
        }
    });

    private Task OnConnectAsync(ValidatingConnectionEventArgs connect)
    {
        var maximum = connect.ReceiveMaximum == 0 ? ushort.MaxValue : connect.ReceiveMaximum;
        _windows.GetOrAdd(connect.ClientId, _ => new Window()).Maximum = maximum;
        return Task.CompletedTask;
    }

    private Task OnSubscribedAsync(ClientSubscribedTopicEventArgs subscribed)
    {
        if (_windows.TryGetValue(subscribed.ClientId, out var window))
        {
            lock (window)
            {
                window.Filters.Add(subscribed.TopicFilter.Topic);
                window.HasAtMostOnce |= subscribed.TopicFilter.QualityOfServiceLevel == MqttQualityOfServiceLevel.AtMostOnce;
            }
        }

        return Task.CompletedTask;
    }

    private Task OnUnsubscribedAsync(ClientUnsubscribedTopicEventArgs unsubscribed)
    {
        if (_windows.TryGetValue(unsubscribed.ClientId, out var window))
        {
            lock (window)
            {
                window.Filters.Remove(unsubscribed.TopicFilter);
            }
        }

        return Task.CompletedTask;
    }

    private Task OnEnqueueAsync(InterceptingClientApplicationMessageEnqueueEventArgs enqueue)
    {
        var message = enqueue.ApplicationMessage;
        if (message.QualityOfServiceLevel != MqttQualityOfServiceLevel.AtMostOnce
            && _windows.TryGetValue(enqueue.ReceiverClientId, out var window)
            && !window.HasAtMostOnce)
        {
            lock (window)
            {
                if (window.UnderWay < window.Maximum && window.Waiting.Count == 0)
                {
                    window.UnderWay++;
                }
                else
                {
                    window.Waiting.Enqueue(Copy(message));
                    enqueue.AcceptEnqueue = false;
                }
            }
        }

        return Task.CompletedTask;
    }

    private async Task OnAcknowledgedAsync(ClientAcknowledgedPublishPacketEventArgs acknowledged)
    {
        if (!_windows.TryGetValue(acknowledged.ClientId, out var window))
        {
            return;
        }

        var session = (await _server.GetSessionsAsync()).SingleOrDefault(s => s.Id == acknowledged.ClientId);
        lock (window)
        {
            // Retained messages bypass the window, so their PUBACKs must not open it below zero.
            window.UnderWay = Math.Max(0, window.UnderWay - 1);
            while (session is not null && window.UnderWay < window.Maximum && window.Waiting.TryDequeue(out var next))
            {
                window.UnderWay++;
                session.TryEnqueueApplicationMessage(next, out _);
            }
        }
    }

    private Task OnSessionDeletedAsync(SessionDeletedEventArgs deleted)
    {
        _windows.TryRemove(deleted.Id, out _);
        return Task.CompletedTask;
    }

    // The original's payload may be the network's memory.
    private static MqttApplicationMessage Copy(MqttApplicationMessage message) => new()
    {
        Topic = message.Topic,
        Payload = new ReadOnlySequence<byte>(message.Payload.ToArray()),
        ContentType = message.ContentType,
        CorrelationData = message.CorrelationData,
        MessageExpiryInterval = message.MessageExpiryInterval,
        PayloadFormatIndicator = message.PayloadFormatIndicator,
        QualityOfServiceLevel = MqttQualityOfServiceLevel.AtLeastOnce,
        ResponseTopic = message.ResponseTopic,
        UserProperties = message.UserProperties,
    };

    private sealed class Window
    {
        public Queue<MqttApplicationMessage> Waiting { get; } = new();

        public HashSet<string> Filters { get; } = new(StringComparer.Ordinal);

        public int Maximum { get; set; } = ushort.MaxValue;

        public int UnderWay { get; set; }

        public bool HasAtMostOnce { get; set; }
    }
}
