using IMDD.Contracts.Identity;
using IMDD.Contracts.Topics;
using IMDD.Edge.Camera.Configuration;
using IMDD.Edge.Camera.Sources;
using IMDD.Edge.Camera.Spool;
using IMDD.Hosting;
using IMDD.Messaging.Mqtt;
using Microsoft.Extensions.Options;

namespace IMDD.Edge.Camera.Gateway;

/// <summary>Runs the cameras: opens store and sources, connects, captures, and sees every frame through to its outcome.</summary>
internal sealed class CameraGateway(
    IOptions<CameraOptions> options,
    IOptions<MqttSessionOptions> mqtt,
    IMqttSessionFactory sessions,
    CameraGatewayStatus status,
    CameraTelemetry telemetry,
    TimeProvider time,
    IHostApplicationLifetime lifetime,
    ILogger<CameraGateway> logger) : BackgroundService
{
    private static readonly TimeSpan BalanceInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan FarewellTimeout = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan ReturnPoll = TimeSpan.FromMilliseconds(20);

    private readonly CameraOptions _options = options.Value;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        await using var store = await GatewayStore.OpenAsync(_options);
        var sources = OpenSources();
        await using var session = sessions.Create(mqtt.Value);
        var channels = MakeChannels(store, sources, session);
        try
        {
            status.Attach(session, () => [.. channels.Select(c => c.Counts)]);
            Log.Started(logger, store.BootId, channels.Count, _options.Asset, _options.Source.ToString(), store.Budget.Frames);
            foreach (var channel in channels)
            {
                await session.SubscribeAsync(MqttTopics.Outcome(channel.Camera), channel.OnReceiptAsync, stoppingToken);
            }

            await RunAsync(channels, session, store.BootId, stoppingToken);
        }
        finally
        {
            foreach (var channel in channels)
            {
                channel.Dispose();
            }
        }
    }

    private IReadOnlyList<IFrameSource> OpenSources()
    {
        try
        {
            return FrameSourceFactory.Create(_options);
        }
        catch (FrameSourceException e)
        {
            var key = _options.Source == FrameSourceKind.Video ? nameof(CameraOptions.Video) : nameof(CameraOptions.Folder);
            throw new ConfigurationInvalidException($"{CameraOptions.Section}:{key}", e.Message, e);
        }
    }

    private List<CameraChannel> MakeChannels(GatewayStore store, IReadOnlyList<IFrameSource> sources, IMqttSession session)
    {
        var asset = AssetPath.Parse(_options.Asset);
        return
        [
            .. _options.CameraNames.Select((name, i) => new CameraChannel(
                new CameraPath(asset, name),
                sources[i],
                new FramePacer(time, _options.FramesPerSecond, i, sources.Count),
                store,
                session,
                _options,
                telemetry,
                time,
                logger)),
        ];
    }

    private async Task RunAsync(List<CameraChannel> channels, IMqttSession session, string bootId, CancellationToken stoppingToken)
    {
        using var running = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);

        // Capturing does not wait for the broker: the spool is there for that.
        var connecting = session.StartAsync(running.Token);
        List<Task> tasks = [connecting, ReportBalanceAsync(channels, session, running.Token)];
        tasks.AddRange(channels.Select(c => c.PublishAsync(running.Token)));
        var capturing = Task.WhenAll(channels.Select((c, i) => c.CaptureAsync(Share(i, channels.Count), status.CaptureEnded, running.Token)));
        tasks.Add(SeeThroughAsync(capturing, channels, bootId, running.Token));
        try
        {
            // The connection is a start, not an end; each of the others ends only by failing or by being told to.
            while (tasks.Count > 0)
            {
                var ended = await Task.WhenAny(tasks);
                tasks.Remove(ended);
                await ended;
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Told to stop: what waits is in the spool.
        }
        finally
        {
            await running.CancelAsync();
            await Task.WhenAll(tasks.Append(capturing)).ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            await SayFarewellAsync(channels, session);
        }
    }

    private long? Share(int camera, int cameras)
        => _options.Frames == 0 ? null : _options.Frames / cameras + (camera < _options.Frames % cameras ? 1 : 0);

    private async Task SeeThroughAsync(Task capturing, List<CameraChannel> channels, string bootId, CancellationToken cancellationToken)
    {
        await capturing;
        var start = time.GetTimestamp();
        while (channels.Sum(c => c.Counts.Pending) is > 0 and var pending)
        {
            if (_options.Wait && time.GetElapsedTime(start) > _options.WaitTimeout)
            {
                throw new TimeoutException(
                    $"{pending} of {channels.Sum(c => c.Counts.SentByThisRun)} frames have no outcome {_options.WaitTimeout} after the last was sent.");
            }

            await Task.Delay(ReturnPoll, time, cancellationToken);
        }

        Log.Finished(logger, bootId, channels.Sum(c => c.Counts.SentByThisRun));
        status.SetFinished();
        if (_options.Wait)
        {
            lifetime.StopApplication();
        }
    }

    private async Task ReportBalanceAsync(List<CameraChannel> channels, IMqttSession session, CancellationToken cancellationToken)
    {
        Dictionary<CameraChannel, CameraCounts> reported = [];
        using PeriodicTimer timer = new(BalanceInterval, time);
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            foreach (var channel in channels)
            {
                var counts = channel.Counts;
                if (session.IsConnected && counts != reported.GetValueOrDefault(channel))
                {
                    await PublishBalanceAsync(channel, counts, BalanceInterval, cancellationToken);
                    reported[channel] = counts;
                }
            }
        }
    }

    private async Task SayFarewellAsync(List<CameraChannel> channels, IMqttSession session)
    {
        foreach (var channel in channels.Where(_ => session.IsConnected))
        {
            await PublishBalanceAsync(channel, channel.Counts, FarewellTimeout, CancellationToken.None);
        }
    }

    private async Task PublishBalanceAsync(CameraChannel channel, CameraCounts counts, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using CancellationTokenSource late = new(timeout, time);
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, late.Token);
        try
        {
            await channel.PublishBalanceAsync(counts, limited.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // The next report says the same and more.
        }
        catch (MqttPublishRefusedException e)
        {
            Log.BalanceRefused(logger, channel.Camera.Camera, e.Message);
        }
    }
}
