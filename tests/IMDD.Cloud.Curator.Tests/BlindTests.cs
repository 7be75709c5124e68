using System.Text.Json;
using IMDD.Cloud.Curator.Labels;
using IMDD.Contracts.Events;
using IMDD.Contracts.Review;

namespace IMDD.Cloud.Curator.Tests;

public abstract class BlindTests(PostgresFixture postgres, DatabaseKind kind) : CuratorTests(postgres, kind)
{
    public sealed class OnSqlite(PostgresFixture postgres) : BlindTests(postgres, DatabaseKind.Sqlite);

    public sealed class OnPostgres(PostgresFixture postgres) : BlindTests(postgres, DatabaseKind.Postgres);

    [Fact]
    public async Task Label_OfADrawnFrame_AnotherPersonLooksBlind_AndNothingIsToldUntilTheyHave()
    {
        var curator = await BlindAsync();
        curator.Take(Examples.Defect(1));
        var id = Examples.OutcomeId(1);

        var first = curator.Next("anna")!;
        (first.Blind, first.Regions.Count, first.Verdict).ShouldBe((false, 1, Verdict.Fail), "somebody judges the prediction first");
        ShouldTellNothing(curator.Queue.Find(id));
        ShouldTellNothing(curator.Queue.Find(id, Instance.Who("anna", "another")));
        curator.Queue.Find(id, Instance.Who("anna"))!.Regions.ShouldHaveSingleItem();
        await curator.LabelAsync(id, Instance.Says("anna", LabelJudgement.Renamed, "dent"));
        curator.Consensus().ShouldHaveSingleItem().State.ShouldBe(ConsensusState.Agreed, "nothing waits for the second look");

        curator.Next("anna").ShouldBeNull("never the same person");
        curator.Next("anna", "another").ShouldBeNull();
        (await curator.Queue.SummaryAsync(Stop)).WaitingBlind.ShouldBe(1);
        ShouldTellNothing(curator.Next("ben"));
        ShouldTellNothing(curator.Next("ben"));
        ShouldTellNothing(curator.Queue.Lease(id, Instance.Who("ben")).Frame);
        ShouldTellNothing(curator.Queue.Find(id, Instance.Who("ben")));
        ShouldTellNothing((await curator.Queue.WaitingAsync(10, Stop)).ShouldHaveSingleItem());
        (await curator.Queue.LabelsAsync(id, 10, Stop))!.ShouldBeEmpty();

        (await curator.Desk.LabelAsync(id, Instance.Says("ben", LabelJudgement.Confirmed), Stop)).ShouldBeOfType<LabelOutcome.Invalid>().Errors.ShouldContainKey("judgement");
        (await curator.Desk.LabelAsync(id, Instance.Says("ben", LabelJudgement.Renamed, "dent"), Stop)).ShouldBeOfType<LabelOutcome.Invalid>();
        (await curator.Desk.LabelAsync(id, Instance.Says("ben", LabelJudgement.MissedDefect), Stop)).ShouldBeOfType<LabelOutcome.Invalid>().Errors.ShouldContainKey("drawn");
        var drawn = Instance.Says("ben", LabelJudgement.MissedDefect, null, Examples.Polygon("dent", 10, 12, 39, 12, 39, 17, 10, 17));
        (await curator.LabelAsync(id, drawn)).Consensus.ShouldBe(ConsensusState.Agreed);
        (await curator.LabelAsync(id, drawn)).Revision.ShouldBe(1, "sent again");

        var word = curator.Labels()[^1];
        (word.RaterId, word.Blind, word.Model, word.Regions.Count).ShouldBe(("ben", true, null, 1), "what was not shown is not kept");
        curator.Queue.Find(id)!.Regions.ShouldHaveSingleItem();
        (await curator.Queue.LabelsAsync(id, 10, Stop))!.Count.ShouldBe(2);
        curator.Next("cleo").ShouldBeNull();
    }

    [Fact]
    public async Task Label_BlindSaysOtherwise_Contested_AndAThirdWhoSeesItAllDecides()
    {
        var curator = await BlindAsync();
        curator.Take(Examples.Defect(1));
        await curator.LabelAsync(curator.Next("anna")!.OutcomeId, Instance.Says("anna", LabelJudgement.Confirmed));
        await curator.LabelAsync(curator.Next("ben")!.OutcomeId, Instance.Says("ben", LabelJudgement.FalseAlarm));
        (curator.Consensus()[^1].State, curator.Consensus()[^1].Policy).ShouldBe((ConsensusState.Disputed, "two"));

        curator.Next("anna").ShouldBeNull();
        var third = curator.Next("cleo")!;
        (third.Blind, third.Labels).ShouldBe((false, 2));
        await curator.LabelAsync(third.OutcomeId, Instance.Says("cleo", LabelJudgement.FalseAlarm));

        (curator.Consensus()[^1].State, curator.Consensus()[^1].Verdict).ShouldBe((ConsensusState.Agreed, Verdict.Pass));
        curator.Next("dora").ShouldBeNull();
    }

