using IMDD.Testing;

namespace IMDD.Browser.Tests;

/// <summary>A demo whose cameras take each picture once, with enough failed frames for every test to judge some of.</summary>
public sealed class ReviewDemo : IAsyncDisposable
{
    private readonly Lazy<Task<DemoProcess>> _demo = new(StartAsync);

    public async Task<string> PageAsync() => await (await _demo.Value).PageAsync();

    public async Task<string> KafkaAsync() => await (await _demo.Value).KafkaAsync();

    public async ValueTask DisposeAsync()
    {
        if (_demo.IsValueCreated)
        {
            var demo = await _demo.Value;
            await demo.InterruptAsync();
            await demo.DisposeAsync();
        }
    }

    private static async Task<DemoProcess> StartAsync()
    {
        DemoProcess demo = new("--keep", "--frames", "192", "--fps", "24", "--cameras", "8", "--seed", "5");
        await demo.ResultAsync();
        return demo;
    }
}
