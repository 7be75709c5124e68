using IMDD.Testing;
using Microsoft.Playwright;

namespace IMDD.Browser.Tests;

/// <summary>Debian's Chromium, driven by Playwright; what the page logs as an error is kept.</summary>
internal sealed class ChromiumBrowser : IAsyncDisposable
{
    private static readonly string[] Arguments =
    [
        "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    ];

    private readonly IPlaywright _playwright;
    private readonly IBrowser _browser;

    private ChromiumBrowser(IPlaywright playwright, IBrowser browser) => (_playwright, _browser) = (playwright, browser);

    /// <summary>Errors of all pages: console, uncaught exceptions, requests that failed or left the machine.</summary>
    public List<string> Errors { get; } = [];

    /// <summary>Starts it, or skips the test where there is none.</summary>
    public static async Task<ChromiumBrowser> StartAsync()
    {
        var path = ToolRequirement.Find("chromium", "apt-get install -y chromium", out var reason);
        Assert.SkipWhen(path is null, reason);
        var playwright = await Playwright.CreateAsync();
        return new ChromiumBrowser(playwright, await playwright.Chromium.LaunchAsync(new() { ExecutablePath = path, Args = Arguments }));
    }

    /// <summary>Opens the page and waits until it is live: a click before that is lost.</summary>
    public async Task<IPage> OpenAsync(string url, ColorScheme scheme = ColorScheme.Light, int width = 1400, int height = 1000)
    {
        var context = await _browser.NewContextAsync(new() { ColorScheme = scheme, ViewportSize = new() { Width = width, Height = height } });
        var page = await context.NewPageAsync();
        page.Console += (_, message) => Add(message.Type == "error", "console: " + message.Text);
        page.PageError += (_, error) => Add(true, "exception: " + error);
        page.Response += (_, response) => Add(response.Status >= 400, $"{response.Status} {response.Url}");
        page.Request += (_, request) => Add(!request.Url.StartsWith(url, StringComparison.Ordinal) && !request.Url.StartsWith("data:", StringComparison.Ordinal), "foreign: " + request.Url);
        await page.GotoAsync(url);
        await page.WaitForSelectorAsync("html[data-live=true]");
        return page;
    }

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
    }

    private void Add(bool isError, string text)
    {
        if (isError)
        {
            lock (Errors)
            {
                Errors.Add(text);
            }
        }
    }
}