    [Fact]
    public async Task Undo_OfABlindWord_AnswersBlind_AndOfTheFirstWord_LeavesTheFrameToBothKinds()
    {
        var curator = await BlindAsync();
        curator.Take(Examples.Defect(1));
        var id = Examples.OutcomeId(1);
        await curator.LabelAsync(id, Instance.Says("anna", LabelJudgement.Confirmed));
        curator.Next("ben");
        await curator.LabelAsync(id, Instance.Says("ben", LabelJudgement.FalseAlarm));

        curator.Desk.Undo("ben").ShouldBe(id);
        ShouldTellNothing(curator.Queue.Lease(id, Instance.Who("ben")).Frame);
        ShouldTellNothing(curator.Queue.Find(id));
        curator.Queue.Skip(id, Instance.Who("ben")).ShouldBeTrue();

        curator.Desk.Undo("anna").ShouldBe(id);
        curator.Queue.Lease(id, Instance.Who("anna")).Frame!.Regions.ShouldHaveSingleItem();
        curator.Queue.Lease(Examples.OutcomeId(1), Instance.Who("anna"));
        Time.Advance(TimeSpan.FromMinutes(6));
        ShouldTellNothing(curator.Next("cleo"));
        Time.Advance(TimeSpan.FromMinutes(6));
        curator.Next("anna")!.Blind.ShouldBeFalse("she has seen it");
    }

    [Fact]
    public async Task Next_WhoWasShownThePrediction_NeverLooksBlind_AndALeaseThatRanOutChangesNothing()
    {
        var curator = await BlindAsync();
        curator.Take(Examples.Defect(1));
        var id = Examples.OutcomeId(1);
        curator.Next("ben")!.Blind.ShouldBeFalse();
        Time.Advance(TimeSpan.FromMinutes(6));
        await curator.LabelAsync(curator.Next("anna")!.OutcomeId, Instance.Says("anna", LabelJudgement.Confirmed));

        curator.Next("ben").ShouldBeNull("he had it before him");
        ShouldTellNothing(curator.Next("cleo"));
        Time.Advance(TimeSpan.FromMinutes(6));
        ShouldTellNothing(curator.Next("dora"));
        await curator.LabelAsync(id, Instance.Says("dora", LabelJudgement.FalseAlarm));

        // Cleo says hers late: she was not shown it either, and what was predicted does not slip in.
        await curator.LabelAsync(id, Instance.Says("cleo", LabelJudgement.MissedDefect, null, Examples.Square("dent", 40, 30)));
        var late = curator.Labels()[^1];
        (late.RaterId, late.Blind, late.Regions.Count).ShouldBe(("cleo", true, 1));
    }

    [Fact]
    public async Task Take_PassThatIsDrawn_LookedAtBlindAtOnce_AgainstTheModel()
    {
        var curator = await BlindAsync();
        curator.Take(Examples.Hard(1, 0.5), Examples.Hard(2, 0.9, Verdict.Undecided));

        var frame = curator.Next("anna", "one")!;
        frame.OutcomeId.ShouldBe(Examples.OutcomeId(2));
        frame.Blind.ShouldBeFalse("nothing was said of it that could be repeated, and it is no pass");
        ShouldTellNothing(curator.Next("anna", "two"));
        await curator.LabelAsync(Examples.OutcomeId(1), Instance.Says("anna", LabelJudgement.FalseAlarm) with { Holder = "two" });

        var label = curator.Labels().ShouldHaveSingleItem();
        (label.Judgement, label.Verdict, label.Blind).ShouldBe((LabelJudgement.Confirmed, Verdict.Pass, true));
        curator.Consensus().ShouldHaveSingleItem().State.ShouldBe(ConsensusState.Agreed);
        curator.Next("ben").ShouldBeNull();
    }

    [Fact]
    public async Task Alike_OfADrawnFrame_TellsNothingEither()
    {
        var curator = await BlindAsync(("Curator:DuplicateSimilarity", "0.995"));
        curator.Take(Examples.Hard(1, 0.5, Verdict.Fail, embedding: [0.6, 0.8]), Examples.Hard(2, 0.5, Verdict.Fail, embedding: [0.6, 0.8]));

        ShouldTellNothing((await curator.Queue.AlikeAsync(Examples.OutcomeId(1), 10, Stop))!.ShouldHaveSingleItem());
        ShouldTellNothing(curator.Queue.Find(Examples.OutcomeId(2)));
    }

    [Fact]
    public async Task Take_Share_IsAFunctionOfFrameAndSeed_AndOfTheRightSize()
    {
        const int frames = 400;
        var one = await BlindAsync(("Curator:BlindShare", "0.1"));
        var other = await BlindAsync(("Curator:BlindShare", "0.1"), ("Curator:BlindSeed", "2"), ("Curator:InstanceName", "two"));
        one.Take([.. Enumerable.Range(0, frames).Select(i => Examples.Hard(i, 0.5))]);
        other.Take([.. Enumerable.Range(frames, frames).Select(i => Examples.Hard(i, 0.5))]);

        var drawn = (await one.Queue.WaitingAsync(2 * frames, Stop)).Where(f => f.Blind).Select(f => f.OutcomeId).ToList();

        drawn.ShouldBe(
            Enumerable.Range(0, 2 * frames).Where(i => Blind.BlindRule.IsDrawn(Examples.OutcomeId(i), i < frames ? 1 : 2, 0.1)).Select(Examples.OutcomeId), ignoreOrder: true);
        drawn.Count.ShouldBeInRange(50, 110);
    }

