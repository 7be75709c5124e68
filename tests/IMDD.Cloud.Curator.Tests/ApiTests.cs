using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using IMDD.Contracts.Audit;
using IMDD.Contracts.Events;
using IMDD.Contracts.Review;
using IMDD.Contracts.Topics;
using IMDD.Imaging.Masks;
using IMDD.Messaging.Embedded;

namespace IMDD.Cloud.Curator.Tests;

/// <summary>The curator as it runs in production: Kafka in, HTTP beside it, Kafka out.</summary>
public sealed class ApiTests : IAsyncLifetime
{
    private readonly EmbeddedKafkaCluster _kafka = new();
    private RunningCurator _curator = default!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _curator = await RunningCurator.StartAsync(_kafka.BootstrapServers);

    public async ValueTask DisposeAsync()
    {
        await _curator.DisposeAsync();
        _kafka.Dispose();
    }

    [Fact]
    public async Task Journey_FromKafkaToAVerdictAndBack_OverHttp()
    {
        await _curator.PublishAsync(Examples.Defect(1), Examples.Hard(2, 0.8));
        await _curator.WaitForAsync<ReviewFrame[]>(ReviewRoutes.Frames, frames => frames.Length == 2);

        var first = await PostAsync<ReviewFrame>(ReviewRoutes.Next, Instance.Who("anna"));
        first.OutcomeId.ShouldBe(Examples.OutcomeId(2));
        (await StatusAsync(Path(ReviewRoutes.Lease, 2), Instance.Who("ben"))).ShouldBe(HttpStatusCode.Conflict);
        (await StatusAsync(Path(ReviewRoutes.Labels, 2), Instance.Says("ben", LabelJudgement.Confirmed))).ShouldBe(HttpStatusCode.Conflict);
        (await StatusAsync(Path(ReviewRoutes.Labels, 9), Instance.Says("ben", LabelJudgement.Confirmed))).ShouldBe(HttpStatusCode.NotFound);
        (await StatusAsync(Path(ReviewRoutes.Skip, 2), Instance.Who("anna"))).ShouldBe(HttpStatusCode.NoContent);

        var receipt = await PostAsync<LabelReceipt>(Path(ReviewRoutes.Labels, 1), Instance.Says("anna", LabelJudgement.Renamed, "dent"));
        receipt.ProposedTerms.ShouldBe(["dent"]);
        (await PostAsync<ReviewFrame>(ReviewRoutes.Undo, Instance.Who("anna"))).OutcomeId.ShouldBe(Examples.OutcomeId(1));
        (await StatusAsync(ReviewRoutes.Undo, Instance.Who("anna"))).ShouldBe(HttpStatusCode.NoContent);

        var words = await _curator.GetAsync<FrameLabel[]>(Path(ReviewRoutes.Labels, 1));
        words.Select(word => (word.Label.RaterId, word.Label.Judgement, word.Stands)).ShouldBe([("anna", LabelJudgement.Withdrawn, false), ("anna", LabelJudgement.Renamed, false)]);
        var log = await _curator.GetAsync<AuditPage>(ReviewRoutes.Audit);
        log.Entries.Select(entry => (entry.Sequence, entry.Actor, entry.Action, entry.Detail)).ShouldBe(
            [(1, "anna", AuditAction.Label, "renamed dent"), (2, "anna", AuditAction.Withdraw, LabelJudgement.Withdrawn)]);
        log.Entries.Select(entry => AuditChain.HashOf(entry.Sequence == 1 ? AuditChain.Start : log.Entries[0].Hash, entry)).ShouldBe([log.Entries[0].Hash, log.HeadHash]);
        var summary = await _curator.GetAsync<ReviewSummary>(ReviewRoutes.Summary);
        (summary.Waiting, summary.Leased, summary.Policy).ShouldBe((2, 1, "one"));
        (await _curator.GetAsync<RaterAgreement[]>(ReviewRoutes.Agreement)).ShouldBeEmpty();
        var published = _curator.ReadUntil(KafkaTopics.Labelled, 2);
        published.Select(label => label.Judgement).ShouldBe([LabelJudgement.Renamed, LabelJudgement.Withdrawn], ignoreOrder: true);
    }

