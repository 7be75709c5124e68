using IMDD.Contracts.Events;

namespace IMDD.Cloud.Curator.Tests;

public abstract class ConsensusTests(PostgresFixture postgres, DatabaseKind kind) : CuratorTests(postgres, kind)
{
    public sealed class OnSqlite(PostgresFixture postgres) : ConsensusTests(postgres, DatabaseKind.Sqlite);

    public sealed class OnPostgres(PostgresFixture postgres) : ConsensusTests(postgres, DatabaseKind.Postgres);

    [Fact]
    public async Task Two_BothTheSame_Agreed()
    {
        var curator = await SayAsync("Two", ("anna", LabelJudgement.Confirmed, null), ("ben", LabelJudgement.Confirmed, null));

        curator.Consensus().Select(c => c.State).ShouldBe([ConsensusState.Open, ConsensusState.Agreed]);
        curator.Consensus()[^1].Labels.ShouldBe([new("anna", 1), new("ben", 1)]);
        curator.Next("cleo").ShouldBeNull();
    }

    [Fact]
    public async Task Two_TheyDiffer_AThirdDecides()
    {
        var curator = await SayAsync("Two", ("anna", LabelJudgement.Confirmed, null), ("ben", LabelJudgement.Renamed, "dent"));
        curator.Consensus()[^1].State.ShouldBe(ConsensusState.Disputed);
        curator.Consensus()[^1].Regions.ShouldBeEmpty();

        await curator.LabelAsync(curator.Next("cleo")!.OutcomeId, Instance.Says("cleo", LabelJudgement.Renamed, "dent"));

        curator.Consensus()[^1].State.ShouldBe(ConsensusState.Agreed);
        curator.Consensus()[^1].Regions[0].Class.ShouldBe("dent");
    }

    [Fact]
    public async Task Panel_TwoOfThree_Agreed_AndThreeOfThreeDifferent_Disputed()
    {
        var agreed = await SayAsync(
            "Panel", ("anna", LabelJudgement.FalseAlarm, null), ("ben", LabelJudgement.Confirmed, null), ("cleo", LabelJudgement.FalseAlarm, null));
        agreed.Consensus().Select(c => c.State).ShouldBe([ConsensusState.Open, ConsensusState.Open, ConsensusState.Agreed]);
        agreed.Consensus()[^1].Verdict.ShouldBe(Verdict.Pass);

        await agreed.LabelAsync(Examples.OutcomeId(1), Instance.Says("cleo", LabelJudgement.Renamed, "dent"));
        agreed.Consensus()[^1].State.ShouldBe(ConsensusState.Disputed);
        agreed.Next("dora").ShouldBeNull("a panel has three");
    }

    [Theory]
    [InlineData(20, 20, ConsensusState.Agreed)]
    [InlineData(23, 22, ConsensusState.Agreed)]
    [InlineData(40, 20, ConsensusState.Disputed)]
    public async Task Two_SameNameDrawnApart_AgreedOnlyWhereTheyOverlap(int x, int y, string expected)
    {
        var curator = await StartAsync(("Curator:Policy", "Two"));
        curator.Take(Examples.Hard(1, 0.5));
        await curator.LabelAsync(Examples.OutcomeId(1), Instance.Says("anna", LabelJudgement.MissedDefect, null, Examples.Square("dent", 20, 20)));
        await curator.LabelAsync(Examples.OutcomeId(1), Instance.Says("ben", LabelJudgement.MissedDefect, null, Examples.Square("dent", x, y)));

        curator.Consensus()[^1].State.ShouldBe(expected);
    }

    [Fact]
    public async Task Agreement_TwoRatersOverlap_KappaOfVerdictsAndNames()
    {
        var curator = await StartAsync(("Curator:Policy", "Two"));
        curator.Take([.. Enumerable.Range(1, 5).Select(i => Examples.Defect(i))]);
        (string Anna, string Ben)[] said =
        [
            (LabelJudgement.Confirmed, LabelJudgement.Confirmed), (LabelJudgement.Confirmed, LabelJudgement.Renamed),
            (LabelJudgement.FalseAlarm, LabelJudgement.FalseAlarm), (LabelJudgement.FalseAlarm, LabelJudgement.Confirmed),
        ];
        for (var i = 0; i < said.Length; i++)
        {
            await curator.LabelAsync(Examples.OutcomeId(i + 1), Instance.Says("anna", said[i].Anna, "dent"));
            await curator.LabelAsync(Examples.OutcomeId(i + 1), Instance.Says("ben", said[i].Ben, "dent"));
        }

        await curator.LabelAsync(Examples.OutcomeId(5), Instance.Says("anna", LabelJudgement.Confirmed));

        // Verdicts: anna FFPP, ben FFPF: observed 3/4, expected (2·3 + 2·1)/16 = 1/2. Names: observed 2/4, expected (2·2 + 2·1)/16 = 3/8.
        var pair = (await curator.Agreement.ReadAsync(Stop)).ShouldHaveSingleItem();
        (pair.First, pair.Second, pair.Pictures).ShouldBe(("anna", "ben", 4));
        pair.VerdictAgreement.ShouldBe(0.75, 1e-12);
        pair.VerdictKappa!.Value.ShouldBe(0.5, 1e-12);
        pair.NameAgreement.ShouldBe(0.5, 1e-12);
        pair.NameKappa!.Value.ShouldBe(0.2, 1e-12);
    }

    private async Task<Instance> SayAsync(string policy, params (string Rater, string Judgement, string? Name)[] words)
    {
        var curator = await StartAsync(("Curator:Policy", policy));
        curator.Take(Examples.Defect(1));
        foreach (var (rater, judgement, name) in words)
        {
            await curator.LabelAsync(curator.Next(rater)!.OutcomeId, Instance.Says(rater, judgement, name));
        }

        return curator;
    }
}
