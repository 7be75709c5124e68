using System.Net.Http.Json;
using IMDD.Contracts.Events;
using IMDD.Contracts.Review;
using IMDD.Contracts.Topics;
using IMDD.Messaging.Embedded;

namespace IMDD.Cloud.Curator.Tests;

/// <summary>What a browser gets of a frame that it is to show without the prediction.</summary>
public sealed class BlindApiTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task BlindLook_EveryAnswerUntilTheWord_HasNothingOfThePrediction_AndTheEventSaysBlind()
    {
        using EmbeddedKafkaCluster kafka = new();
        await using var curator = await RunningCurator.StartAsync(kafka.BootstrapServers, blindShare: "1");
        await curator.PublishAsync(Examples.Defect(1));
        await curator.WaitForAsync<ReviewFrame[]>(ReviewRoutes.Frames, frames => frames.Length == 1);
        (await PostAsync(ReviewRoutes.Next, Instance.Who("anna"))).ShouldContain("scratch");
        (await GetAsync(Frame + "?raterId=anna&holder=tab")).ShouldContain("scratch");
        await PostAsync(Labels, Instance.Says("anna", LabelJudgement.Renamed, "dent"));

        string[] answers =
        [
            await PostAsync(ReviewRoutes.Next, Instance.Who("ben")), await PostAsync(Frame + "/lease", Instance.Who("ben")), await GetAsync(Frame),
            await GetAsync(Frame + "?raterId=ben&holder=tab"), await GetAsync(Frame + "?raterId=anna&holder=tab"), await GetAsync(ReviewRoutes.Frames), await GetAsync(Labels),
            await GetAsync(Frame + "/alike"),
        ];
        await PostAsync(Labels, Instance.Says("ben", LabelJudgement.FalseAlarm));
        (await GetAsync(Frame)).ShouldContain("scratch", customMessage: "the word is said");
        (await curator.GetAsync<BlindAgreement>(ReviewRoutes.BlindAgreement)).OfLabels!.Flips.ShouldBe(1);
        string[] undone = [await PostAsync(ReviewRoutes.Undo, Instance.Who("ben")), await GetAsync(Frame + "?raterId=ben&holder=tab")];

        foreach (var answer in (string[])[.. answers, .. undone])
        {
            foreach (var word in (string[])["scratch", "dent", "contrast", "\"fail\"", "anna"])
            {
                answer.ShouldNotContain(word);
            }
        }

        curator.ReadUntil(KafkaTopics.Labelled, 3).ConvertAll(l => (l.RaterId, l.Judgement, l.Blind, l.Model is null)).ShouldBe(
            [("anna", LabelJudgement.Renamed, false, false), ("ben", LabelJudgement.FalseAlarm, true, true), ("ben", LabelJudgement.Withdrawn, true, true)], ignoreOrder: true);

        Task<string> GetAsync(string path) => curator.Http.GetStringAsync(path, Stop);

        async Task<string> PostAsync<T>(string path, T body)
        {
            using var response = await curator.Http.PostAsJsonAsync(path, body, ImddJson.Options, Stop);
            response.EnsureSuccessStatusCode();
            return await response.Content.ReadAsStringAsync(Stop);
        }
    }

    [Fact]
    public async Task Agreement_OfWordsThatAreAllTheSame_IsReadWithoutKappa()
    {
        using EmbeddedKafkaCluster kafka = new();
        await using var curator = await RunningCurator.StartAsync(kafka.BootstrapServers, blindShare: "1");
        await curator.PublishAsync(Examples.Hard(1, 0.5));
        await curator.WaitForAsync<ReviewFrame[]>(ReviewRoutes.Frames, frames => frames.Length == 1);
        foreach (var (rater, judgement) in ((string, string)[])[("anna", LabelJudgement.FalseAlarm), ("ben", LabelJudgement.Confirmed)])
        {
            using var response = await curator.Http.PostAsJsonAsync(Labels, Instance.Says(rater, judgement), ImddJson.Options, Stop);
            response.EnsureSuccessStatusCode();
        }

        var passes = (await curator.GetAsync<BlindAgreement>(ReviewRoutes.BlindAgreement)).OfPasses!;
        (passes.Pictures, passes.Flips, passes.VerdictKappa, passes.NameAgreement).ShouldBe((1, 0, null, 1));
        var pair = (await curator.GetAsync<RaterAgreement[]>(ReviewRoutes.Agreement)).ShouldHaveSingleItem();
        (pair.Pictures, pair.VerdictAgreement, pair.VerdictKappa, pair.NameKappa).ShouldBe((1, 1, null, null));
    }

    private static string Frame => ReviewRoutes.Frame.Replace("{outcomeId}", Examples.OutcomeId(1), StringComparison.Ordinal);

    private static string Labels => Frame + "/labels";
}
