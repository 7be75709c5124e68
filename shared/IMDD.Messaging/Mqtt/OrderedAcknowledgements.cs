using System.Threading.Channels;

namespace IMDD.Messaging.Mqtt;

/// <summary>
/// The PUBACKs owed on one connection. They leave in the order of receipt (MQTT 5, 4.6): an unacknowledged message holds the later ones
/// back, so that the broker's redelivery after a crash starts at the first message whose work is not durable.
/// </summary>
/// <param name="receiveMaximum">How many the broker may have us owe.</param>
internal sealed class OrderedAcknowledgements(int receiveMaximum)
{
    private readonly Lock _lock = new();
    private readonly Queue<MqttDelivery> _owed = new();
    private readonly Channel<MqttDelivery> _ready = Channel.CreateUnbounded<MqttDelivery>(new() { SingleReader = true });
    private TaskCompletionSource? _room;
    private int _underWay;
    private bool _closed;

    /// <summary>Deliveries whose PUBACK may be sent, in order; ends with <see cref="Close"/>.</summary>
    public ChannelReader<MqttDelivery> Ready => _ready.Reader;

    /// <summary>Completes when no more are owed than the broker was allowed.</summary>
    public Task RoomAsync()
    {
        lock (_lock)
        {
            if (_closed || _underWay <= receiveMaximum)
            {
                return Task.CompletedTask;
            }

            _room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _room.Task;
        }
    }

    /// <summary>Counts a QoS 1 message as it comes from the network; <see cref="Add"/> follows when it is queued.</summary>
    public void Received()
    {
        lock (_lock)
        {
            _underWay++;
        }
    }

    /// <summary>Notes a received QoS 1 message.</summary>
    public void Add(MqttDelivery delivery)
    {
        lock (_lock)
        {
            if (!_closed)
            {
                _owed.Enqueue(delivery);
            }
        }
    }

    /// <summary>Marks one as acknowledged and releases whatever is now at the head.</summary>
    public void Acknowledge(MqttDelivery delivery)
    {
        lock (_lock)
        {
            delivery.IsAcknowledged = true;
            while (!_closed && _owed.TryPeek(out var head) && head.IsAcknowledged)
            {
                _owed.Dequeue();
                _underWay--;
                _ready.Writer.TryWrite(head);
            }

            GiveRoom();
        }
    }

    /// <summary>Forgets what is still owed: the connection is gone, or about to go, and the broker will deliver again.</summary>
    public void Close()
    {
        lock (_lock)
        {
            _closed = true;
            _owed.Clear();
            _ready.Writer.TryComplete();
            GiveRoom();
        }
    }

    private void GiveRoom()
    {
        if (_closed || _underWay <= receiveMaximum)
        {
            _room?.TrySetResult();
            _room = null;
        }
    }
}
