using System.Text.Json;
using IMDD.Contracts.CloudEvents;
using IMDD.Contracts.Events;
using IMDD.Messaging.Kafka;
using Microsoft.EntityFrameworkCore;

namespace IMDD.Relational;

/// <summary>Puts records into the outbox, in the caller's transaction.</summary>
public static class Outbox
{
    /// <summary>A record of which every one is published.</summary>
    public static void Add(DbContext context, string eventId, KafkaRecord record) => Insert(context, eventId, record, slot: null);

    /// <summary>An event of our own, under its own key.</summary>
    public static void Add(DbContext context, string topic, CloudEvent cloudEvent, DateTimeOffset now) => Add(context, cloudEvent.Id, RecordOf(topic, cloudEvent, now));

    /// <summary>A record of which the latest per key is enough: it replaces one that waits.</summary>
    public static void Replace(DbContext context, string eventId, KafkaRecord record)
    {
        var slot = $"{record.Topic}\n{record.Key}";
        context.Set<OutboxRow>().Where(row => row.Slot == slot).ExecuteDelete();
        Insert(context, eventId, record, slot);
    }

    /// <summary>A record that cannot be read, for its topic's dead letters.</summary>
    public static void AddDeadLetter(DbContext context, KafkaConsumed record, string reason, string detail, DateTimeOffset now)
        => Add(context, DeadLetter.IdOf(record), KafkaDeadLetter.Of(record, reason, detail, attempts: 1, now, now));

    /// <summary>The Kafka record of an event of our own.</summary>
    public static KafkaRecord RecordOf(string topic, CloudEvent cloudEvent, DateTimeOffset now)
        => new(topic, cloudEvent.Extension(CloudEventAttributes.PartitionKey)!, cloudEvent.Data, KafkaBinding.WriteHeaders(cloudEvent), now);

    public static KafkaRecord ToRecord(OutboxRow row)
        => new(row.Topic, row.Key, row.Value, JsonSerializer.Deserialize<List<KeyValuePair<string, string>>>(row.Headers, ImddJson.Options)!, row.Time);

    private static void Insert(DbContext context, string eventId, KafkaRecord record, string? slot) => context.Set<OutboxRow>().Add(new OutboxRow
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
