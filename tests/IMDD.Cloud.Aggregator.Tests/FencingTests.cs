using IMDD.Contracts.Topics;
using IMDD.Messaging.Kafka;

namespace IMDD.Cloud.Aggregator.Tests;

public abstract class FencingTests(PostgresFixture postgres, DatabaseKind kind) : AggregatorTests(postgres, kind)
{
    public sealed class OnSqlite(PostgresFixture postgres) : FencingTests(postgres, DatabaseKind.Sqlite);

    public sealed class OnPostgres(PostgresFixture postgres) : FencingTests(postgres, DatabaseKind.Postgres);

    [Fact]
    public async Task Process_PartitionTakenMeanwhile_CountsNothingAndSaysSo()
    {
        var zombie = await StartAsync("zombie");
        var heir = await StartAsync("heir");
        var first = Events.Outcome(0, Events.Noon);
        KafkaPartition partition = new(first.Topic, first.Partition);
        zombie.Claims.Claim([partition]).ShouldBe([new KafkaPosition(partition, 0)]);
        zombie.Processor.Process([first]);

        // The zombie is paused; its partition goes to another, which starts where it stopped.
        heir.Claims.Claim([partition]).ShouldBe([new KafkaPosition(partition, 1)]);
        var result = zombie.Processor.Process([Events.Outcome(1, Events.Noon)]);

        result.Fenced.ShouldBe([partition]);
        result.Counted.ShouldBe(0);
        result.Committed.ShouldBeEmpty();
        zombie.Claims.IsOurs(partition).ShouldBeFalse();
        (await heir.TotalsAsync()).Outcomes.ShouldBe(1);
        heir.Read(db => db.Partitions.Single().NextOffset).ShouldBe(1);

        // What the heir reads is counted once, whatever the zombie does.
        heir.Processor.Process([Events.Outcome(1, Events.Noon)]).Counted.ShouldBe(1);
        zombie.Processor.Process([Events.Outcome(1, Events.Noon), Events.Outcome(2, Events.Noon)]).Fenced.ShouldBe([partition]);
        (await heir.TotalsAsync()).Outcomes.ShouldBe(2);
    }

    [Fact]
    public async Task Process_OneOfTwoPartitionsTaken_CountsTheOther()
    {
        var zombie = await StartAsync("zombie");
        var heir = await StartAsync("heir");
        var taken = Events.Outcome(0, Events.Noon, camera: 1);
        var kept = Events.Outcome(0, Events.Noon, camera: 2);
        zombie.Claims.Claim([new(taken.Topic, taken.Partition), new(kept.Topic, kept.Partition)]);
        heir.Claims.Claim([new(taken.Topic, taken.Partition)]);

        var result = zombie.Processor.Process([taken, kept]);

        result.Counted.ShouldBe(1);
        result.Fenced.ShouldHaveSingleItem().Partition.ShouldBe(taken.Partition);
        result.Committed.ShouldHaveSingleItem().Partition.Partition.ShouldBe(kept.Partition);
    }

    [Fact]
    public async Task Process_TwoInstancesOfOneLineAtOnce_SumsAreExact()
    {
        var one = await StartAsync("one");
        var two = await StartAsync("two");
        one.Claims.Claim([new(KafkaTopics.Outcome, 0), new(KafkaTopics.Outcome, 1)]);
        two.Claims.Claim([new(KafkaTopics.Outcome, 2), new(KafkaTopics.Outcome, 3)]);
        var records = Enumerable.Range(0, 800).Select(i => Events.Outcome(i, Events.Noon.AddSeconds(i % 120), camera: i % 4)).ToLookup(r => r.Partition <= 1);

        // Two threads into the same windows, and a third that writes them.
        await Task.WhenAll(
            Task.Run(() => Feed(one, records[true]), Stop),
            Task.Run(() => Feed(two, records[false]), Stop),
            Task.Run(() => Repeat(20, one.Windows.Sweep), Stop));

        (await one.TotalsAsync()).Outcomes.ShouldBe(800);
        one.Read(db => db.Windows.Where(w => w.Seconds == 60).Sum(w => w.Total)).ShouldBe(800);
        one.Read(db => db.Windows.Where(w => w.Seconds == 3600).Sum(w => w.Total)).ShouldBe(800);
    }

    [Fact]
    public async Task Process_SameRecordsByTwoInstancesAtOnce_CountOnce()
    {
        var one = await StartAsync("one");
        var two = await StartAsync("two");
        one.Claims.Claim([new(KafkaTopics.Outcome, 1)]);
        two.Claims.Claim([new(KafkaTopics.Outcome, 9)]);
        var records = Enumerable.Range(0, 300).Select(i => Events.Outcome(i, Events.Noon.AddSeconds(i))).ToList();

        // One copy of the events on each of two partitions, as after a topic was copied.
        await Task.WhenAll(
            Task.Run(() => Feed(one, records), Stop),
            Task.Run(() => Feed(two, records.Select(r => r with { Partition = 9 })), Stop));

        var totals = await one.TotalsAsync();
        (totals.Outcomes, totals.Duplicates).ShouldBe((300, 300));
        one.Read(db => db.Windows.Where(w => w.Seconds == 60).Sum(w => w.Total)).ShouldBe(300);
    }

    [Fact]
    public async Task StartAsync_ManyInstancesOnAnEmptyDatabase_MigrateOnce()
    {
        await ChangeDatabaseAsync();

        var instances = await Task.WhenAll(Enumerable.Range(0, 4).Select(i => StartAsync($"i{i}")));

        instances[3].Count(Events.Outcome(0, Events.Noon)).Counted.ShouldBe(1);
    }

    private static void Feed(Instance instance, IEnumerable<KafkaConsumed> records)
    {
        foreach (var chunk in records.Chunk(25))
        {
            // As the worker does: a transaction that lost to another (a deadlock, a busy database) is done again.
            for (var attempt = 0; ; attempt++)
            {
                try
                {
                    instance.Processor.Process(chunk).Fenced.ShouldBeEmpty();
                    break;
                }
                catch (Exception e) when (attempt < 20 && e is System.Data.Common.DbException or Microsoft.EntityFrameworkCore.DbUpdateException or InvalidOperationException { InnerException: System.Data.Common.DbException })
                {
                }
            }
        }
    }

    private static void Repeat(int times, Action action)
    {
        for (var i = 0; i < times; i++)
        {
            action();
        }
    }
}
