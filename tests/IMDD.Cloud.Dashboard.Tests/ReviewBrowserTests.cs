using IMDD.Browser.Tests;
using IMDD.Contracts.Events;
using IMDD.Contracts.Identity;
using IMDD.Contracts.Review;

namespace IMDD.Cloud.Dashboard.Tests;

/// <summary>The review page beside a curator that answers some of what it is asked.</summary>
public sealed class ReviewBrowserTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Verdict_CuratorWithoutListsOrANextFrame_IsSavedAndThePageSaysSo()
    {
        await using var browser = await ChromiumBrowser.StartAsync();
        await using var host = await DashboardHost.StartAsync();
        host.Aggregator.ReviewFrames.AddRange([Frame(1), Frame(2)]);
        var page = await browser.OpenAsync(new Uri(host.Http.BaseAddress!, "review").ToString());
        await page.FillAsync("#rater", "anna");
        await page.Keyboard.PressAsync("Enter");

        // The fake has no summary, no names and no agreement, and frames are judged all the same.
        await ShownAsync(Frame(1).OutcomeId);
        await page.Keyboard.PressAsync("y");
        await ShownAsync(Frame(2).OutcomeId);
        (await page.Locator("#review-problem").CountAsync()).ShouldBe(0);

        host.Aggregator.FailAfterNextLabel();
        await page.Keyboard.PressAsync("y");
        await page.WaitForSelectorAsync("#review-problem >> text=Confirmed. After that the curator has not answered");
        host.Aggregator.ReviewFrames.ShouldBeEmpty("it is saved");

        // The page has looked again since, in vain, and says the same.
        await Task.Delay(TimeSpan.FromSeconds(4), TestContext.Current.CancellationToken);
        (await page.InnerTextAsync("#review-problem")).ShouldContain("Confirmed. After that");

        host.Aggregator.ReviewFrames.Add(Frame(3));
        host.Aggregator.FailNext(0);
        await ShownAsync(Frame(3).OutcomeId);
        (await page.Locator("#review-problem").CountAsync()).ShouldBe(0);

        Task ShownAsync(string outcome) => page.WaitForFunctionAsync(
            "outcome => document.querySelector('.review')?.dataset.outcome === outcome && document.activeElement?.id === 'review-stage'",
            outcome,
            new() { Timeout = (float)Patience.TotalMilliseconds });
    }

    private static ReviewFrame Frame(byte number)
    {
        var defect = SampleData.Failed(number, ContentDigest.Of([number])).Defect;
        return new ReviewFrame
        {
            OutcomeId = defect.OutcomeId,
            FrameId = defect.FrameId,
            CameraId = defect.CameraId,
            AssetPath = defect.AssetPath,
            Time = SampleData.Now,
            Verdict = Verdict.Fail,
            Frame = defect.Frame,
            Regions = defect.Regions,
        };
    }
}
