using System.Text.Json;
using IMDD.Cloud.Aggregator.State;
using IMDD.Contracts.CloudEvents;
using IMDD.Contracts.Events;
using IMDD.Messaging.Kafka;
using Microsoft.EntityFrameworkCore;

namespace IMDD.Cloud.Aggregator.Publishing;

/// <summary>Puts records into the outbox, in the caller's transaction.</summary>
internal static class Outbox
{
    /// <summary>A record of which every one is published.</summary>
    public static void Add(AggregatorDbContext context, string eventId, KafkaRecord record) => Insert(context, eventId, record, slot: null);

    /// <summary>A record of which the latest per key is enough: it replaces one that waits.</summary>
    public static void Replace(AggregatorDbContext context, string eventId, KafkaRecord record)
    {
        var slot = $"{record.Topic}\n{record.Key}";
        context.Outbox.Where(row => row.Slot == slot).ExecuteDelete();
        Insert(context, eventId, record, slot);
    }

    /// <summary>The Kafka record of an event of our own.</summary>
    public static KafkaRecord RecordOf(string topic, CloudEvent cloudEvent, DateTimeOffset now)
        => new(topic, cloudEvent.Extension(CloudEventAttributes.PartitionKey)!, cloudEvent.Data, KafkaBinding.WriteHeaders(cloudEvent), now);

    public static KafkaRecord ToRecord(OutboxRow row)
        => new(row.Topic, row.Key, row.Value, JsonSerializer.Deserialize<List<KeyValuePair<string, string>>>(row.Headers, ImddJson.Options)!, row.Time);

    private static void Insert(AggregatorDbContext context, string eventId, KafkaRecord record, string? slot) => context.Outbox.Add(new OutboxRow
    {
        Slot = slot,
        EventId = eventId,
        Topic = record.Topic,
        Key = record.Key,
        Value = record.Value?.ToArray() ?? [],
        Headers = JsonSerializer.Serialize(record.Headers, ImddJson.Options),
        Time = record.Timestamp,
    });
}
