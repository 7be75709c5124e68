using IMDD.Browser.Tests;
using IMDD.Contracts.Events;
using Microsoft.Playwright;

namespace IMDD.Cloud.Dashboard.Tests;

/// <summary>The page about drift in a browser, with cameras on it.</summary>
public sealed class DriftBrowserTests
{
    [Theory]
    [InlineData(ColorScheme.Dark, 1500)]
    [InlineData(ColorScheme.Light, 1500)]
    [InlineData(ColorScheme.Light, 380)]
    public async Task Page_TwoCameras_AxeFindsNothingAndNothingReachesOverTheEdge(ColorScheme scheme, int width)
    {
        await using var browser = await ChromiumBrowser.StartAsync();
        var axe = await AxeCore.LoadAsync();
        await using var aggregator = await FakeAggregator.StartAsync();
        aggregator.Drift.AddRange([SampleData.Drift("cam1"), SampleData.Drift("cam2", StatisticName.Brightness)]);
        await using var host = await DashboardHost.StartAsync($"--Dashboard:AggregatorUrl={aggregator.Url}");

        var page = await browser.OpenAsync(host.Http.BaseAddress!.ToString(), scheme, width);
        await page.GetByRole(AriaRole.Link, new() { Name = "Drift" }).ClickAsync();
        await page.WaitForSelectorAsync("#drift-brightness");
        await page.Locator("summary").First.ClickAsync();

        (await axe.ViolationsAsync(page)).ShouldBeEmpty();
        (await page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth")).ShouldBeTrue();
        browser.Errors.ShouldBeEmpty();

        await page.GetByRole(AriaRole.Link, new() { Name = SampleData.Cell + "/cam1" }).ClickAsync();
        await page.WaitForSelectorAsync($"tr.selected >> text={SampleData.Cell}/cam1");
        (await page.GetByRole(AriaRole.Img, new() { Name = $"Stability index of the brightness of {SampleData.Cell}/cam1" }).CountAsync()).ShouldBe(1);
    }
}
