using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using IMDD.Contracts.Events;
using IMDD.Contracts.Queries;
using IMDD.Messaging.Embedded;
using IMDD.Testing;

namespace IMDD.Cloud.Aggregator.Tests;

/// <summary>The query API over HTTP, on an aggregator that read real topics.</summary>
public sealed class QueryApiTests(QueryApiTests.Fixture fixture) : IClassFixture<QueryApiTests.Fixture>
{
    private const string Line = Events.Line;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Summary_OfALine_AddsUp()
    {
        var summary = await fixture.Aggregator.GetAsync<LineSummary>($"{QueryRoutes.Summary}?line={Line}");

        (summary.Total, summary.Passed, summary.Failed, summary.Undecided).ShouldBe((60, 45, 10, 5));
        summary.UndecidedByReason.ShouldBe(new Dictionary<string, long> { ["overload"] = 5 });
        summary.Yield.ShouldBe(45.0 / 55);
        summary.DefectsPerMillion.ShouldBe(10e6 / 55);
        summary.UndecidedRate.ShouldBe(5.0 / 60);
        (await fixture.Aggregator.GetAsync<LineSummary>(QueryRoutes.Summary)).Total.ShouldBe(60);
    }

    [Fact]
    public async Task Windows_ByMinuteAndHour_HaveTheSameFrames()
    {
        var minutes = await fixture.Aggregator.GetAsync<WindowRange>($"{QueryRoutes.Windows}?line={Line}");
        var hours = await fixture.Aggregator.GetAsync<WindowRange>($"{QueryRoutes.Windows}?line={Line}&size=hour");

        minutes.WindowSeconds.ShouldBe(60);
        minutes.Windows.Sum(w => w.Total).ShouldBe(60);
        hours.Windows.Sum(w => w.Total).ShouldBe(60);
        minutes.Windows.Select(w => w.WindowStart).ShouldBeInOrder();
    }

    [Fact]
    public async Task Pareto_OfALine_IsSortedAndSumsToOne()
    {
        var chart = await fixture.Aggregator.GetAsync<ParetoChart>($"{QueryRoutes.Pareto}?line={Line}");

        chart.Regions.ShouldBe(10);
        chart.Bars.ShouldHaveSingleItem().ShouldBe(new ParetoBar("scratch", Severity.Major, 10, 1, 1));
    }

    [Fact]
    public async Task PChart_WithoutBaseline_HasPointsAndNoLimits()
    {
        var chart = await fixture.Aggregator.GetAsync<PChart>($"{QueryRoutes.PChart}?line={Line}");

        chart.CenterLine.ShouldBeNull();
        chart.Points.Sum(p => p.Inspected).ShouldBe(55);
        chart.Points.ShouldAllBe(p => p.UpperLimit == null);
    }

    [Fact]
    public async Task FailedFrames_DefectBeforeItsBlob_GetsTheUriLater()
    {
        var frames = await fixture.Aggregator.WaitForAsync<List<FailedFrame>>(
            $"{QueryRoutes.FailedFrames}?line={Line}&limit=5", found => found.Count == 2 && found.TrueForAll(f => f.Defect.Frame.Uri is not null));

        frames.Select(f => f.Time).ShouldBeInOrder(SortDirection.Descending);
        frames[0].Defect.Regions.ShouldHaveSingleItem().Class.ShouldBe("scratch");
        var one = await fixture.Aggregator.GetAsync<FailedFrame>(QueryRoutes.FailedFrame.Replace("{outcomeId}", frames[0].Defect.OutcomeId, StringComparison.Ordinal));
        ImddJson.Serialize(one).ShouldBe(ImddJson.Serialize(frames[0]));
        frames[1].Defect.Regions.Single().MaskUri.ShouldBe(frames[1].Defect.Frame.Uri + "-mask");
        var before = Uri.EscapeDataString(Contracts.CloudEvents.CloudEventText.Time(frames[0].Time));
        (await fixture.Aggregator.GetAsync<List<FailedFrame>>($"{QueryRoutes.FailedFrames}?before={before}")).Count.ShouldBe(1);

        (await fixture.Aggregator.GetAsync<List<FailedFrame>>($"{QueryRoutes.FailedFrames}?digest={one.Defect.Model.Digest}")).Count.ShouldBe(2);
        var same = await fixture.Aggregator.GetAsync<List<FailedFrame>>($"{QueryRoutes.FailedFrames}?digest={one.Defect.Frame.Digest}");
        same.ShouldContain(frame => frame.Defect.OutcomeId == one.Defect.OutcomeId);
        same.ShouldAllBe(frame => frame.Defect.Frame.Digest == one.Defect.Frame.Digest);
        (await fixture.Aggregator.GetAsync<List<FailedFrame>>($"{QueryRoutes.FailedFrames}?digest=sha256:{new string('0', 64)}")).ShouldBeEmpty();
    }

