using IMDD.Cloud.Curator.Labels;
using IMDD.Contracts.CloudEvents;
using IMDD.Contracts.Events;
using IMDD.Contracts.Topics;
using IMDD.Dapr.Notices;
using IMDD.Imaging.Masks;
using IMDD.Messaging.Embedded;
using IMDD.Messaging.Kafka;
using IMDD.Storage;

namespace IMDD.Cloud.Curator.Tests;

public abstract class LabelTests(PostgresFixture postgres, DatabaseKind kind) : CuratorTests(postgres, kind)
{
    public sealed class OnSqlite(PostgresFixture postgres) : LabelTests(postgres, DatabaseKind.Sqlite);

    public sealed class OnPostgres(PostgresFixture postgres) : LabelTests(postgres, DatabaseKind.Postgres);

    [Fact]
    public async Task Label_EachJudgement_SaysWhatTheFrameIs()
    {
        var curator = await StartAsync();
        curator.Take(Examples.Defect(1), Examples.Defect(2), Examples.Defect(3), Examples.Hard(4, 0.5), Examples.Defect(5));

        await curator.LabelAsync(Examples.OutcomeId(1), Instance.Says("anna", LabelJudgement.Confirmed));
        await curator.LabelAsync(Examples.OutcomeId(2), Instance.Says("anna", LabelJudgement.Renamed, "Paint Run"));
        await curator.LabelAsync(Examples.OutcomeId(3), Instance.Says("anna", LabelJudgement.FalseAlarm));
        await curator.LabelAsync(Examples.OutcomeId(4), Instance.Says("anna", LabelJudgement.MissedDefect, null, Examples.Square("dent", 5, 5)));
        await curator.LabelAsync(
            Examples.OutcomeId(5), Instance.Says("anna", LabelJudgement.MissedDefect, null, Examples.Square("dent", 5, 5)) with { KeepPredicted = false });

        var labels = curator.Labels();
        labels.Select(l => l.Verdict).ShouldBe([Verdict.Fail, Verdict.Fail, Verdict.Pass, Verdict.Fail, Verdict.Fail]);
        labels.Select(RegionOverlap.NamesOf).ShouldBe(["scratch", "paint-run", "", "dent", "dent"]);
        labels[1].Regions[0].BboxPx.ShouldBe([10, 12, 30, 6]);
        labels[3].Regions[0].BboxPx.ShouldBe([5, 5, 10, 10]);
        labels.ShouldAllBe(l => l.RaterId == "anna" && l.Revision == 1 && l.Model!.Name == "contrast" && !l.Blind);
        curator.Consensus().ShouldAllBe(c => c.State == ConsensusState.Agreed && c.Revision == 1 && c.Policy == "one");
        (await curator.Queue.WaitingAsync(10, Stop)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Label_SaidAgain_ChangesNothing_AndSaidOtherwise_IsTheNextRevision()
    {
        var curator = await StartAsync();
        curator.Take(Examples.Defect(1));
        var first = await curator.LabelAsync(Examples.OutcomeId(1), Instance.Says("anna", LabelJudgement.Confirmed));
        var again = await curator.LabelAsync(Examples.OutcomeId(1), Instance.Says("anna", LabelJudgement.Confirmed));
        var otherwise = await curator.LabelAsync(Examples.OutcomeId(1), Instance.Says("anna", LabelJudgement.FalseAlarm));

        again.ShouldBe(first with { ProposedTerms = again.ProposedTerms });
        otherwise.Revision.ShouldBe(2);
        curator.Outgoing(KafkaTopics.Labelled).Select(e => e.Id).ShouldBe([first.EventId, otherwise.EventId]);
        curator.Consensus().Select(c => (c.Revision, c.Verdict)).ShouldBe([(1, Verdict.Fail), (2, Verdict.Pass)]);
    }

    [Fact]
    public async Task Label_SomebodyElseHasIt_Refused()
    {
        var curator = await StartAsync();
        curator.Take(Examples.Defect(1));
        curator.Next("anna");

        (await curator.Desk.LabelAsync(Examples.OutcomeId(1), Instance.Says("ben", LabelJudgement.Confirmed), Stop)).ShouldBeOfType<LabelOutcome.Held>();
        (await curator.Desk.LabelAsync(Examples.OutcomeId(7), Instance.Says("ben", LabelJudgement.Confirmed), Stop)).ShouldBeOfType<LabelOutcome.Unknown>();
        curator.Labels().ShouldBeEmpty();
    }

    [Fact]
    public async Task Undo_TakesTheLastWordBack_AndGivesTheFrameBack()
    {
        var curator = await StartAsync();
        curator.Take(Examples.Defect(1), Examples.Defect(2));
        await curator.LabelAsync(Examples.OutcomeId(1), Instance.Says("anna", LabelJudgement.Confirmed));
        await curator.LabelAsync(Examples.OutcomeId(2), Instance.Says("anna", LabelJudgement.Renamed, "dent"));
        await curator.LabelAsync(Examples.OutcomeId(2), Instance.Says("ben", LabelJudgement.FalseAlarm));

        curator.Desk.Undo("anna").ShouldBe(Examples.OutcomeId(2));
        curator.Desk.Undo("anna").ShouldBe(Examples.OutcomeId(1));
        curator.Desk.Undo("anna").ShouldBeNull();

        curator.Labels().Where(l => l.RaterId == "anna").Select(l => (l.Judgement, l.Revision)).ShouldBe(
            [(LabelJudgement.Confirmed, 1), (LabelJudgement.Renamed, 1), (LabelJudgement.Withdrawn, 2), (LabelJudgement.Withdrawn, 2)]);
        curator.Consensus()[^1].State.ShouldBe(ConsensusState.Withdrawn);
        (await curator.Queue.WaitingAsync(10, Stop)).ShouldHaveSingleItem().OutcomeId.ShouldBe(Examples.OutcomeId(1));
        (await curator.Queue.VocabularyAsync(Stop)).ShouldNotContain(term => term.Class == "dent", "only the word that was taken back had used it");
    }

    [Fact]
    public async Task Label_UnknownName_IsProposedOnce_AndKnownOnceAModelUsesIt()
    {
        var curator = await StartAsync(("Curator:Vocabulary:0", "Orange peel"));
        curator.Take(Examples.Defect(1), Examples.Defect(2));
        (await curator.LabelAsync(Examples.OutcomeId(1), Instance.Says("anna", LabelJudgement.Renamed, "orange-peel"))).ProposedTerms.ShouldBeEmpty();
        (await curator.LabelAsync(Examples.OutcomeId(2), Instance.Says("anna", LabelJudgement.Renamed, "Läufer"))).ProposedTerms.ShouldBe(["läufer"]);
        (await curator.LabelAsync(Examples.OutcomeId(2), Instance.Says("ben", LabelJudgement.Renamed, "läufer"))).ProposedTerms.ShouldBeEmpty();

        var terms = (await curator.Queue.VocabularyAsync(Stop)).ToDictionary(t => t.Class, StringComparer.Ordinal);
        terms["läufer"].ShouldBe(new("läufer", Proposed: true, Uses: 2, ProposedBy: "anna"));
        terms["orange-peel"].Proposed.ShouldBeFalse();
        terms["scratch"].Proposed.ShouldBeFalse("the model has used it");
    }

    [Fact]
    public async Task Label_PaintedMaskTooLargeForAnEvent_MovesToABlob()
    {
        // Every other pixel of a large frame: as many runs as a mask can have.
        const int width = 640, height = 512;
        var curator = await StartAsync();
        var mask = new byte[width * height];
        for (var i = 0; i < mask.Length; i++)
        {
            mask[i] = (byte)((i + (i / width)) % 2);
        }

        var rle = CocoRle.Encode(mask, width, height);
        var region = new LabelledRegion { Class = "dust", BboxPx = [0, 0, width, height], MaskRle = rle };

        var moved = (await curator.Get<MaskBlobs>().FitAsync([region, region with { MaskRle = new([height, width], "small") }], Stop)).ToList();

        BlobName.TryGetDigest(moved[0].MaskUri, out var digest).ShouldBeTrue();
        moved[0].MaskRle.ShouldBeNull();
        ImddJson.Deserialize<MaskRle>(await curator.Get<IBlobStore>().GetAsync(digest, 1 << 20, Stop)).Counts.ShouldBe(rle.Counts);
        moved[1].MaskRle.ShouldNotBeNull("it fits");
    }

    [Fact]
    public async Task Relay_AfterACrash_PublishesLabelAndConsensusUnderTheSameIds()
    {
        using EmbeddedKafkaCluster kafka = new();
        var crashed = await StartAsync(("Kafka:BootstrapServers", kafka.BootstrapServers));
        crashed.Take(Examples.Defect(1));
        var receipt = await crashed.LabelAsync(Examples.OutcomeId(1), Instance.Says("anna", LabelJudgement.Confirmed));
        var waiting = crashed.Outgoing(KafkaTopics.Labelled).Concat(crashed.Outgoing(KafkaTopics.Consensus)).Select(e => e.Id).ToList();
        waiting[0].ShouldBe(receipt.EventId);

        var restarted = await StartAsync(("Kafka:BootstrapServers", kafka.BootstrapServers));
        using var publisher = restarted.Get<IKafkaClientFactory>().CreatePublisher();
        var told = 0;
        using var listening = restarted.Get<INotices>().Listen(NoticeTopics.LabelsAgreed, () => told++);
        await restarted.Relay.RelayAsync(publisher, Stop);
        told.ShouldBe(1, "who waits for labels hears of them once Kafka has them");

        restarted.Read(db => db.Outbox.Count()).ShouldBe(0);
        using var consumer = restarted.Get<IKafkaClientFactory>().CreateConsumer("reader");
        consumer.Assign([KafkaTopics.Labelled, KafkaTopics.Consensus], fromBeginning: true);
        List<string> ids = [];
        for (var tries = 0; tries < 300 && ids.Count < 2; tries++)
        {
            if (consumer.Poll(TimeSpan.FromMilliseconds(200)) is { } record)
            {
                ids.Add(KafkaBinding.Read(record.Headers, record.Value!.Value).Id);
            }
        }

        ids.ShouldBe(waiting, ignoreOrder: true);
    }
}