    [Fact]
    public async Task Label_EverythingWrong_400ThatNamesEachField()
    {
        await _curator.PublishAsync(Examples.Defect(1), Examples.Hard(2, 0.8));
        await _curator.WaitForAsync<ReviewFrame[]>(ReviewRoutes.Frames, frames => frames.Length == 2);
        var mask = new byte[Examples.Width * Examples.Height];
        mask[5] = 1;
        var rle = CocoRle.Encode(mask, Examples.Width, Examples.Height);
        DrawnRegion Painted(MaskRle painted) => new() { Class = "dust", MaskRle = painted };

        await RefusedAsync(1, Instance.Says("Anna B", LabelJudgement.Confirmed), "raterId");
        await RefusedAsync(1, Instance.Says("anna", LabelJudgement.Confirmed) with { Holder = "a/b" }, "holder");
        await RefusedAsync(1, Instance.Says("anna", "perhaps"), "judgement");
        await RefusedAsync(1, Instance.Says("anna", LabelJudgement.Renamed, "<b>"), "class");
        await RefusedAsync(1, Instance.Says("anna", LabelJudgement.Renamed, "dent") with { Region = 7 }, "region");
        await RefusedAsync(1, Instance.Says("anna", LabelJudgement.Confirmed) with { Comment = new string('x', 501) }, "comment");
        await RefusedAsync(2, Instance.Says("anna", LabelJudgement.FalseAlarm), "judgement");
        await RefusedAsync(2, Instance.Says("anna", LabelJudgement.Renamed, "dent"), "judgement");
        await RefusedAsync(2, Instance.Says("anna", LabelJudgement.MissedDefect), "drawn");
        await RefusedAsync(2, Missed(Examples.Polygon("dent", 1, 1, 5, 5)), "drawn[0].contourPx");
        await RefusedAsync(2, Missed(Examples.Polygon("dent", 1, 1, 5, 1, Examples.Width, 5)), "drawn[0].contourPx");
        await RefusedAsync(2, Missed(Examples.Polygon("dent", 1, 1, 5, 1, 3, 1)), "drawn[0].contourPx");
        await RefusedAsync(2, Missed(Examples.Square("dent", 1, 1), new DrawnRegion { Class = "dust" }), "drawn[1]");
        await RefusedAsync(2, Missed(Painted(rle) with { ContourPx = [1, 1, 5, 1, 5, 5] }), "drawn[0]");
        await RefusedAsync(2, Missed(Painted(rle with { Size = [10, 10] })), "drawn[0].maskRle");
        await RefusedAsync(2, Missed(Painted(rle with { Counts = rle.Counts + "0" })), "drawn[0].maskRle");
        await RefusedAsync(2, Missed(Painted(CocoRle.Encode(new byte[mask.Length], Examples.Width, Examples.Height))), "drawn[0].maskRle");
        await RefusedAsync(2, Missed([.. Enumerable.Repeat(Examples.Square("dent", 1, 1), 65)]), "drawn");

        (await PostAsync<LabelReceipt>(Path(ReviewRoutes.Labels, 2), Missed(Painted(rle)))).Consensus.ShouldBe(ConsensusState.Agreed);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{\"raterId\": \"anna\"}")]
    [InlineData("{\"raterId\": 7, \"holder\": \"tab\"}")]
    public async Task Next_BodyIsNone_400(string body)
    {
        using StringContent content = new(body, Encoding.UTF8, "application/json");

        using var response = await _curator.Http.PostAsync(ReviewRoutes.Next, content, Stop);

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await response.Content.ReadFromJsonAsync<JsonObject>(Stop))!["errors"].ShouldNotBeNull();
    }

    [Fact]
    public async Task Label_BodyTooLarge_RefusedUnread()
    {
        // Announced, not sent: who goes on sending to a server that has answered finds the connection closed.
        using SocketsHttpHandler patient = new() { Expect100ContinueTimeout = TimeSpan.FromMinutes(1) };
        using HttpClient http = new(patient) { BaseAddress = _curator.Http.BaseAddress };
        http.DefaultRequestHeaders.ExpectContinue = true;
        using StringContent content = new(new string(' ', 5 << 20), Encoding.UTF8, "application/json");

        using var response = await http.PostAsync(Path(ReviewRoutes.Labels, 1), content, Stop);

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await response.Content.ReadFromJsonAsync<JsonObject>(Stop))!["errors"]!["body"].ShouldNotBeNull();
    }

    [Fact]
    public async Task OpenApi_DescribesEveryRoute()
    {
        var paths = (await _curator.Http.GetFromJsonAsync<JsonObject>("/openapi/v1.json", Stop))!["paths"]!.AsObject();

        string[] routes =
        [
            ReviewRoutes.Next, ReviewRoutes.Frames, ReviewRoutes.Frame, ReviewRoutes.Alike, ReviewRoutes.Lease, ReviewRoutes.Skip, ReviewRoutes.Labels, ReviewRoutes.Undo,
            ReviewRoutes.Vocabulary, ReviewRoutes.Agreement, ReviewRoutes.BlindAgreement, ReviewRoutes.Audit, ReviewRoutes.Summary,
        ];
        paths.Select(path => path.Key).ShouldBe(routes, ignoreOrder: true);
        paths[ReviewRoutes.Labels]!["post"]!["requestBody"].ShouldNotBeNull();
    }

    private static LabelRequest Missed(params DrawnRegion[] drawn) => Instance.Says("anna", LabelJudgement.MissedDefect, null, drawn);

    private static string Path(string route, int number) => route.Replace("{outcomeId}", Examples.OutcomeId(number), StringComparison.Ordinal);

    private async Task RefusedAsync(int number, LabelRequest request, string field)
    {
        using var response = await SendAsync(Path(ReviewRoutes.Labels, number), request);
        var text = await response.Content.ReadAsStringAsync(Stop);
        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest, text);
        JsonNode.Parse(text)!["errors"]![field].ShouldNotBeNull(text);
    }

    private async Task<HttpStatusCode> StatusAsync<T>(string path, T body)
    {
        using var response = await SendAsync(path, body);
        return response.StatusCode;
    }

    private async Task<T> PostAsync<T>(string path, ReviewRequest body)
    {
        using var response = body is LabelRequest label ? await SendAsync(path, label) : await SendAsync(path, body);
        response.StatusCode.ShouldBe(HttpStatusCode.OK, await response.Content.ReadAsStringAsync(Stop));
        return ImddJson.Deserialize<T>(await response.Content.ReadAsByteArrayAsync(Stop));
    }

    private Task<HttpResponseMessage> SendAsync<T>(string path, T body) => _curator.Http.PostAsJsonAsync(path, body, ImddJson.Options, Stop);
}
