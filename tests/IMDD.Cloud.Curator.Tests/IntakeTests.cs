using IMDD.Contracts.Events;
using IMDD.Contracts.Topics;

namespace IMDD.Cloud.Curator.Tests;

public abstract class IntakeTests(PostgresFixture postgres, DatabaseKind kind) : CuratorTests(postgres, kind)
{
    public sealed class OnSqlite(PostgresFixture postgres) : IntakeTests(postgres, DatabaseKind.Sqlite);

    public sealed class OnPostgres(PostgresFixture postgres) : IntakeTests(postgres, DatabaseKind.Postgres);

    [Fact]
    public async Task Take_FrameAsFailedAsHardAndAgain_WaitsOnceWithEverythingThatWasSaid()
    {
        var curator = await StartAsync();

        curator.Take(Examples.Defect(1), Examples.Hard(1, 0.7, Verdict.Fail), Examples.Defect(1));
        curator.Take(Examples.Hard(1, 0.7, Verdict.Fail));

        var frame = (await curator.Queue.WaitingAsync(10, Stop)).ShouldHaveSingleItem();
        frame.Reasons.ShouldBe([HardReason.Uncertain]);
        frame.Uncertainty.ShouldBe(0.7);
        frame.Regions.ShouldHaveSingleItem().Class.ShouldBe("scratch");
    }

    [Fact]
    public async Task Take_FrameAsFailedWithAMaskAndAsHardWithout_KeepsTheMask_InEitherOrder()
    {
        var curator = await StartAsync();
        MaskRle mask = new([Examples.Height, Examples.Width], "0");

        curator.Take(Examples.Defect(1, mask: mask), Examples.Hard(1, 0.7, Verdict.Fail), Examples.Hard(2, 0.7, Verdict.Fail), Examples.Defect(2, mask: mask));

        var frames = await curator.Queue.WaitingAsync(10, Stop);
        frames.Count.ShouldBe(2);
        frames.ShouldAllBe(f => f.Regions[0].MaskRle != null && f.Reasons.Contains(HardReason.Uncertain));
    }

    [Fact]
    public async Task Take_PictureNotStoredYet_WaitsOnlyOnceItIsAnnounced_InEitherOrder()
    {
        var curator = await StartAsync();
        curator.Take(Examples.Defect(1, stored: false), Examples.Stored(2));
        (await curator.Queue.WaitingAsync(10, Stop)).ShouldBeEmpty();
        curator.Next("anna").ShouldBeNull();

        curator.Take(Examples.Stored(1), Examples.Defect(2, stored: false));

        var frames = await curator.Queue.WaitingAsync(10, Stop);
        frames.Select(f => f.OutcomeId).ShouldBe([Examples.OutcomeId(2), Examples.OutcomeId(1)]);
        frames.ShouldAllBe(f => f.Frame.Uri != null && f.Regions[0].MaskUri == "imdd-blob:mask");
    }

    [Fact]
    public async Task Take_OnePictureTwice_LookedAtOnce()
    {
        var curator = await StartAsync();

        curator.Take(Examples.Defect(1), Examples.Defect(2, picture: 1));

        (await curator.Queue.WaitingAsync(10, Stop)).ShouldHaveSingleItem().OutcomeId.ShouldBe(Examples.OutcomeId(1));
        curator.Queue.Find(Examples.OutcomeId(2)).ShouldBeNull();
        curator.Queue.Find(Examples.Digest(1))!.OutcomeId.ShouldBe(Examples.OutcomeId(1));
        curator.Queue.Lease(Examples.Digest(1), Instance.Who("anna")).Frame!.LeasedUntil.ShouldNotBeNull();
    }

    [Fact]
    public async Task Take_TestPart_IsNotPutBeforePeople()
    {
        var curator = await StartAsync();

        curator.Take(Examples.Defect(1, simulated: true));

        (await curator.Queue.WaitingAsync(10, Stop)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Take_RecordThatIsNone_SetAsideAndTheRestGoesOn()
    {
        var curator = await StartAsync();

        curator.Take(
            Examples.Defect(1) with { Value = "{"u8.ToArray() }, Examples.Hard(2, 0.5) with { Headers = [] }, Examples.Stored(3) with { Value = null }, Examples.Defect(4),
            Examples.OfAnotherOutcome(5));

        (await curator.Queue.WaitingAsync(10, Stop)).ShouldHaveSingleItem().OutcomeId.ShouldBe(Examples.OutcomeId(4));
        curator.Read(db => db.Outbox.Select(row => row.Topic).ToList()).ShouldBe(
            [KafkaTopics.DeadLetter(KafkaTopics.DefectDetected), KafkaTopics.DeadLetter(KafkaTopics.HardExample), KafkaTopics.DeadLetter(KafkaTopics.FrameStored), KafkaTopics.DeadLetter(KafkaTopics.HardExample)],
            ignoreOrder: true);
    }

    [Fact]
    public async Task Take_MoreThanFits_TheLeastInformativeAndOldestGo()
    {
        var curator = await StartAsync(("Curator:Capacity", "3"));

        curator.Take(Examples.Defect(1), Examples.Defect(2), Examples.Hard(3, 0.2), Examples.Hard(4, 0.9));

        (await curator.Queue.WaitingAsync(10, Stop)).Select(f => f.OutcomeId)
            .ShouldBe([Examples.OutcomeId(4), Examples.OutcomeId(3), Examples.OutcomeId(2)]);
    }
}
