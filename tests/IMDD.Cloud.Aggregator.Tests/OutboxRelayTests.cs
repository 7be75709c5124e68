using IMDD.Contracts.CloudEvents;
using IMDD.Contracts.Topics;
using IMDD.Messaging.Embedded;
using IMDD.Relational;

namespace IMDD.Cloud.Aggregator.Tests;

public abstract class OutboxRelayTests(PostgresFixture postgres, DatabaseKind kind) : AggregatorTests(postgres, kind)
{
    public sealed class OnSqlite(PostgresFixture postgres) : OutboxRelayTests(postgres, DatabaseKind.Sqlite);

    public sealed class OnPostgres(PostgresFixture postgres) : OutboxRelayTests(postgres, DatabaseKind.Postgres);

    [Fact]
    public async Task RelayAsync_CrashBetweenCommitAndPublish_PublishesAfterTheRestart()
    {
        using EmbeddedKafkaCluster kafka = new();
        using KafkaTestClient client = new(kafka.BootstrapServers);
        var crashed = await StartAsync("one");
        crashed.Count(Events.Outcome(0, Events.Noon));
        crashed.Windows.Sweep();

        var restarted = await StartAsync("one");
        using var publisher = client.Factory.CreatePublisher();
        await restarted.Relay.RelayAsync(publisher, Stop);

        client.ReadUntil(KafkaTopics.LineMinute, records => records.Count == 1);
        restarted.Read(db => db.Outbox.Count()).ShouldBe(0);
    }

    [Fact]
    public async Task RelayAsync_CrashBetweenPublishAndRemoval_PublishesAgainUnderTheSameId()
    {
        using EmbeddedKafkaCluster kafka = new();
        using KafkaTestClient client = new(kafka.BootstrapServers);
        var crashed = await StartAsync("one");
        crashed.Count(Events.Outcome(0, Events.Noon));
        crashed.Windows.Sweep();
        var sent = Outbox.ToRecord(crashed.Read(db => db.Outbox.Single(row => row.Topic == KafkaTopics.LineMinute)));
        await client.PublishAsync(new Messaging.Kafka.KafkaConsumed(sent.Topic, 0, 0, sent.Key, sent.Value, sent.Headers, sent.Timestamp));

        var restarted = await StartAsync("one");
        using var publisher = client.Factory.CreatePublisher();
        await restarted.Relay.RelayAsync(publisher, Stop);

        var records = client.ReadUntil(KafkaTopics.LineMinute, found => found.Count == 2);
        records.Select(record => KafkaBinding.Read(record.Headers, record.Value!.Value).Id).Distinct().ShouldHaveSingleItem();
        records[0].Value!.Value.ToArray().ShouldBe(records[1].Value!.Value.ToArray());
    }

    [Fact]
    public async Task RelayAsync_AnotherInstanceHoldsTheLease_WaitsUntilItExpires()
    {
        using EmbeddedKafkaCluster kafka = new();
        using KafkaTestClient client = new(kafka.BootstrapServers);
        using var publisher = client.Factory.CreatePublisher();
        var holder = await StartAsync("holder");
        var other = await StartAsync("other");
        await holder.Relay.RelayAsync(publisher, Stop);
        other.Count(Events.Outcome(0, Events.Noon));
        other.Windows.Sweep();

        await other.Relay.RelayAsync(publisher, Stop);
        other.Read(db => db.Outbox.Count()).ShouldBe(2, "the minute and the hour wait");

        // Twice the time after which Kafka's client gives a record up: nothing of the holder can come after it.
        Time.Advance(TimeSpan.FromSeconds(61));
        await other.Relay.RelayAsync(publisher, Stop);
        other.Read(db => db.Outbox.Count()).ShouldBe(0);
    }

    [Fact]
    public async Task RelayAsync_KafkaRefusesForGood_KeepsItForAPersonAndGoesOn()
    {
        const short produce = 0;
        const int messageTooLarge = 10;
        using EmbeddedKafkaCluster kafka = new();
        using KafkaTestClient client = new(kafka.BootstrapServers);
        using var publisher = client.Factory.CreatePublisher();
        var instance = await StartAsync();
        instance.Count(Events.Outcome(0, Events.Noon) with { Value = "poison"u8.ToArray() });

        kafka.PushErrors(produce, messageTooLarge);
        await instance.Relay.RelayAsync(publisher, Stop);
        instance.Read(db => db.Outbox.Single().Refused).ShouldNotBeNullOrEmpty();

        instance.Count(Events.Outcome(1, Events.Noon) with { Value = "poison"u8.ToArray() });
        await instance.Relay.RelayAsync(publisher, Stop);

        instance.Read(db => db.Outbox.Count()).ShouldBe(1);
        var letter = client.ReadUntil(KafkaTopics.DeadLetter(KafkaTopics.Outcome), records => records.Count == 1)[0];
        letter.Value!.Value.ToArray().ShouldBe("poison"u8.ToArray());
        letter.Headers.ShouldContain(new KeyValuePair<string, string>("error.type", "malformed"));
        letter.Headers.ShouldContain(new KeyValuePair<string, string>("dlq.offset", "1"));
    }
}
