using System.Net;
using IMDD.Contracts.Events;

namespace IMDD.Cloud.Dashboard.Tests;

/// <summary>The page about drift, as it comes before any script has run.</summary>
public sealed class DriftPageTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Page_CameraThatDrifted_IsChartedFirstWithLevelsAndATable()
    {
        await using var aggregator = await FakeAggregator.StartAsync();
        aggregator.Drift.AddRange([SampleData.Drift("cam1"), SampleData.Drift("cam2", StatisticName.Brightness)]);
        await using var host = await DashboardHost.StartAsync($"--Dashboard:AggregatorUrl={aggregator.Url}");

        var page = WebUtility.HtmlDecode(await host.Http.GetStringAsync("drift", Stop));

        page.ShouldContain("Stability index of the brightness of " + SampleData.Cell + "/cam2");
        page.ShouldContain("3 windows, 1 beyond the level of 0.25.");
        page.ShouldContain("Drifted from 0.25");
        page.ShouldContain("Worth a look from 0.10");
        page.ShouldContain("Drifted from 0.05");
        page.ShouldContain("<td>< 0.001</td>");
        page.ShouldContain("1.40 (brightness)");
        page.ShouldContain("its first 2\u202f000 frames");
        page.IndexOf("id=\"drift-brightness\"", StringComparison.Ordinal).ShouldBeLessThan(page.IndexOf("id=\"drift-embedding\"", StringComparison.Ordinal));

        var other = await host.Http.GetStringAsync($"drift?camera={Uri.EscapeDataString(SampleData.Cell + "/cam1")}", Stop);
        other.ShouldContain("Stability index of the brightness of " + SampleData.Cell + "/cam1");
    }

    [Fact]
    public async Task Page_NothingSent_SaysSo()
    {
        await using var aggregator = await FakeAggregator.StartAsync();
        await using var host = await DashboardHost.StartAsync($"--Dashboard:AggregatorUrl={aggregator.Url}");

        (await host.Http.GetStringAsync("drift", Stop)).ShouldContain("No camera has sent statistics yet");
        (await host.Http.GetStringAsync("", Stop)).ShouldContain("href=\"drift\"");
    }

    [Fact]
    public async Task Page_AggregatorAway_SaysSo()
    {
        await using var host = await DashboardHost.StartAsync("--Dashboard:AggregatorUrl=http://127.0.0.1:1");

        (await host.Http.GetStringAsync("drift", Stop)).ShouldContain("The aggregator does not answer");
    }
}
