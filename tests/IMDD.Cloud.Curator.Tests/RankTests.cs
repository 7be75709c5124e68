using System.Text;
using IMDD.Cloud.Curator.Ranking;
using IMDD.Contracts.Events;
using IMDD.Contracts.Topics;
using IMDD.Relational;

namespace IMDD.Cloud.Curator.Tests;

public abstract class RankTests(PostgresFixture postgres, DatabaseKind kind) : CuratorTests(postgres, kind)
{
    public sealed class OnSqlite(PostgresFixture postgres) : RankTests(postgres, DatabaseKind.Sqlite);

    public sealed class OnPostgres(PostgresFixture postgres) : RankTests(postgres, DatabaseKind.Postgres);

    [Fact]
    public async Task Rank_TwoKindsAndARareFrame_EachKindComesBeforeASecondOfAny()
    {
        var curator = await StartAsync();
        curator.Take([.. Enumerable.Range(0, 20).Select(i => Examples.Hard(i, i < 10 ? 0.9 : 0.8, embedding: Near(i < 10 ? 0 : 90, i))), Examples.Hard(20, 0.7, embedding: Near(200, 0))]);
        (await OrderAsync(curator)).Take(3).ShouldAllBe(number => number < 10, "not ranked yet: by its own worth");

        curator.Get<QueueRanker>().Rank().ShouldBeGreaterThan(0);

        (await OrderAsync(curator)).Take(3).Select(KindOf).ShouldBe([0, 1, 2], ignoreOrder: true);

        static int KindOf(int number) => number < 10 ? 0 : number < 20 ? 1 : 2;
    }

    [Fact]
    public async Task Rank_FloodOfLookAlikes_DoesNotBuryAnotherKind_NorBringsBackWhatWasJudged()
    {
        const int flood = 200;
        var curator = await StartAsync();
        curator.Take([.. Enumerable.Range(0, flood).Select(i => Examples.Hard(i, 0.95, embedding: Near(0, i)))]);
        curator.Take(Examples.Hard(flood, 0.4, embedding: Near(120, 0)), Examples.Hard(flood + 1, 0.4, embedding: Near(120, 1)));
        curator.Get<QueueRanker>().Rank();

        var first = curator.Next("anna")!;
        first.Uncertainty.ShouldBe(0.95);
        await curator.LabelAsync(first.OutcomeId, Instance.Says("anna", LabelJudgement.Confirmed));
        curator.Get<QueueRanker>().Rank();

        curator.Next("anna")!.Uncertainty.ShouldBe(0.4, "its look-alikes are nothing new now");
    }

