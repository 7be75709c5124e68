using System.Text.Json;
using IMDD.Cloud.Dashboard.State;
using IMDD.Contracts.Events;
using IMDD.Contracts.Queries;
using IMDD.Dapr.Notices;
using Microsoft.Extensions.Options;

namespace IMDD.Cloud.Dashboard.Feeds;

/// <summary>
/// Keeps the snapshot current. The aggregator's live stream says that something changed; the counts are then read whole, at most once per
/// interval, so that what stands on the page together was counted together.
/// </summary>
public sealed class FigureFeed(
    AggregatorClient aggregator, PlantStore store, INotices notices, IOptions<DashboardOptions> options, TimeProvider time, ILogger<FigureFeed> logger) : BackgroundService
{
    /// <summary>Rolling periods move even when nothing happens.</summary>
    private static readonly TimeSpan IdleRefresh = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ReconnectDelay = TimeSpan.FromSeconds(2);

    private volatile bool _changed = true;
    private volatile bool _live;
    private bool _unavailable;
    private IDisposable? _listening;

    /// <summary>Listens from here on: the sidecar asks once, when the page begins to listen, which notices are wanted.</summary>
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        _listening = notices.Listen(NoticeTopics.ReleasePromoted, () => _changed = true);
        return base.StartAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _listening?.Dispose();
        base.Dispose();
    }

    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(RefreshAsync(stoppingToken), WatchAsync(stoppingToken));

    private async Task RefreshAsync(CancellationToken stoppingToken)
    {
        var settings = options.Value;
        var lastRead = DateTimeOffset.MinValue;
        using PeriodicTimer timer = new(settings.RefreshInterval, time);
        do
        {
            if (!_changed && _live && time.GetUtcNow() - lastRead < IdleRefresh)
            {
                continue;
            }

            try
            {
                _changed = false;
                var figures = await aggregator.ReadFiguresAsync(stoppingToken);
                lastRead = figures.ReadAt;
                store.Update(snapshot => snapshot with { Figures = figures, Problem = null });
                Recovered();
            }
            catch (Exception e) when (IsRemote(e, stoppingToken))
            {
                _changed = true;
                Failed(e);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task WatchAsync(CancellationToken stoppingToken)
    {
        var limit = options.Value.FailedFrames;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await foreach (var item in aggregator.WatchAsync(stoppingToken))
                {
                    if (!_live)
                    {
                        // Read only now that the stream is open: what fails in between is seen twice rather than not at all.
                        var frames = await aggregator.ReadFailedFramesAsync(limit, stoppingToken);
                        store.Update(snapshot => snapshot.WithFailedFrames(frames, limit));
                        _live = _changed = true;
                    }

                    Take(item.EventType, item.Data, limit);
                }
            }
            catch (Exception e) when (IsRemote(e, stoppingToken))
            {
                Failed(e);
            }

            _live = false;
            await Task.Delay(ReconnectDelay, time, stoppingToken);
        }
    }

    private void Take(string type, string data, int limit)
    {
        if (type == LiveEvents.FailedFrame)
        {
            var frame = JsonSerializer.Deserialize<FailedFrame>(data, ImddJson.Options);
            if (frame is not null)
            {
                store.Update(snapshot => snapshot.WithFailedFrames([frame], limit));
            }
        }

        _changed |= type != LiveEvents.Heartbeat;
    }

    private void Failed(Exception e)
    {
        if (!_unavailable)
        {
            _unavailable = true;
            Log.AggregatorUnavailable(logger, options.Value.AggregatorUrl, e.Message);
        }

        store.Update(snapshot => snapshot.Problem == e.Message ? snapshot : snapshot with { Problem = e.Message });
    }

    private void Recovered()
    {
        if (_unavailable)
        {
            _unavailable = false;
            Log.AggregatorBack(logger, options.Value.AggregatorUrl);
        }
    }

    /// <summary>A timeout of the client is a cancellation that nobody here asked for.</summary>
    private static bool IsRemote(Exception e, CancellationToken stoppingToken)
        => e is HttpRequestException or JsonException or IOException || (e is OperationCanceledException && !stoppingToken.IsCancellationRequested);
}
