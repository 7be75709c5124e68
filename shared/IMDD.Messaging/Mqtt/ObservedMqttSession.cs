using System.Diagnostics;
using System.Globalization;
using IMDD.Messaging.Telemetry;

namespace IMDD.Messaging.Mqtt;

/// <summary>A session whose messages are counted, timed and traced.</summary>
internal sealed class ObservedMqttSession(IMqttSession inner) : IMqttSession
{
    private const string Cancelled = "cancelled";

    /// <inheritdoc/>
    public event Action<MqttSessionEvent>? StateChanged
    {
        add => inner.StateChanged += value;
        remove => inner.StateChanged -= value;
    }

    /// <inheritdoc/>
    public bool IsConnected => inner.IsConnected;

    /// <inheritdoc/>
    public Task SubscribeAsync(
        string topicFilter, Func<IMqttDelivery, CancellationToken, ValueTask> handler, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(handler);
        return inner.SubscribeAsync(
            topicFilter,
            (delivery, token) =>
            {
                MessagingTelemetry.Received(MessageDestination.Mqtt(delivery.Message.Topic));
                return handler(delivery, token);
            },
            cancellationToken);
    }

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken) => inner.StartAsync(cancellationToken);

    /// <inheritdoc/>
    public async Task PublishAsync(MqttOutgoing message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        var destination = MessageDestination.Mqtt(message.Topic);
        var span = MessagingTelemetry.StartSend(destination, message.UserProperties);
        var started = Stopwatch.GetTimestamp();
        string? error = null;
        try
        {
            await inner.PublishAsync(message, cancellationToken);
        }
        catch (Exception e)
        {
            error = e switch
            {
                MqttPublishRefusedException refused => string.Create(CultureInfo.InvariantCulture, $"0x{refused.ReasonCode:X2}"),
                OperationCanceledException => Cancelled,
                _ => e.GetType().Name,
            };
            throw;
        }
        finally
        {
            MessagingTelemetry.SendDone(destination, started, error, span);
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => inner.DisposeAsync();
}
