using System.Text.Json;
using IMDD.Cloud.Registry.State;
using IMDD.Contracts.CloudEvents;
using IMDD.Contracts.Events;
using IMDD.Messaging.Kafka;

namespace IMDD.Cloud.Registry.Publishing;

/// <summary>Puts events into the outbox, in the caller's transaction.</summary>
internal static class Outbox
{
    public static void Add(RegistryDbContext context, string topic, CloudEvent cloudEvent, DateTimeOffset now) => context.Outbox.Add(new OutboxRow
    {
        EventId = cloudEvent.Id,
        Topic = topic,
        Key = KafkaBinding.Key(cloudEvent),
        Value = cloudEvent.Data.ToArray(),
        Headers = JsonSerializer.Serialize(KafkaBinding.WriteHeaders(cloudEvent), ImddJson.Options),
        TimeAt = now,
    });

    public static KafkaRecord ToRecord(OutboxRow row)
        => new(row.Topic, row.Key, row.Value, JsonSerializer.Deserialize<List<KeyValuePair<string, string>>>(row.Headers, ImddJson.Options)!, row.TimeAt);
}
