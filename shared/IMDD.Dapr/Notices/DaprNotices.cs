using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace IMDD.Dapr.Notices;

/// <summary>Tells who listens in any service, through the sidecar's pub/sub. One that cannot be sent is dropped.</summary>
internal sealed class DaprNotices(Sidecar sidecar, NoticeListeners listeners, IOptions<DaprOptions> options, ILogger<DaprNotices> logger) : BackgroundService, INotices
{
    // Notices of one topic say the same: a few that wait are as good as many.
    private const int Waiting = 64;

    private readonly Channel<string> _waiting = Channel.CreateBounded<string>(new BoundedChannelOptions(Waiting) { FullMode = BoundedChannelFullMode.DropOldest });

    public void Publish(string topic) => _waiting.Writer.TryWrite(topic);

    public IDisposable Listen(string topic, Action heard) => listeners.Add(topic, heard);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await foreach (var topic in _waiting.Reader.ReadAllAsync(stoppingToken))
            {
                await SendAsync(topic, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            return;
        }
    }

    private async Task SendAsync(string topic, CancellationToken cancellationToken)
    {
        var component = options.Value.PubSub;
        try
        {
            await sidecar.CallAsync(
                $"publish {topic} on {component}",
                async (client, limit) =>
                {
                    await client.PublishEventAsync(component, topic, new { topic }, limit);
                    return true;
                },
                cancellationToken);
        }
        catch (SidecarException e)
        {
            Log.NoticeLost(logger, topic, e.Message);
        }
    }
}
