using Microsoft.Playwright;

namespace IMDD.Browser.Tests;

/// <summary>The page in the hands of different people: by keyboard, by screen reader, at night, on a phone.</summary>
public sealed class PageTests(FinishedDemo demo) : IClassFixture<FinishedDemo>
{
    private const int MostTabs = 60;

    [Fact]
    public async Task Keyboard_TabToAFailedFrame_EnterOpensItEscapeReturns()
    {
        await using var browser = await ChromiumBrowser.StartAsync();
        var page = await browser.OpenAsync(await demo.PageAsync());
        await page.WaitForSelectorAsync("button.frame");

        await page.Keyboard.PressAsync("Tab");
        (await page.EvaluateAsync<string>("document.activeElement.className")).ShouldBe("skip-link");
        for (var i = 0; i < MostTabs && await page.EvaluateAsync<string>("document.activeElement.className") != "frame"; i++)
        {
            await page.Keyboard.PressAsync("Tab");
        }

        var outcome = await page.EvaluateAsync<string>("document.activeElement.dataset.outcome");
        outcome.ShouldNotBeNull();
        await page.Keyboard.PressAsync("Enter");
        var dialog = page.GetByRole(AriaRole.Dialog);
        await dialog.WaitForAsync();
        (await dialog.InnerTextAsync()).ShouldContain(outcome);
        (await dialog.GetByRole(AriaRole.Table).CountAsync()).ShouldBe(1);

        await page.WaitForFunctionAsync("() => document.activeElement.closest('[role=dialog]') !== null");
        await page.Keyboard.PressAsync("Escape");
        await dialog.WaitForAsync(new() { State = WaitForSelectorState.Detached });
        await page.WaitForFunctionAsync("outcome => document.activeElement?.dataset?.outcome === outcome", outcome);
        browser.Errors.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(ColorScheme.Dark)]
    [InlineData(ColorScheme.Light)]
    public async Task Theme_FollowsTheSystem_AndTheButtonOverrulesIt(ColorScheme scheme)
    {
        await using var browser = await ChromiumBrowser.StartAsync();
        var page = await browser.OpenAsync(await demo.PageAsync(), scheme);
        var (first, second) = scheme == ColorScheme.Dark ? ("dark", "light") : ("light", "dark");

        (await page.GetAttributeAsync("html", "data-theme")).ShouldBe(first);
        var background = await BackgroundAsync(page);
        await page.GetByRole(AriaRole.Button, new() { Name = "Dark colours" }).ClickAsync();
        await page.WaitForSelectorAsync($"html[data-theme={second}]");
        (await BackgroundAsync(page)).ShouldNotBe(background);

        await page.ReloadAsync();
        (await page.GetAttributeAsync("html", "data-theme")).ShouldBe(second);
    }

    [Theory]
    [InlineData(ColorScheme.Dark, 1600)]
    [InlineData(ColorScheme.Light, 1600)]
    [InlineData(ColorScheme.Light, 400)]
    public async Task Accessibility_PageAndDialog_AxeFindsNothing(ColorScheme scheme, int width)
    {
        await using var browser = await ChromiumBrowser.StartAsync();
        var axe = await AxeCore.LoadAsync();
        var page = await browser.OpenAsync(await demo.PageAsync(), scheme, width);
        await page.WaitForSelectorAsync("button.frame");
        (await axe.ViolationsAsync(page)).ShouldBeEmpty();
        await page.Locator("button.frame").First.ClickAsync();
        await page.GetByRole(AriaRole.Dialog).WaitForAsync();
        (await axe.ViolationsAsync(page)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Structure_Landmarks_OneOfEachAndEverythingNamed()
    {
        await using var browser = await ChromiumBrowser.StartAsync();
        var page = await browser.OpenAsync(await demo.PageAsync());
        await page.WaitForSelectorAsync("button.frame");

        (await page.Locator("h1").CountAsync()).ShouldBe(1);
        (await page.GetByRole(AriaRole.Main).CountAsync()).ShouldBe(1);
        (await page.GetByRole(AriaRole.Banner).CountAsync()).ShouldBe(1);
        (await page.Locator("img:not([alt])").CountAsync()).ShouldBe(0);
        (await page.Locator("button.frame img:not(.mask)").First.GetAttributeAsync("alt"))!.ShouldMatch(@"^Frame \S+ of camera \S+: .*score");
        await page.WaitForFunctionAsync("() => document.querySelector('[role=status][aria-live=polite]').textContent.includes('yield')");
    }

    [Fact]
    public async Task Narrow_Phone_NothingReachesOverTheEdge()
    {
        await using var browser = await ChromiumBrowser.StartAsync();
        var page = await browser.OpenAsync(await demo.PageAsync(), width: 380, height: 800);
        await page.WaitForSelectorAsync("button.frame");

        (await page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth")).ShouldBeTrue();
    }

    private static Task<string> BackgroundAsync(IPage page) => page.EvaluateAsync<string>("getComputedStyle(document.body).backgroundColor");
}
