using System.Text;
using IMDD.Cloud.Aggregator.Ingest;
using IMDD.Contracts.Topics;
using IMDD.Messaging.Kafka;

namespace IMDD.Cloud.Aggregator.Tests;

public abstract class PoisonTests(PostgresFixture postgres, DatabaseKind kind) : AggregatorTests(postgres, kind)
{
    public sealed class OnSqlite(PostgresFixture postgres) : PoisonTests(postgres, DatabaseKind.Sqlite);

    public sealed class OnPostgres(PostgresFixture postgres) : PoisonTests(postgres, DatabaseKind.Postgres);

    public static TheoryData<string> BadValues =>
    [
        "", "not json", "[]", "null", "{}", """{"frameId":"b1-0"}""", "{\"frameId\":1e999", new string('[', 100),
        """{"frameId":"b1-1","inspectionId":"i","cameraId":"../etc","assetPath":"a/b/c/d/e","recipeId":"r","recipeDigest":"d","verdict":"pass","timing":{}}""",
        """{"frameId":"b1-1","inspectionId":"i","cameraId":"cam1","assetPath":"a/b/c/d","recipeId":"r","recipeDigest":"d","verdict":"pass","timing":{}}""",
        """{"frameId":"b1-1","inspectionId":"i","cameraId":"cam1","assetPath":"a/b/c/d/e","recipeId":"r","recipeDigest":"d","verdict":"fail","defects":[{"class":"x","severity":"major","count":-5}],"timing":{}}""",
        """{"frameId":"b1-1","inspectionId":"i","cameraId":"cam1","assetPath":"a/b/c/d/e","recipeId":"r","recipeDigest":"d","verdict":7,"timing":{}}""",
    ];

    [Theory]
    [MemberData(nameof(BadValues))]
    public async Task Process_BadValue_GoesToTheDeadLettersAndTheRestIsCounted(string value)
    {
        var instance = await StartAsync();
        var good = Events.Outcome(0, Events.Noon);

        var result = instance.Count(good, good with { Offset = 1, Value = Encoding.UTF8.GetBytes(value) }, Events.Outcome(2, Events.Noon));

        (result.Counted, result.DeadLettered).ShouldBe((2, 1));
        var letter = instance.Read(db => db.Outbox.Single());
        letter.Topic.ShouldBe(KafkaTopics.DeadLetter(KafkaTopics.Outcome));
        letter.Key.ShouldBe(good.Key);
        Encoding.UTF8.GetString(letter.Value).ShouldBe(value);
        letter.Headers.ShouldContain(PoisonReason.Malformed);
        letter.Headers.ShouldContain(KafkaDeadLetter.Offset);
        instance.Read(db => db.Partitions.Single().NextOffset).ShouldBe(3);
        (await instance.TotalsAsync()).DeadLettered.ShouldBe(1);
    }

    [Fact]
    public async Task Process_NoHeadersOrNoValue_GoesToTheDeadLetters()
    {
        var instance = await StartAsync();
        var good = Events.Outcome(0, Events.Noon);

        instance.Count(good with { Headers = [] }, good with { Value = null, Offset = 1 }, good with { Key = null, Headers = [new("ce_id", "")], Offset = 2 })
            .DeadLettered.ShouldBe(3);
    }

    [Fact]
    public async Task Process_FarFuture_IsSetAsideAndDoesNotMoveTheClockOfItsCamera()
    {
        var instance = await StartAsync();

        instance.Count(Events.Outcome(0, Events.Noon.AddHours(1).AddSeconds(1)), Events.Outcome(1, Events.Noon.AddDays(3000)), Events.Outcome(2, Events.Noon))
            .ShouldSatisfyAllConditions(r => r.DeadLettered.ShouldBe(2), r => r.Counted.ShouldBe(1));

        instance.Read(db => db.Outbox.First().Headers).ShouldContain(PoisonReason.Future);
        instance.Read(db => db.Cameras.Single().HighWater).ShouldBe(Events.Noon);
    }

    [Fact]
    public async Task Process_OlderThanIdsAreKept_IsSetAsideInsteadOfCountedTwice()
    {
        var instance = await StartAsync();
        var old = Events.Outcome(0, Events.Noon.AddDays(-5));
        instance.Count(old).Counted.ShouldBe(1);
        instance.Count(Events.Outcome(1, Events.Noon)).Counted.ShouldBe(1);
        instance.Windows.Sweep();
        instance.Read(db => Microsoft.EntityFrameworkCore.RelationalDatabaseFacadeExtensions.SqlQueryRaw<int>(db.Database, "SELECT CAST(COUNT(*) AS INTEGER) AS \"Value\" FROM seen").Single())
            .ShouldBe(1, "ids older than 96 h of their camera are forgotten");

        var again = instance.Count(old with { Offset = 7 });

        (again.Counted, again.DeadLettered).ShouldBe((0, 1));
        (await instance.TotalsAsync()).Outcomes.ShouldBe(2);
    }

    [Fact]
    public async Task Process_CameraOfflineForDays_CountsItsBacklog()
    {
        var instance = await StartAsync();
        instance.Count(Events.Outcome(0, Events.Noon, camera: 2));

        // Another camera's clock is nothing to this one: what its box kept for ten days is counted.
        instance.Count(Enumerable.Range(0, 50).Select(i => Events.Outcome(i, Events.Noon.AddDays(-10).AddHours(i), camera: 1)).ToList()).Counted.ShouldBe(50);
    }

    [Fact]
    public async Task Process_TopicMadeAnew_IsReadFromItsBeginning()
    {
        var instance = await StartAsync();
        instance.Count(Events.Outcome(500, Events.Noon)).Counted.ShouldBe(1);
        instance.Read(db => db.Partitions.Single().NextOffset).ShouldBe(501);

        instance.Count(Events.Outcome(501, Events.Noon, boot: "b2") with { Offset = 0 }).Counted.ShouldBe(1);

        instance.Read(db => db.Partitions.Single().NextOffset).ShouldBe(1);
    }
}
