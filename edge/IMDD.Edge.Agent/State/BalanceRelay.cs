using IMDD.Contracts.CloudEvents;
using IMDD.Contracts.Events;
using IMDD.Contracts.Topics;
using IMDD.Messaging.Mqtt;

namespace IMDD.Edge.Agent.State;

/// <summary>Passes the camera gateways' own counts on to Kafka, unread: they are one end of the conservation law, the agent is not its judge.</summary>
internal sealed class BalanceRelay(AgentIdentity identity, EdgeStateRelay relay, ILogger<BalanceRelay> logger)
{
    private const string BalanceKind = "balance";

    /// <summary>The balances of the cell.</summary>
    public string Filter { get; } = MqttTopics.CellFilter(identity.Asset, BalanceKind);

    /// <summary>Handles one message.</summary>
    public ValueTask HandleAsync(IMqttDelivery delivery, CancellationToken cancellationToken)
    {
        var message = delivery.Message;
        try
        {
            if (MqttTopics.TryParseCamera(message.Topic, BalanceKind, out var camera) && message.Payload.Length is > 0 and <= ImddJson.MaxEventBytes)
            {
                var balance = MqttBinding.Read(message.UserProperties, message.ContentType, message.Payload.ToArray());
                if (balance.Type == EventTypes.CameraBalanceReported)
                {
                    relay.Set(balance.WithExtension(CloudEventAttributes.PartitionKey, EdgeStateKey.Balance(camera!)));
                }
            }
        }
        catch (CloudEventFormatException e)
        {
            Log.BalanceMalformed(logger, message.Topic, e.Message);
        }
        finally
        {
            delivery.Acknowledge();
        }

        return ValueTask.CompletedTask;
    }
}
