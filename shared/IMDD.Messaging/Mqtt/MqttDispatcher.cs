using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace IMDD.Messaging.Mqtt;

/// <summary>
/// Calls handlers one at a time in the order of receipt. Its queue is bounded by the session's Receive Maximum for QoS 1, and by
/// <see cref="LargestAtMostOnceBacklog"/> for QoS 0, beyond which messages are dropped and counted, as QoS 0 allows.
/// </summary>
internal sealed class MqttDispatcher(string clientId, ILogger logger)
{
    private const int LargestAtMostOnceBacklog = 4096;
    private readonly Channel<MqttDelivery> _received = Channel.CreateUnbounded<MqttDelivery>(new() { SingleReader = true });
    private readonly Lock _lock = new();
    private IReadOnlyList<MqttSubscription> _subscriptions = [];
    private int _atMostOnceBacklog;
    private long _dropped;

    /// <summary>The subscriptions, in the order of registration.</summary>
    public IReadOnlyList<MqttSubscription> Subscriptions => Volatile.Read(ref _subscriptions);

    /// <summary>Registers a handler.</summary>
    /// <exception cref="ArgumentException">The filter has one already.</exception>
    public void Register(MqttSubscription subscription)
    {
        lock (_lock)
        {
            if (_subscriptions.Any(s => s.TopicFilter == subscription.TopicFilter))
            {
                throw new ArgumentException($"The topic filter '{subscription.TopicFilter}' has a handler already.", nameof(subscription));
            }

            Volatile.Write(ref _subscriptions, [.. _subscriptions, subscription]);
        }
    }

    /// <summary>Queues a received message; returns at once, the network must not wait for handlers.</summary>
    public void Enqueue(MqttDelivery delivery)
    {
        if (delivery.IsAtLeastOnce)
        {
            delivery.Connection.Acknowledgements.Add(delivery);
        }
        else if (Interlocked.Increment(ref _atMostOnceBacklog) > LargestAtMostOnceBacklog)
        {
            Interlocked.Decrement(ref _atMostOnceBacklog);
            var dropped = Interlocked.Increment(ref _dropped);
            if (long.IsPow2(dropped))
            {
                logger.DroppedAtMostOnce(dropped, clientId);
            }

            return;
        }

        _received.Writer.TryWrite(delivery);
    }

    /// <summary>Runs until the token fires.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        try
        {
            await foreach (var delivery in _received.Reader.ReadAllAsync(stopping))
            {
                if (!delivery.IsAtLeastOnce)
                {
                    Interlocked.Decrement(ref _atMostOnceBacklog);
                }
                else if (delivery.Connection.Closed.IsCompleted)
                {
                    continue; // The broker will deliver it again; work on it now would be done twice.
                }

                await HandleAsync(delivery, stopping);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // Stopped: what is queued stays unacknowledged at the broker.
        }
    }

    private async ValueTask HandleAsync(MqttDelivery delivery, CancellationToken stopping)
    {
        var topic = delivery.Message.Topic;
        var subscription = Subscriptions.FirstOrDefault(s => s.Matches(topic));
        if (subscription is null)
        {
            logger.Unexpected(topic, clientId);
            delivery.Acknowledge();
            return;
        }

        try
        {
            await subscription.Handler(delivery, stopping);
        }
        catch (Exception) when (stopping.IsCancellationRequested)
        {
            throw new OperationCanceledException(stopping);
        }
        catch (Exception exception)
        {
            // Not acknowledging would hold back every later message for ever.
            logger.HandlerFailed(exception, topic);
            delivery.Acknowledge();
        }
    }
}
