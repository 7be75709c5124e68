using IMDD.Contracts.Events;

namespace IMDD.Cloud.Curator.Tests;

public abstract class QueueTests(PostgresFixture postgres, DatabaseKind kind) : CuratorTests(postgres, kind)
{
    public sealed class OnSqlite(PostgresFixture postgres) : QueueTests(postgres, DatabaseKind.Sqlite);

    public sealed class OnPostgres(PostgresFixture postgres) : QueueTests(postgres, DatabaseKind.Postgres);

    [Fact]
    public async Task Next_SomeUncertainSomeNot_MostUncertainThenNewest()
    {
        var curator = await StartAsync();
        curator.Take(Examples.Defect(1), Examples.Hard(2, 0.3), Examples.Defect(3), Examples.Hard(4, 0.8));

        string[] order = [.. Enumerable.Range(0, 4).Select(i => curator.Next("anna", $"tab{i}")!.OutcomeId)];

        order.ShouldBe([Examples.OutcomeId(4), Examples.OutcomeId(2), Examples.OutcomeId(3), Examples.OutcomeId(1)]);
    }

    [Fact]
    public async Task Next_ManyBrowsersAtOnce_NoFrameTwice()
    {
        const int frames = 24;
        var one = await StartAsync();
        var two = await StartAsync(("Curator:InstanceName", "two"));
        one.Take([.. Enumerable.Range(1, frames).Select(i => Examples.Defect(i))]);

        var taken = await Task.WhenAll(Enumerable.Range(0, frames).Select(i => Task.Run(() => (i % 2 == 0 ? one : two).Next("anna", $"tab{i}")?.OutcomeId, Stop)));

        // Under contention a browser may find nothing free for a moment and asks again.
        var got = taken.OfType<string>().ToList();
        got.Distinct().Count().ShouldBe(got.Count);
        for (var i = got.Count; i < frames; i++)
        {
            got.Add(one.Next("ben", $"late{i}")!.OutcomeId);
        }

        got.Distinct().Count().ShouldBe(frames);
        one.Next("cleo").ShouldBeNull();
    }

    [Fact]
    public async Task Next_AskedAgain_TheSameFrameUntilItsLeaseEnds_ThenAnybodyMayHaveIt()
    {
        var curator = await StartAsync(("Curator:LeaseTime", "00:01:00"));
        curator.Take(Examples.Defect(1));

        curator.Next("anna")!.LeasedUntil.ShouldBe(Time.GetUtcNow().AddMinutes(1));
        curator.Next("anna")!.OutcomeId.ShouldBe(Examples.OutcomeId(1));
        curator.Next("anna", "another-tab").ShouldBeNull();
        curator.Next("ben").ShouldBeNull();

        Time.Advance(TimeSpan.FromSeconds(61));
        curator.Next("ben")!.OutcomeId.ShouldBe(Examples.OutcomeId(1));
        curator.Next("anna").ShouldBeNull();
    }

    [Fact]
    public async Task Skip_GivesItToOthers_AndBackToTheRaterOnlyLater()
    {
        var curator = await StartAsync(("Curator:SkipTime", "00:10:00"));
        curator.Take(Examples.Defect(1));
        var frame = curator.Next("anna")!;

        curator.Queue.Skip(frame.OutcomeId, Instance.Who("ben")).ShouldBeFalse("ben does not have it");
        curator.Queue.Skip(frame.OutcomeId, Instance.Who("anna")).ShouldBeTrue();

        curator.Next("anna").ShouldBeNull();
        curator.Next("ben")!.OutcomeId.ShouldBe(frame.OutcomeId);
        curator.Queue.Skip(frame.OutcomeId, Instance.Who("ben")).ShouldBeTrue();
        Time.Advance(TimeSpan.FromMinutes(11));
        curator.Next("anna")!.OutcomeId.ShouldBe(frame.OutcomeId);
    }

    [Fact]
    public async Task Lease_ByName_TakesItUnlessSomebodyHasIt_AndGivesUpTheOther()
    {
        var curator = await StartAsync();
        curator.Take(Examples.Defect(1), Examples.Defect(2));
        curator.Next("anna")!.OutcomeId.ShouldBe(Examples.OutcomeId(2));

        curator.Queue.Lease(Examples.OutcomeId(2), Instance.Who("ben")).ShouldBe((null, Time.GetUtcNow().AddMinutes(5)));
        curator.Queue.Lease(Examples.OutcomeId(9), Instance.Who("ben")).ShouldBe((null, null));
        curator.Queue.Lease(Examples.OutcomeId(1), Instance.Who("anna")).Frame!.OutcomeId.ShouldBe(Examples.OutcomeId(1));

        curator.Next("ben")!.OutcomeId.ShouldBe(Examples.OutcomeId(2));
    }

    [Fact]
    public async Task Next_JudgedByTheRater_GoesToTheSecondRaterOnly()
    {
        var curator = await StartAsync(("Curator:Policy", "Two"));
        curator.Take(Examples.Defect(1));
        await curator.LabelAsync(curator.Next("anna")!.OutcomeId, Instance.Says("anna", LabelJudgement.Confirmed));

        curator.Next("anna").ShouldBeNull();
        curator.Next("ben")!.Labels.ShouldBe(1);
    }
}
