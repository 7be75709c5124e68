using System.Text;
using IMDD.Messaging.Mqtt;
using IMDD.Testing;

namespace IMDD.Messaging.Tests.Mqtt;

/// <summary>A session that keeps what it received and what happened to it.</summary>
internal sealed class MqttProbe : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly List<IMqttDelivery> _deliveries = [];
    private readonly List<MqttSessionEvent> _events = [];

    public MqttProbe(IMqttSession session)
    {
        Session = session;
        session.StateChanged += e =>
        {
            lock (_lock)
            {
                _events.Add(e);
            }
        };
    }

    public IMqttSession Session { get; }

    public IReadOnlyList<IMqttDelivery> Deliveries
    {
        get
        {
            lock (_lock)
            {
                return [.. _deliveries];
            }
        }
    }

    public IReadOnlyList<MqttSessionEventKind> Events
    {
        get
        {
            lock (_lock)
            {
                return [.. _events.Select(e => e.Kind)];
            }
        }
    }

    public IReadOnlyList<string> Texts => [.. Deliveries.Select(d => Encoding.UTF8.GetString(d.Message.Payload.Span))];

    public async Task<MqttProbe> StartAsync(string? filter = null, bool acknowledge = true)
    {
        if (filter is not null)
        {
            await Session.SubscribeAsync(filter, (delivery, _) =>
            {
                lock (_lock)
                {
                    _deliveries.Add(acknowledge ? new KeptDelivery(delivery) : delivery);
                }

                if (acknowledge)
                {
                    delivery.Acknowledge();
                }

                return ValueTask.CompletedTask;
            });
        }

        using var limit = new CancellationTokenSource(Eventually.Timeout);
        await Session.StartAsync(limit.Token);
        return this;
    }

    public async Task PublishAsync(string topic, string text)
    {
        using var limit = new CancellationTokenSource(Eventually.Timeout);
        await Session.PublishAsync(MqttHarness.Text(topic, text), limit.Token);
    }

    public Task ReceivedAsync(int count) => Eventually.HoldsAsync(() => Deliveries.Count >= count, null, $"{count} deliveries");

    public Task HappenedAsync(MqttSessionEventKind kind, int count = 1) =>
        Eventually.HoldsAsync(() => Events.Count(k => k == kind) >= count, null, $"{count} × {kind}");

    public ValueTask DisposeAsync() => Session.DisposeAsync();

    /// <summary>With a copy of the payload, which is gone once it is acknowledged.</summary>
    private sealed class KeptDelivery(IMqttDelivery delivery) : IMqttDelivery
    {
        public MqttIncoming Message { get; } = delivery.Message with { Payload = delivery.Message.Payload.ToArray() };

        public void Acknowledge() => delivery.Acknowledge();
    }
}