    [Fact]
    public async Task States_OfAgentsCamerasAndBalances_AreTheLastOnes()
    {
        var agent = (await fixture.Aggregator.WaitForAsync<List<AgentView>>(QueryRoutes.Agents, found => found.Count == 1))[0];
        (agent.AssetPath, agent.State.Agent, agent.State.State).ShouldBe(($"{Line}/cell3", "box7", "online"));
        var camera = (await fixture.Aggregator.WaitForAsync<List<CameraView>>(QueryRoutes.Cameras, found => found.Count == 1))[0];
        (camera.Camera, camera.State.State).ShouldBe(($"{Line}/cell3/cam1", "online"));
        camera.State.LastFrameTime.ShouldNotBeNull().ShouldBe(fixture.LastFrameOfCam1, TimeSpan.FromMilliseconds(1), "the state was said before the frames came");
        var balances = await fixture.Aggregator.WaitForAsync<List<CameraConservation>>($"{QueryRoutes.Balances}?line={Line}", found => found.Exists(b => b.Sent is not null));
        var balance = balances.Single(b => b.Camera.EndsWith("cam1", StringComparison.Ordinal));
        (balance.BootId, balance.Sent, balance.Returned, balance.Outcomes, balance.Difference, balance.Imbalanced).ShouldBe(("b1", 20, 20, 20, 0, false));
    }

    [Theory]
    [InlineData("/windows", "line")]
    [InlineData("/windows?line=no-line", "line")]
    [InlineData("/windows?line=acme/ulm/paint/../x", "line")]
    [InlineData("/windows?line=acme/ulm/paint/line2&size=day", "size")]
    [InlineData("/windows?line=acme/ulm/paint/line2&from=yesterday", "from")]
    [InlineData("/windows?line=acme/ulm/paint/line2&to=2026-11-23T12:00:00", "to")]
    [InlineData("/windows?line=acme/ulm/paint/line2&from=2026-11-23T12:00:00Z&to=2026-11-23T11:00:00Z", "from")]
    [InlineData("/windows?line=acme/ulm/paint/line2&from=2020-01-01T00:00:00Z&to=2026-11-23T11:00:00Z", "from")]
    [InlineData("/summary?from=0000-00-00T00:00:00Z", "from")]
    [InlineData("/summary?line=%00", "line")]
    [InlineData("/pareto?to=9999-99-99", "to")]
    [InlineData("/p-chart?size=", "line")]
    [InlineData("/alarms?state=loud", "state")]
    [InlineData("/failed-frames?limit=0", "limit")]
    [InlineData("/failed-frames?limit=201", "limit")]
    [InlineData("/failed-frames?limit=99999999999999999999", "limit")]
    [InlineData("/failed-frames?before=now", "before")]
    [InlineData("/balances?line=A/B/C/D", "line")]
    [InlineData("/agents?line=*", "line")]
    [InlineData("/cameras?line=a%20b/c/d/e", "line")]
    [InlineData("/live?line=%2F", "line")]
    public async Task AnyQuery_BadParameter_Is400AndNamesIt(string path, string parameter)
    {
        using var answer = await fixture.Aggregator.Http.GetAsync(QueryRoutes.Base + path, Stop);

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>(Stop);
        problem.GetProperty("errors").GetProperty(parameter)[0].GetString()!.ShouldStartWith($"'{parameter}'");
    }

