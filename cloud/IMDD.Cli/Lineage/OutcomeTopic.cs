using IMDD.Cli.Watch;
using IMDD.Contracts.CloudEvents;
using IMDD.Contracts.Events;
using IMDD.Contracts.Topics;
using IMDD.Messaging.Kafka;

namespace IMDD.Cli.Lineage;

/// <summary>The outcomes of all frames, passed ones too. Nothing tells where in it one is, so that all of it is read.</summary>
/// <param name="servers">Bootstrap servers.</param>
internal sealed class OutcomeTopic(string servers)
{
    private const string IdHeader = "ce_id";

    /// <summary>The outcome with this id and when it was captured; null where the topic no longer has it.</summary>
    /// <exception cref="CommandFailedException">Kafka does not answer.</exception>
    public (InspectionOutcome Outcome, DateTimeOffset Time)? Find(string outcomeId, CancellationToken cancellationToken)
    {
        using var services = WatchServices.Create([KeyValuePair.Create("Kafka:BootstrapServers", (string?)servers)]);
        using var consumer = services.GetRequiredService<IKafkaClientFactory>().CreateConsumer("imdd-lineage");
        try
        {
            consumer.Assign([KafkaTopics.Outcome], fromBeginning: true);
            foreach (var record in TopicReader.ReadToEnd(consumer, cancellationToken))
            {
                if (record.Value is { } value && record.Headers.Any(header => header.Key == IdHeader && header.Value == outcomeId))
                {
                    var cloudEvent = KafkaBinding.Read(record.Headers, value);
                    return (EventReader.Read<InspectionOutcome>(cloudEvent, EventTypes.InspectionOutcome), cloudEvent.Time ?? record.Timestamp);
                }
            }

            return null;
        }
        catch (KafkaUnavailableException e)
        {
            throw new CommandFailedException(e.Message, inner: e);
        }
        catch (CloudEventFormatException e)
        {
            throw new CommandFailedException($"The record of '{outcomeId}' on {KafkaTopics.Outcome} is not an outcome: {e.Message}", inner: e);
        }
    }
}
