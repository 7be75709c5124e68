using IMDD.Contracts.Events;
using IMDD.Contracts.Identity;

namespace IMDD.Cloud.Curator.Tests;

public abstract class DuplicateTests(PostgresFixture postgres, DatabaseKind kind) : CuratorTests(postgres, kind)
{
    // The cosine of 5° is 0.9962, that of 6° 0.9945.
    private const string Similarity = "0.995";

    public sealed class OnSqlite(PostgresFixture postgres) : DuplicateTests(postgres, DatabaseKind.Sqlite);

    public sealed class OnPostgres(PostgresFixture postgres) : DuplicateTests(postgres, DatabaseKind.Postgres);

    [Fact]
    public async Task Take_LooksTheSame_StandsBehindTheFirst_AndGetsNoLabelOfItsOwn()
    {
        var curator = await MergingAsync();
        curator.Take(Frame(1, 0), Frame(2, 5), Frame(3, 6), Frame(4, 1));

        var waiting = await curator.Queue.WaitingAsync(10, Stop);
        waiting.Select(f => (f.OutcomeId, f.Alike)).ShouldBe([(Examples.OutcomeId(1), 2), (Examples.OutcomeId(3), 0)], ignoreOrder: true);
        (await curator.Queue.AlikeAsync(Examples.OutcomeId(1), 10, Stop))!.Select(f => (f.OutcomeId, f.MergedInto)).ShouldBe(
            [(Examples.OutcomeId(4), Examples.OutcomeId(1)), (Examples.OutcomeId(2), Examples.OutcomeId(1))]);
        (await curator.Queue.AlikeAsync(Examples.OutcomeId(9), 10, Stop)).ShouldBeNull();
        var summary = await curator.Queue.SummaryAsync(Stop);
        (summary.Waiting, summary.Merged).ShouldBe((2, 2));

        curator.Next("anna")!.OutcomeId.ShouldBe(Examples.OutcomeId(3));
        curator.Next("ben")!.Alike.ShouldBe(2);
        curator.Next("cleo").ShouldBeNull();
        await curator.LabelAsync(Examples.OutcomeId(1), Instance.Says("ben", LabelJudgement.Confirmed));

        curator.Labels().ShouldHaveSingleItem().OutcomeId.ShouldBe(Examples.OutcomeId(1), "nobody has looked at the others");
        curator.Next("cleo").ShouldBeNull("judged lately");
    }

    [Fact]
    public async Task Undo_OfTheFirst_BringsTheOthersBack_UntilItIsJudgedAgain()
    {
        var curator = await MergingAsync();
        curator.Take(Frame(1, 0), Frame(2, 1), Frame(3, 2));
        await curator.LabelAsync(Examples.OutcomeId(1), Instance.Says("anna", LabelJudgement.Confirmed));

        curator.Desk.Undo("anna").ShouldBe(Examples.OutcomeId(1));
        (await curator.Queue.WaitingAsync(10, Stop)).Select(f => (f.OutcomeId, f.Alike)).ShouldBe(
            [(Examples.OutcomeId(1), 0), (Examples.OutcomeId(2), 0), (Examples.OutcomeId(3), 0)], ignoreOrder: true);

        // One of them is judged by itself meanwhile, and stays so.
        await curator.LabelAsync(Examples.OutcomeId(3), Instance.Says("ben", LabelJudgement.Confirmed));
        await curator.LabelAsync(Examples.OutcomeId(1), Instance.Says("anna", LabelJudgement.Confirmed));

        (await curator.Queue.WaitingAsync(10, Stop)).ShouldBeEmpty();
        curator.Queue.Find(Examples.OutcomeId(1))!.Alike.ShouldBe(1);
        (curator.Queue.Find(Examples.OutcomeId(3))!.MergedInto, curator.Queue.Find(Examples.OutcomeId(2))!.MergedInto).ShouldBe((null, Examples.OutcomeId(1)));
    }

    [Fact]
    public async Task Prune_TheFirstExpires_TheOthersComeBack()
    {
        var curator = await MergingAsync(("Curator:Retention", "01:00:00"));
        curator.Take(Frame(1, 0));
        Time.Advance(TimeSpan.FromMinutes(50));
        curator.Take(Frame(2, 1));
        (await curator.Queue.WaitingAsync(10, Stop)).ShouldHaveSingleItem().Alike.ShouldBe(1);

        Time.Advance(TimeSpan.FromMinutes(11));
        curator.Take();

        (await curator.Queue.WaitingAsync(10, Stop)).ShouldHaveSingleItem().OutcomeId.ShouldBe(Examples.OutcomeId(2));
    }

    [Fact]
    public async Task Take_MoreThanFits_TheMergedGoFirst()
    {
        var curator = await MergingAsync(("Curator:Capacity", "2"));

        curator.Take(Frame(1, 0, 0.3), Frame(2, 1, 0.9), Frame(3, 90, 0.2));

        (await curator.Queue.WaitingAsync(10, Stop)).Select(f => (f.OutcomeId, f.Alike)).ShouldBe([(Examples.OutcomeId(1), 0), (Examples.OutcomeId(3), 0)]);
    }