    [Fact]
    public async Task Rank_WithoutEmbeddingOrOfAnotherModel_WaitsAtANeutralPlace()
    {
        var curator = await StartAsync();
        curator.Take(
            Examples.Hard(1, 0.9, embedding: Near(0, 0)), Examples.Hard(2, 0.9, embedding: Near(0, 1)), Examples.Hard(3, 0.9, embedding: Near(0, 0), model: "other"),
            Examples.Hard(4, 0.9), Examples.Defect(5));

        curator.Get<QueueRanker>().Rank();

        var order = await OrderAsync(curator);
        order.Count.ShouldBe(5);
        order.Take(2).ShouldBe([2, 3], ignoreOrder: true, "the first of each model");
        order.IndexOf(4).ShouldBeLessThan(order.IndexOf(5));
        curator.Read(db => db.Frames.Min(f => f.Priority)).ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task Take_MoreNovel_ComesFirst_AtOnce()
    {
        var curator = await StartAsync();

        curator.Take(Examples.Hard(1, 0.6, novelty: 0.1), Examples.Hard(2, 0.5, novelty: 0.9), Examples.Hard(3, 0.6));

        (await OrderAsync(curator)).ShouldBe([2, 3, 1]);
    }

    [Theory]
    [InlineData("[0.5, 0.5]")]
    [InlineData("[0, 0]")]
    [InlineData("[\"NaN\", 1]")]
    [InlineData("[NaN]")]
    [InlineData("[1e999, 0]")]
    [InlineData("{}")]
    [InlineData("too long")]
    public async Task Take_EmbeddingThatIsNone_SetAsideWithAReason(string embedding)
    {
        var curator = await StartAsync();
        var json = embedding == "too long" ? "[1" + string.Concat(Enumerable.Repeat(",0", HardExample.MaxEmbedding)) + "]" : embedding;
        var record = Examples.Hard(1, 0.5, embedding: [0.6, 0.8]);
        var text = Encoding.UTF8.GetString(record.Value!.Value.Span);

        curator.Take(record with { Value = Encoding.UTF8.GetBytes(text.Replace("[0.6,0.8]", json, StringComparison.Ordinal)) });

        (await curator.Queue.WaitingAsync(10, Stop)).ShouldBeEmpty();
        curator.Read(db => db.Outbox.Select(row => row.Topic).Single()).ShouldBe(KafkaTopics.DeadLetter(KafkaTopics.HardExample));
    }

    [Fact]
    public async Task Next_WhileBothInstancesRank_NoFrameTwice()
    {
        const int frames = 60;
        var one = await StartAsync();
        var two = await StartAsync(("Curator:InstanceName", "two"));
        one.Take([.. Enumerable.Range(0, frames).Select(i => Examples.Hard(i, 0.5, embedding: Near(i * 6, 0)))]);
        List<string> got = [];
        for (var i = 0; i < frames; i += 4)
        {
            var ranking = Task.WhenAll(Task.Run(() => one.Get<QueueRanker>().Rank(), Stop), Task.Run(() => two.Get<QueueRanker>().Rank(), Stop));
            var taken = await Task.WhenAll(Enumerable.Range(i, 4).Select(n => Task.Run(() => (n % 2 == 0 ? one : two).Next("anna", $"tab{n}")?.OutcomeId, Stop)));
            await ranking;
            got.AddRange(taken.OfType<string>());
        }

        // Whoever found nothing free for a moment asks again.
        while (one.Next("ben", $"late{got.Count}") is { } late)
        {
            got.Add(late.OutcomeId);
        }

        got.Count.ShouldBe(frames);
        got.Distinct().Count().ShouldBe(frames);
    }

    [Fact]
    public async Task Start_OnADatabaseOfBefore_KeepsFramesAndTheirOrder()
    {
        var old = await StartAsync();
        old.Take(Examples.Defect(1), Examples.Hard(2, 0.3), Examples.Hard(3, 0.8));
        old.Read(db => Sql.Execute(
            db,
            """
            DROP INDEX frames_waiting;
            ALTER TABLE frames DROP COLUMN novelty;
            ALTER TABLE frames DROP COLUMN model;
            ALTER TABLE frames DROP COLUMN embedding;
            ALTER TABLE frames DROP COLUMN priority;
            CREATE INDEX frames_waiting ON frames (waiting, uncertainty, time_us);
            DROP INDEX frames_camera;
            DROP INDEX frames_merged;
            ALTER TABLE frames DROP COLUMN camera;
            ALTER TABLE frames DROP COLUMN merged_into;
            ALTER TABLE frames DROP COLUMN blind_look;
            ALTER TABLE frames DROP COLUMN blind_only;
            ALTER TABLE frames DROP COLUMN overruled;
            ALTER TABLE labels DROP COLUMN blind;
            ALTER TABLE labels DROP COLUMN outcome;
            DROP TABLE looks;
            DELETE FROM schema_version WHERE version >= 3;
            """,
            []));

        var curator = await StartAsync(("Curator:InstanceName", "two"));

        (await OrderAsync(curator)).ShouldBe([3, 2, 1]);
        curator.Get<QueueRanker>().Rank();
        (await OrderAsync(curator)).ShouldBe([3, 2, 1]);
    }

    /// <summary>A direction of the plane, a little off it by the number.</summary>
    private static double[] Near(double degrees, int number)
    {
        var angle = double.DegreesToRadians(degrees + (number * 0.02));
        return [Math.Round(Math.Cos(angle), 4), Math.Round(Math.Sin(angle), 4)];
    }

    private static async Task<List<int>> OrderAsync(Instance curator)
        => [.. (await curator.Queue.WaitingAsync(200, Stop)).Select(f => Enumerable.Range(0, 300).First(i => Examples.OutcomeId(i) == f.OutcomeId))];
}
