using IMDD.Contracts.Events;
using IMDD.Contracts.Identity;
using IMDD.Contracts.Queries;

namespace IMDD.Cloud.Dashboard.Tests;

public sealed class FigureFeedTests
{
    private static readonly string Digest = ContentDigest.Of("picture"u8);

    [Fact]
    public async Task Feed_CountRises_SnapshotFollows()
    {
        await using var host = await DashboardHost.StartAsync();
        await host.WaitForAsync(plant => plant.Figures?.Totals.Outcomes == 1000);

        host.Aggregator.Outcomes = 1001;
        host.Aggregator.Push(LiveEvents.Window, new { });

        var plant = await host.WaitForAsync(plant => plant.Figures?.Totals.Outcomes == 1001);
        plant.Figures!.Lines.Length.ShouldBe(2);
        plant.Figures.Lines[0].Periods.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Feed_FailedFramePushed_ShownOnce()
    {
        await using var host = await DashboardHost.StartAsync();
        host.Aggregator.FailedFrames.Add(SampleData.Failed(1, Digest));
        await host.WaitForAsync(plant => plant.Figures is not null);

        for (var i = 0; i < 3; i++)
        {
            host.Aggregator.Push(LiveEvents.FailedFrame, SampleData.Failed(2, Digest));
        }

        host.Aggregator.Push(LiveEvents.FailedFrame, SampleData.Failed(3, Digest));
        var plant = await host.WaitForAsync(plant => plant.FailedFrames.Any(view => view.Defect.FrameId == "b1-3"));
        plant.FailedFrames.Count(view => view.Defect.FrameId == "b1-2").ShouldBe(1);
    }

    [Fact]
    public async Task Feed_AggregatorFails_SaysSoAndRecovers()
    {
        await using var host = await DashboardHost.StartAsync();
        await host.WaitForAsync(plant => plant.Figures is not null);

        host.Aggregator.FailNext(3);
        host.Aggregator.Push(LiveEvents.Window, new { });
        await host.WaitForAsync(plant => plant.Problem is not null);

        var plant = await host.WaitForAsync(plant => plant.Problem is null);
        plant.Figures.ShouldNotBeNull();
    }

    [Fact]
    public async Task Feed_LiveEventMalformed_PageGoesOn()
    {
        await using var host = await DashboardHost.StartAsync();
        await host.WaitForAsync(plant => plant.Figures is not null);

        host.Aggregator.Push(LiveEvents.FailedFrame, new { nonsense = true });
        host.Aggregator.Outcomes = 2000;

        await host.WaitForAsync(plant => plant.Figures?.Totals.Outcomes == 2000);
    }

    [Fact]
    public async Task Page_FirstAnswer_HasFiguresAlarmsAndNothingForeign()
    {
        await using var host = await DashboardHost.StartAsync();
        host.Aggregator.Alarms.Add(new LineAlarm
        {
            Line = SampleData.Line,
            Alarm = "yield-low",
            State = AlarmEvent.Raised,
            Severity = Severity.Major,
            Message = "Yield is low.",
            Since = SampleData.Now,
        });
        await host.WaitForAsync(plant => plant.Figures is { Alarms.IsEmpty: false });

        using var response = await host.Http.GetAsync("/", TestContext.Current.CancellationToken);
        var page = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

        response.EnsureSuccessStatusCode();
        page.ShouldContain("data-count=\"1000\"");
        page.ShouldContain("Yield is low.");
        page.ShouldNotContain("src=\"http");
        page.ShouldNotContain("src=\"//");
        page.ShouldNotContain("rel=\"stylesheet\" href=\"http");
        response.Headers.GetValues("Content-Security-Policy").Single().ShouldContain("default-src 'self'");
        response.Headers.GetValues("X-Frame-Options").Single().ShouldBe("DENY");
    }

    [Fact]
    public async Task Page_LineOfAnyText_IsOnlyText()
    {
        await using var host = await DashboardHost.StartAsync();
        await host.WaitForAsync(plant => plant.Figures is not null);

        var page = await host.Http.GetStringAsync("/?line=%3Cscript%3Ealert(1)%3C/script%3E", TestContext.Current.CancellationToken);

        page.ShouldNotContain("<script>alert(1)");
    }

    [Fact]
    public async Task Assets_Bundled_AreServed()
    {
        await using var host = await DashboardHost.StartAsync();
        foreach (var path in new[] { "/dashboard.css", "/dashboard.js", "/fonts/inter-latin.woff2", "/_content/MudBlazor/MudBlazor.min.css", "/_framework/blazor.web.js" })
        {
            using var response = await host.Http.GetAsync(path, TestContext.Current.CancellationToken);
            response.IsSuccessStatusCode.ShouldBeTrue(path);
        }
    }
}