    [Fact]
    public async Task Take_AnotherCameraModelVerdictOrName_OrNoEmbedding_OrJudgedLongAgo_IsAskedAbout()
    {
        var curator = await MergingAsync(("Curator:RankMemory", "01:00:00"));
        var elsewhere = CameraPath.Parse("acme/ulm/paint/line2/cell3/cam2");
        curator.Take(
            Frame(1, 0), Examples.Hard(2, 0.5, embedding: At(0), camera: elsewhere), Examples.Hard(3, 0.5, embedding: At(0), model: "other"), Examples.Hard(4, 0.5),
            Examples.Hard(5, 0.5, Verdict.Fail, embedding: At(0)), Examples.Hard(6, 0.5, Verdict.Fail, embedding: At(0), defect: "dent"), Examples.Hard(7, 0.5));
        (await curator.Queue.SummaryAsync(Stop)).Merged.ShouldBe(0);

        curator.Take(Examples.Hard(8, 0.5, Verdict.Fail, embedding: At(1), defect: "dent"));
        curator.Queue.Find(Examples.OutcomeId(8))!.MergedInto.ShouldBe(Examples.OutcomeId(6));

        await curator.LabelAsync(Examples.OutcomeId(1), Instance.Says("anna", LabelJudgement.Confirmed));
        Time.Advance(TimeSpan.FromMinutes(61));
        curator.Take(Frame(9, 0));
        curator.Queue.Find(Examples.OutcomeId(9))!.MergedInto.ShouldBeNull("what the line does may have changed");
    }

    [Fact]
    public async Task Take_EmbeddingComesLater_MergedThen_UnlessSomebodyHasIt()
    {
        var curator = await MergingAsync();
        curator.Take(Examples.Hard(1, 0.5, Verdict.Fail, embedding: At(0)), Examples.Defect(2), Examples.Defect(3));
        curator.Queue.Lease(Examples.OutcomeId(3), Instance.Who("anna"));

        curator.Take(Examples.Hard(2, 0.5, Verdict.Fail, embedding: At(0)), Examples.Hard(3, 0.5, Verdict.Fail, embedding: At(0)));

        (curator.Queue.Find(Examples.OutcomeId(2))!.MergedInto, curator.Queue.Find(Examples.OutcomeId(3))!.MergedInto).ShouldBe((Examples.OutcomeId(1), null));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Take_TwoInstancesAtOnce_OneStandsForAll_AndNoneForAnother(int seed)
    {
        const int frames = 24;
        var one = await MergingAsync();
        var two = await MergingAsync(("Curator:InstanceName", "two"));
        Random random = new(seed);
        var order = Enumerable.Range(1, frames).ToArray();
        random.Shuffle(order);

        // Half of them are known before without an embedding, so that either could be put behind the other.
        one.Take([.. order.Take(frames / 2).Select(i => Examples.Defect(i))]);
        var batches = order.Select(i => Examples.Hard(i, 0.5, Verdict.Fail, embedding: At(i * 0.01))).Chunk(3).ToArray();
        var results = await Task.WhenAll(batches.Select((batch, n) => Task.Run(() => Retry(n % 2 == 0 ? one : two, batch), Stop)));

        results.ShouldAllBe(taken => taken);
        var heads = one.Read(db => db.Frames.Select(f => f.MergedInto).Distinct().ToList()).OfType<string>().ToList();
        heads.Count.ShouldBe(1);
        one.Read(db => db.Frames.Single(f => f.OutcomeId == heads[0]).MergedInto).ShouldBeNull();
        (await one.Queue.WaitingAsync(100, Stop)).ShouldHaveSingleItem().Alike.ShouldBe(frames - 1);

        // As the worker does: a batch that the database refused is taken again.
        static bool Retry(Instance instance, IReadOnlyList<Messaging.Kafka.KafkaConsumed> batch)
        {
            for (var tries = 0; tries < 20; tries++)
            {
                try
                {
                    instance.Take(batch);
                    return true;
                }
                catch (Exception e) when (e is System.Data.Common.DbException or Microsoft.EntityFrameworkCore.DbUpdateException)
                {
                    // Another transaction was first.
                }
            }

            return false;
        }
    }

    private static Messaging.Kafka.KafkaConsumed Frame(int number, double degrees, double uncertainty = 0.5)
        => Examples.Hard(number, uncertainty + (number * 0.001), embedding: At(degrees));

    private static double[] At(double degrees) => [Math.Round(Math.Cos(double.DegreesToRadians(degrees)), 4), Math.Round(Math.Sin(double.DegreesToRadians(degrees)), 4)];

    private Task<Instance> MergingAsync(params (string Key, string Value)[] settings) => StartAsync([("Curator:DuplicateSimilarity", Similarity), .. settings]);
}
