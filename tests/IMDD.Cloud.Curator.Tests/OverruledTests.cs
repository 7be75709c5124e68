using IMDD.Contracts.CloudEvents;
using IMDD.Contracts.Events;
using IMDD.Contracts.Review;
using IMDD.Contracts.Topics;
using IMDD.Messaging.Kafka;
using EventId = IMDD.Contracts.Identity.EventId;

namespace IMDD.Cloud.Curator.Tests;

/// <summary>What people agree on against what was decided goes out as a hard example, once.</summary>
public abstract class OverruledTests(PostgresFixture postgres, DatabaseKind kind) : CuratorTests(postgres, kind)
{
    public sealed class OnSqlite(PostgresFixture postgres) : OverruledTests(postgres, DatabaseKind.Sqlite);

    public sealed class OnPostgres(PostgresFixture postgres) : OverruledTests(postgres, DatabaseKind.Postgres);

    [Fact]
    public async Task Agreed_AnotherVerdictOrOtherNames_IsAHardExample_AndWhatTheModelSaidIsNot()
    {
        var curator = await StartAsync();
        curator.Take(
            Examples.Defect(1), Examples.Defect(2), Examples.Defect(3), Examples.Hard(4, 0.5), Examples.Hard(5, 0.5), Examples.Defect(6),
            Examples.Hard(7, 0.5, Verdict.Fail, defect: "unknown-defect"), Examples.Hard(8, 0.5, Verdict.Undecided));

        await SayAsync(curator, 1, LabelJudgement.Confirmed);
        await SayAsync(curator, 2, LabelJudgement.FalseAlarm);
        await SayAsync(curator, 3, LabelJudgement.Renamed, "dent");
        await SayAsync(curator, 4, LabelJudgement.Confirmed);
        await SayAsync(curator, 5, LabelJudgement.MissedDefect, null, Examples.Square("dent", 5, 5));

        // One more defect beside the one that the model named, a name where it knew none, and a word where nothing was decided: nothing is overturned.
        await SayAsync(curator, 6, LabelJudgement.MissedDefect, null, Examples.Square("dent", 5, 5));
        await SayAsync(curator, 7, LabelJudgement.Renamed, "dent");
        await SayAsync(curator, 8, LabelJudgement.FalseAlarm);

        var events = curator.Outgoing(KafkaTopics.HardExample);
        events.Select(e => e.Id).ShouldBe([EventId.ForOverruled(Examples.OutcomeId(2)), EventId.ForOverruled(Examples.OutcomeId(3)), EventId.ForOverruled(Examples.OutcomeId(5))]);
        events.ShouldAllBe(e => e.Extension(CloudEventAttributes.PartitionKey) == Examples.Camera.ToString());
        events[0].Time.ShouldBe(Examples.Noon.AddSeconds(2), "the exposure");
        var examples = Overruled(curator);
        examples.ShouldAllBe(e => e.Reasons.Single() == HardReason.Overruled && e.Scores.Count == 0 && e.Frame.Uri != null && e.Model!.Name == "contrast");
        examples.Select(e => e.Verdict).ShouldBe([Verdict.Fail, Verdict.Fail, Verdict.Pass], "what was decided");
        examples[1].Regions.ShouldHaveSingleItem().Class.ShouldBe("scratch", "what the model saw");
    }

    [Fact]
    public async Task Overruled_TakenBackSaidAgainAndOtherwise_IsToldOnce()
    {
        var curator = await StartAsync();
        curator.Take(Examples.Defect(1));
        await SayAsync(curator, 1, LabelJudgement.FalseAlarm);
        await SayAsync(curator, 1, LabelJudgement.FalseAlarm);
        curator.Desk.Undo("anna");
        await SayAsync(curator, 1, LabelJudgement.Renamed, "dent");

        // It comes back by way of Kafka, as every hard example does, and the frame is known again after a restart.
        var restarted = await StartAsync();
        restarted.Take(Published(restarted));
        await SayAsync(restarted, 1, LabelJudgement.FalseAlarm);

        Overruled(restarted).ShouldHaveSingleItem();
        var frame = restarted.Queue.Find(Examples.OutcomeId(1))!;
        frame.Reasons.ShouldBe([HardReason.Overruled]);
        frame.Uncertainty.ShouldBeNull();
        frame.Time.ShouldBe(Examples.Noon.AddSeconds(1));
        (await restarted.Queue.WaitingAsync(10, Stop)).ShouldBeEmpty("it is agreed on");
    }

    [Fact]
    public async Task Two_IsToldOnceTheSecondAgrees_AndNotWhileTheyDiffer()
    {
        var curator = await StartAsync(("Curator:Policy", "Two"));
        curator.Take(Examples.Defect(1), Examples.Defect(2));
        await SayAsync(curator, 1, LabelJudgement.FalseAlarm);
        Overruled(curator).ShouldBeEmpty("one of two");
        await curator.LabelAsync(Examples.OutcomeId(1), Instance.Says("ben", LabelJudgement.Renamed, "dent"));
        Overruled(curator).ShouldBeEmpty("they differ");

        await curator.LabelAsync(Examples.OutcomeId(1), Instance.Says("cleo", LabelJudgement.FalseAlarm));

        Overruled(curator).ShouldHaveSingleItem().OutcomeId.ShouldBe(Examples.OutcomeId(1));
    }

    private static async Task SayAsync(Instance curator, int number, string judgement, string? name = null, params DrawnRegion[] drawn)
        => await curator.LabelAsync(Examples.OutcomeId(number), Instance.Says("anna", judgement, name, drawn));

    private static List<HardExample> Overruled(Instance curator)
        => curator.Outgoing(KafkaTopics.HardExample).ConvertAll(e => EventReader.Read<HardExample>(e, EventTypes.ExampleCollected));

    private static KafkaConsumed[] Published(Instance curator)
        => [.. curator.Outgoing(KafkaTopics.HardExample).Select((e, i) => new KafkaConsumed(KafkaTopics.HardExample, 0, i, null, e.Data, KafkaBinding.WriteHeaders(e), Examples.Noon))];
}
