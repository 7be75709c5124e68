using IMDD.Testing;

namespace IMDD.Browser.Tests;

/// <summary>A demo whose frames are all through and whose page stays up, for tests that only look.</summary>
public sealed class FinishedDemo : IAsyncDisposable
{
    private readonly Lazy<Task<string>> _page;
    private DemoProcess? _demo;

    public FinishedDemo() => _page = new Lazy<Task<string>>(StartAsync);

    /// <summary>The page's address; started by the first test that asks.</summary>
    public Task<string> PageAsync() => _page.Value;

    public async ValueTask DisposeAsync()
    {
        if (_demo is not null)
        {
            await _demo.InterruptAsync();
            await _demo.DisposeAsync();
        }
    }

    private async Task<string> StartAsync()
    {
        _demo = new DemoProcess("--keep", "--frames", "60", "--fps", "20", "--cameras", "2", "--seed", "5");
        await _demo.ResultAsync();
        return await _demo.PageAsync();
    }
}