    [Fact]
    public async Task Agreement_BlindAgainstSightedAndModel_SharesAndKappa()
    {
        var curator = await BlindAsync();
        curator.Take([.. Enumerable.Range(1, 4).Select(i => Examples.Defect(i)), .. Enumerable.Range(5, 2).Select(i => Examples.Hard(i, 0.5))]);
        (await curator.Agreement.ReadBlindAsync(Stop)).ShouldBe(new BlindAgreement(1, 1));

        // Sighted F F P P, blind F P P P.
        foreach (var (number, sighted, blind) in new[] { (1, true, true), (2, true, false), (3, false, false), (4, false, false) })
        {
            await curator.LabelAsync(Examples.OutcomeId(number), Instance.Says("anna", sighted ? LabelJudgement.Confirmed : LabelJudgement.FalseAlarm));
            await curator.LabelAsync(Examples.OutcomeId(number), Says(blind ? "scratch" : null));
        }

        await curator.LabelAsync(Examples.OutcomeId(5), Says(null));
        await curator.LabelAsync(Examples.OutcomeId(6), Says("dent"));

        // Observed 3/4, expected (2·1 + 2·3)/16 = 1/2.
        var agreement = await curator.Agreement.ReadBlindAsync(Stop);
        (agreement.OfLabels!.Pictures, agreement.OfLabels.Flips, agreement.OfLabels.FlipShare).ShouldBe((4, 1, 0.25));
        agreement.OfLabels.VerdictKappa!.Value.ShouldBe(0.5, 1e-12);
        agreement.OfLabels.NameAgreement.ShouldBe(0.75, 1e-12);
        (agreement.OfPasses!.Pictures, agreement.OfPasses.Flips).ShouldBe((2, 1));

        static LabelRequest Says(string? defect) => defect is null
            ? Instance.Says("ben", LabelJudgement.FalseAlarm)
            : Instance.Says("ben", LabelJudgement.MissedDefect, null, Examples.Polygon(defect, 10, 12, 39, 12, 39, 17, 10, 17));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Next_TwoInstancesAndManyTabs_NobodyLooksBlindTwiceAtAFrame_NorAfterSeeingIt(int seed)
    {
        const int frames = 12;
        var one = await BlindAsync();
        var two = await BlindAsync(("Curator:InstanceName", "two"));
        one.Take([.. Enumerable.Range(0, frames).Select(i => i % 3 == 0 ? Examples.Hard(i, 0.5) : Examples.Defect(i))]);
        string[] raters = ["anna", "ben", "cleo", "dora"];

        await Task.WhenAll(raters.Select((rater, n) => Task.Run(
            async () =>
            {
                Random random = new((seed * 10) + n);
                for (var round = 0; round < frames * 3; round++)
                {
                    var instance = random.Next(2) == 0 ? one : two;
                    if (instance.Next(rater) is not { } frame)
                    {
                        continue;
                    }

                    if (random.Next(4) == 0)
                    {
                        instance.Queue.Skip(frame.OutcomeId, Instance.Who(rater));
                    }
                    else
                    {
                        var judgement = !frame.Blind && frame.Verdict == Verdict.Pass ? LabelJudgement.Confirmed : LabelJudgement.FalseAlarm;
                        await instance.Desk.LabelAsync(frame.OutcomeId, Instance.Says(rater, judgement), Stop);
                    }
                }
            },
            Stop)));

        var words = one.Labels();
        words.ShouldNotBeEmpty();
        foreach (var picture in words.GroupBy(w => w.OutcomeId))
        {
            picture.Count(w => w.Blind).ShouldBeLessThanOrEqualTo(1);
            picture.Select(w => w.RaterId).Distinct().Count().ShouldBe(picture.Count());
        }
    }

    private static void ShouldTellNothing(ReviewFrame? frame)
    {
        frame.ShouldNotBeNull();
        frame.Blind.ShouldBeTrue();
        var json = JsonSerializer.Serialize(frame, ImddJson.Options);
        foreach (var word in (string[])["scratch", "dent", "contrast", "fail", "pass", "uncertain", "anna", "agreed"])
        {
            json.ShouldNotContain($"\"{word}", Case.Insensitive);
        }

        (frame.Labels, frame.Regions.Count, frame.Uncertainty, frame.Model).ShouldBe((0, 0, null, null));
    }

    private Task<Instance> BlindAsync(params (string Key, string Value)[] settings) => StartAsync([("Curator:BlindShare", "1"), .. settings]);
}