    [Theory]
    [InlineData("/windows?line=acme/ulm/paint/line99")]
    [InlineData("/summary?line=acme/ulm/paint/line99")]
    [InlineData("/failed-frames/nothing")]
    public async Task AnyQuery_Unknown_Is404WithAProblem(string path)
    {
        using var answer = await fixture.Aggregator.Http.GetAsync(QueryRoutes.Base + path, Stop);

        answer.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
    }

    [Theory]
    [InlineData("0001-01-01T00:00:00Z", "0001-01-01T00:00:01Z")]
    [InlineData("9999-12-31T23:59:00Z", "9999-12-31T23:59:59.999999Z")]
    public async Task AnyQuery_EdgeOfTime_IsAnEmptyAnswer(string from, string to)
    {
        (await fixture.Aggregator.GetAsync<LineSummary>($"{QueryRoutes.Summary}?from={from}&to={to}")).Total.ShouldBe(0);
        (await fixture.Aggregator.GetAsync<WindowRange>($"{QueryRoutes.Windows}?line={Line}&size=hour&from={from}&to={to}")).Windows.ShouldBeEmpty();
    }

    [Fact]
    public async Task OpenApi_Document_NamesEveryRouteAndItsParameters()
    {
        var document = await fixture.Aggregator.Http.GetFromJsonAsync<JsonElement>("/openapi/v1.json", Stop);

        document.GetProperty("openapi").GetString()!.ShouldStartWith("3.");
        var paths = document.GetProperty("paths");
        foreach (var route in typeof(QueryRoutes).GetFields().Where(f => f.Name != nameof(QueryRoutes.Base)).Select(f => (string)f.GetRawConstantValue()!))
        {
            paths.TryGetProperty(route, out _).ShouldBeTrue(route);
        }

        var windows = paths.GetProperty(QueryRoutes.Windows).GetProperty("get");
        windows.GetProperty("parameters").EnumerateArray().Select(p => p.GetProperty("name").GetString()).ShouldBe(["line", "size", "from", "to"]);
        windows.GetProperty("responses").TryGetProperty("400", out _).ShouldBeTrue();
        var severity = document.GetProperty("components").GetProperty("schemas").GetProperty("Severity");
        severity.GetProperty("type").GetString().ShouldBe("string");
        severity.GetProperty("enum").EnumerateArray().Select(e => e.GetString()).ShouldContain("major");
    }

    /// <summary>A cluster, an aggregator that has read some events, and a client.</summary>
    public sealed class Fixture : IAsyncLifetime
    {
        private readonly EmbeddedKafkaCluster _kafka = new();
        private readonly TestDirectory _directory = new();

        internal RunningAggregator Aggregator { get; private set; } = null!;

        internal KafkaTestClient Client { get; private set; } = null!;

        internal DateTimeOffset LastFrameOfCam1 { get; private set; }

        public async ValueTask InitializeAsync()
        {
            Client = new KafkaTestClient(_kafka.BootstrapServers);
            var now = TimeProvider.System.GetUtcNow().AddMinutes(-2);
            LastFrameOfCam1 = now.AddSeconds(57);
            await Client.PublishAsync(Enumerable.Range(0, 60).Select(i => Events.Outcome(
                i, now.AddSeconds(i), i % 6 == 0 ? Verdict.Fail : i % 12 == 1 ? Verdict.Undecided : Verdict.Pass, camera: 1 + (i % 3))));
            await Client.PublishAsync([.. SampleEvents.Defect(0, now, uri: null), .. SampleEvents.Defect(6, now.AddSeconds(6), uri: "imdd-blob:sha256:" + new string('a', 64))]);
            await Client.PublishAsync(SampleEvents.Stored(0, now, "imdd-blob:sha256:" + new string('b', 64)), SampleEvents.Agent(now), SampleEvents.Camera(now), SampleEvents.Balance(now, 20));
            Aggregator = await RunningAggregator.StartAsync(_kafka.BootstrapServers, _directory.Path);
            await Aggregator.WaitForAsync<AggregateTotals>(QueryRoutes.Totals, totals => totals.Outcomes == 60);
        }

        public async ValueTask DisposeAsync()
        {
            await Aggregator.DisposeAsync();
            Client.Dispose();
            _kafka.Dispose();
            _directory.Dispose();
        }
    }
}
