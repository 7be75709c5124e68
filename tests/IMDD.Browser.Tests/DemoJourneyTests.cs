using System.Globalization;
using IMDD.Contracts.Topics;
using IMDD.Testing;
using Microsoft.Playwright;

namespace IMDD.Browser.Tests;

/// <summary>One demo watched from its first to its last frame.</summary>
public sealed class DemoJourneyTests
{
    // Half a minute at six a second: the page must be up before they are through.
    private const int Frames = 180;
    private const float OwnAccordMs = 5_000;

    [Fact]
    public async Task Page_WhileFramesFlow_FollowsKafkaAndDrawsMasksAndNamesOnDefects()
    {
        await using var browser = await ChromiumBrowser.StartAsync();
        var kcat = KcatClient.Find(out var reason);
        Assert.SkipWhen(kcat is null, reason);
        using TestDirectory directory = new();
        var state = directory.File("state");
        await using DemoProcess demo = new(
            "--keep", "--frames", Frames.ToString(CultureInfo.InvariantCulture), "--fps", "6", "--cameras", "2", "--seed", "5", "--state", state);
        var page = await browser.OpenAsync(await demo.PageAsync());

        // A figure changes without anyone touching the page.
        var counted = page.Locator("#frames-counted");
        await counted.WaitForAsync(new() { Timeout = 30_000 });
        var before = await CountAsync(counted);
        before.ShouldBeLessThan(Frames);
        await page.WaitForFunctionAsync(
            "before => Number(document.querySelector('#frames-counted').dataset.count) > before", before, new() { Timeout = OwnAccordMs });

        // It ends equal to what an independent client reads on Kafka.
        var result = await demo.ResultAsync();
        ((int)result["conservation_error"]!).ShouldBe(0, demo.Output);
        var records = await new KcatClient(await demo.KafkaAsync()).ReadAsync(KafkaTopics.Outcome);
        var distinct = records.Select(record => record.Header("ce_id")).Distinct().Count();
        distinct.ShouldBe(Frames);
        await page.WaitForFunctionAsync(
            "count => Number(document.querySelector('#frames-counted').dataset.count) === count", distinct, new() { Timeout = 30_000 });
        foreach (var row in await page.Locator("#balance tbody tr").AllAsync())
        {
            // The gateway counts once a second: for that long an outcome may be there before it.
            await Assertions.Expect(row.Locator("td").Nth(2)).ToHaveTextAsync("0", new() { Timeout = 30_000 });
        }

        // What is drawn lies on what is there. Held, so that no picture goes while it is read.
        await page.ClickAsync("#hold-toggle");
        await page.WaitForSelectorAsync("#hold-toggle[aria-pressed=true]");
        var failed = await DrawnMask.ReadAllAsync(page);
        failed.Count.ShouldBeGreaterThan(0);
        var truth = TruthLog.Read(Path.Combine(state, "truth.jsonl"));
        var overlaps = failed
            .Where(mask => truth.TryGetValue(mask.FrameId, out var defect) && defect.Any(value => value))
            .Select(mask => mask.Overlap(truth[mask.FrameId]))
            .ToList();
        overlaps.Count.ShouldBeGreaterThan(0);
        overlaps.Order().ElementAt(overlaps.Count / 2).ShouldBeGreaterThanOrEqualTo(0.3, string.Join(", ", overlaps));

        // And it has its name: the model that ships is right more often than not.
        var kinds = TruthLog.Names(Path.Combine(state, "truth.jsonl"));
        var named = failed.Where(mask => kinds.ContainsKey(mask.FrameId) && mask.Overlap(truth[mask.FrameId]) > 0).ToList();
        named.Count.ShouldBeGreaterThan(0);
        named.Average(mask => mask.Names.Contains(kinds[mask.FrameId], StringComparison.OrdinalIgnoreCase) ? 1.0 : 0)
            .ShouldBeGreaterThan(0.5, string.Join(", ", named.Select(mask => $"{mask.Names} for {kinds[mask.FrameId]}")));

        browser.Errors.ShouldBeEmpty();
        (await demo.InterruptAsync()).ShouldBe(0, demo.Output);
    }

    private static async Task<int> CountAsync(ILocator counted)
        => int.Parse((await counted.GetAttributeAsync("data-count"))!, CultureInfo.InvariantCulture);
}
