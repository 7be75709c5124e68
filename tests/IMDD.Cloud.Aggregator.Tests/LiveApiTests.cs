using System.Net.ServerSentEvents;
using System.Text.Json;
using IMDD.Contracts.Events;
using IMDD.Contracts.Queries;

namespace IMDD.Cloud.Aggregator.Tests;

/// <summary>The live push; on an aggregator of its own, since it adds outcomes that queries would count.</summary>
public sealed class LiveApiTests(QueryApiTests.Fixture fixture) : IClassFixture<QueryApiTests.Fixture>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Live_NewOutcome_ArrivesAsAWindow()
    {
        const string line = "acme/ulm/paint/line7";
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{QueryRoutes.Live}?line={line}");
        using var answer = await fixture.Aggregator.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Stop);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("text/event-stream");
        await using var stream = await answer.Content.ReadAsStreamAsync(Stop);
        using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        patience.CancelAfter(TimeSpan.FromSeconds(60));
        await using var events = SseParser.Create(stream).EnumerateAsync(patience.Token).GetAsyncEnumerator(patience.Token);
        (await events.MoveNextAsync()).ShouldBeTrue();
        events.Current.EventType.ShouldBe(LiveEvents.Heartbeat);

        await fixture.Client.PublishAsync(
            Events.Outcome(1000, TimeProvider.System.GetUtcNow(), Verdict.Fail), Events.Outcome(0, TimeProvider.System.GetUtcNow(), Verdict.Fail, line: line));

        LineWindow? window = null;
        while (window is not { WindowSeconds: 60, Failed: 1 })
        {
            (await events.MoveNextAsync()).ShouldBeTrue();
            if (events.Current.EventType == LiveEvents.Window)
            {
                window = JsonSerializer.Deserialize<LineWindow>(events.Current.Data, ImddJson.Options)!;
                window.Line.ShouldBe(line, "only the line that was asked for");
            }
        }
    }
}
