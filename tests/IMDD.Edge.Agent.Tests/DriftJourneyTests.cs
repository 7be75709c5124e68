using System.Net;
using System.Net.Http.Json;
using IMDD.Cloud.Aggregator;
using IMDD.Contracts.Audit;
using IMDD.Contracts.Events;
using IMDD.Contracts.Queries;
using IMDD.Edge.Agent.Tests.Support;
using IMDD.Hosting;
using IMDD.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace IMDD.Edge.Agent.Tests;

/// <summary>From the light in a camera's pictures to an alarm: agent and aggregator, with a broker and a Kafka cluster between.</summary>
public sealed class DriftJourneyTests
{
    private const int WindowFrames = 20;

    [Fact]
    public async Task LightOfACamera_Changes_RaisesAnAlarmThatNamesIt()
    {
        using TestDirectory directory = new();
        await using var harness = await AgentHarness.StartAsync(("Edge:Statistics:MaxFrames", "20"), ("Edge:Statistics:MinFrames", "20"));
        await using var aggregator = await StartAggregatorAsync(harness.Kafka.BootstrapServers, directory.Path);
        using HttpClient http = new() { BaseAddress = new Uri(aggregator.Urls.Single()) };

        await SendAsync(harness, windows: 6, light: 0);
        await Eventually.HoldsAsync(async () => await ReportAsync(http) is { ReferenceFrames: 4 * WindowFrames, Windows.Count: 2 });
        (await DriftAlarmsAsync(http)).ShouldBeEmpty();

        await SendAsync(harness, windows: 3, light: 50);
        await Eventually.HoldsAsync(async () => (await DriftAlarmsAsync(http)).Count > 0);

        var alarm = (await DriftAlarmsAsync(http)).Single(a => a.Alarm == "drift-brightness:cell3/cam1");
        alarm.Value!.Value.ShouldBeGreaterThan(1);
        alarm.Message.ShouldContain("brightness of camera cell3/cam1");
        (await ReportAsync(http))!.Drifted.ShouldContain(StatisticName.Brightness);

        (await BaselineAsync(http, "acme/ulm")).ShouldBe(HttpStatusCode.BadRequest);
        (await BaselineAsync(http, AgentHarness.Camera("cam7").ToString())).ShouldBe(HttpStatusCode.NotFound);
        (await BaselineAsync(http, AgentHarness.Camera("cam1").ToString())).ShouldBe(HttpStatusCode.NoContent);
        await Eventually.HoldsAsync(async () => (await DriftAlarmsAsync(http)).Count == 0);
        var audit = ImddJson.Deserialize<AuditPage>(await http.GetByteArrayAsync(QueryRoutes.Audit, TestContext.Current.CancellationToken));
        audit.Entries.Select(e => (e.Actor, e.Outcome)).ShouldBe([("anna", AuditOutcome.Refused), ("anna", AuditOutcome.Done)]);
        (await http.GetAsync(QueryRoutes.Audit + "?after=x&limit=0", TestContext.Current.CancellationToken)).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        await aggregator.StopAsync(TestContext.Current.CancellationToken);
    }

    private static async Task<HttpStatusCode> BaselineAsync(HttpClient http, string camera)
    {
        using var answer = await http.PostAsJsonAsync(QueryRoutes.DriftBaseline, new { camera, by = "anna", reason = "new lamp" }, TestContext.Current.CancellationToken);
        return answer.StatusCode;
    }

    private static async Task SendAsync(AgentHarness harness, int windows, int light)
    {
        var before = harness.Receipts.Count;
        for (var i = 0; i < windows * WindowFrames; i++)
        {
            await harness.SendAsync(TestFrames.Good(shade: (byte)(110 + light + (i * 7 % 20))));
        }

        await Eventually.HoldsAsync(() => harness.Receipts.Count >= before + (windows * WindowFrames));
    }

    private static async Task<WebApplication> StartAggregatorAsync(string bootstrapServers, string directory)
    {
        var builder = WebApplication.CreateBuilder();
        builder.AddImddDefaults("aggregator");
        builder.Logging.ClearProviders();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["urls"] = "http://127.0.0.1:0",
            ["Kafka:BootstrapServers"] = bootstrapServers,
            ["Aggregator:Directory"] = directory,
            ["Aggregator:InstanceName"] = "one",
            ["Aggregator:Quiet"] = "00:00:00",
            ["Aggregator:Alarms:Period"] = "00:00:00.200",
            ["Aggregator:Drift:ReferenceFrames"] = "80",
            ["Aggregator:Drift:MinFrames"] = "20",
        });
        builder.AddAggregator();
        var app = builder.Build();
        app.MapAggregator().MapImddDefaults();
        await app.StartAsync(TestContext.Current.CancellationToken);
        return app;
    }

    private static async Task<DriftReport?> ReportAsync(HttpClient http)
        => ImddJson.Deserialize<List<DriftReport>>(await http.GetByteArrayAsync(QueryRoutes.Drift, TestContext.Current.CancellationToken)).SingleOrDefault();

    private static async Task<List<LineAlarm>> DriftAlarmsAsync(HttpClient http)
        => [.. ImddJson.Deserialize<List<LineAlarm>>(await http.GetByteArrayAsync(QueryRoutes.Alarms + "?state=raised", TestContext.Current.CancellationToken))
            .Where(alarm => alarm.Alarm.StartsWith("drift-", StringComparison.Ordinal))];
}
