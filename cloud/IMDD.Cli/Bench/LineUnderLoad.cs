using System.Collections.Concurrent;
using System.Diagnostics;
using IMDD.Cli.Watch;
using IMDD.Contracts.Events;
using IMDD.Contracts.Identity;
using IMDD.Contracts.Topics;
using IMDD.Messaging.Kafka;
using IMDD.Messaging.Mqtt;
using EventId = IMDD.Contracts.Identity.EventId;

namespace IMDD.Cli.Bench;

/// <summary>Cameras that send and readers of what comes back, on the line and on Kafka.</summary>
internal sealed class LineUnderLoad : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan ProbeTime = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan PollTime = TimeSpan.FromMilliseconds(20);

    private readonly AssetPath _asset;
    private readonly IReadOnlyList<byte[]> _pictures;
    private readonly Action _ensureAlive;
    private readonly ServiceProvider _clients;
    private readonly IMqttSession _session;
    private readonly SemaphoreSlim _window = new(32);
    private readonly ConcurrentDictionary<string, long> _sent = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, double> _receipts = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, double> _published = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _sequences = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stop = new();
    private Task _reading = Task.CompletedTask;
    private int _next;
    private int _failed;

    public LineUnderLoad(AssetPath asset, int mqttPort, string kafka, IReadOnlyList<byte[]> pictures, Action ensureAlive)
    {
        _asset = asset;
        _pictures = pictures;
        _ensureAlive = ensureAlive;
        _clients = WatchServices.Create(new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["Kafka:BootstrapServers"] = kafka,
            ["Mqtt:ClientId"] = "bench-camera",

            // The in-memory cluster holds an empty fetch for all of this: the reader's own wait must not be taken for the agent's.
            ["Kafka:FetchMaxWait"] = "00:00:00.005",
        });
        _session = _clients.GetRequiredService<IMqttSessionFactory>().Create(new MqttSessionOptions { Port = mqttPort, ClientId = "bench-camera" });
    }

    /// <summary>Frames whose outcome is on Kafka.</summary>
    public int Published => _published.Count;

    /// <summary>Share of outcomes that were fails.</summary>
    public double FailShare => _published.IsEmpty ? 0 : (double)_failed / _published.Count;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await _session.SubscribeAsync(MqttTopics.CellFilter(_asset, "outcome"), OnReceipt, cancellationToken);
        await _session.StartAsync(cancellationToken);
        _reading = Task.Factory.StartNew(Read, cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>Sends a frame now and then until one comes back: what is sent before the agent's first subscription, nobody gets.</summary>
    public async Task WaitForAgentAsync(CancellationToken cancellationToken)
    {
        var start = Stopwatch.GetTimestamp();
        for (var number = 1; _receipts.IsEmpty; number++)
        {
            if (Stopwatch.GetElapsedTime(start) > Patience)
            {
                throw new CommandFailedException($"The agent took no frame within {Patience.TotalSeconds} s.");
            }

            _ensureAlive();
            await _window.WaitAsync(cancellationToken);
            await SendOneAsync("probe", number, cancellationToken);
            await Task.Delay(ProbeTime, cancellationToken);
        }

        // Those that were lost before keep no place in the window.
        _window.Release(_sent.Count - _receipts.Count);
        _sent.Clear();
    }

    /// <summary>Sends so many frames, as fast as outcomes return or at a rate, and waits until all their outcomes are on Kafka.</summary>
    /// <param name="count">Frames.</param>
    /// <param name="rate">Frames per second; null: as fast as they are taken.</param>
    /// <param name="progress">Called after each frame with its number.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Ids of the frames.</returns>
    public async Task<IReadOnlyList<string>> SendAsync(int count, double? rate, Action<int> progress, CancellationToken cancellationToken)
    {
        List<string> ids = new(count);
        var start = Stopwatch.GetTimestamp();
        for (var index = 0; index < count; index++)
        {
            if (rate is { } perSecond)
            {
                var due = TimeSpan.FromSeconds(index / perSecond) - Stopwatch.GetElapsedTime(start);
                if (due > TimeSpan.Zero)
                {
                    await Task.Delay(due, cancellationToken);
                }
            }

            if (!await _window.WaitAsync(Patience, cancellationToken))
            {
                throw new CommandFailedException($"No outcome came back for {Patience.TotalSeconds} s.");
            }

            _ensureAlive();
            var camera = $"cam{(index % EdgeBenchOptions.Cameras) + 1}";
            ids.Add(await SendOneAsync(camera, _sequences[camera] = _sequences.GetValueOrDefault(camera) + 1, cancellationToken));
            progress(index);
        }

        var waited = Stopwatch.GetTimestamp();
        while (ids.Exists(id => !_published.ContainsKey(id)))
        {
            if (Stopwatch.GetElapsedTime(waited) > Patience)
            {
                throw new CommandFailedException($"{ids.Count(id => !_published.ContainsKey(id))} outcomes are not on Kafka after {Patience.TotalSeconds} s.");
            }

            _ensureAlive();
            await Task.Delay(PollTime, cancellationToken);
        }

        return ids;
    }

    public LatencyFigures PublishedLatency(IEnumerable<string> ids) => LatencyFigures.Of(ids.Select(id => _published[id]));

    public LatencyFigures ReceiptLatency(IEnumerable<string> ids) => LatencyFigures.Of(ids.Select(id => _receipts.GetValueOrDefault(id, double.NaN)));

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _reading;
        await _session.DisposeAsync();
        await _clients.DisposeAsync();
        _window.Dispose();
        _stop.Dispose();
    }

    private async Task<string> SendOneAsync(string camera, long sequence, CancellationToken cancellationToken)
    {
        // Each camera is a boot of its own, so that its numbers have no gaps.
        var boot = $"bench{camera}";
        var now = TimeProvider.System.GetUtcNow();
        var publication = MqttPublications.Frame(new FrameCapture
        {
            Camera = new CameraPath(_asset, camera),
            BootId = boot,
            Sequence = sequence,
            Time = now,
            RecordedTime = now,
            Image = _pictures[_next++ % _pictures.Count],
            ContentType = "image/jpeg",
            Clock = new ClockQuality("ptp"),
        });
        var id = EventId.ForFrame(boot, sequence);
        _sent[id] = Stopwatch.GetTimestamp();
        await _session.PublishAsync(publication.ToOutgoing(), cancellationToken);
        return id;
    }

    private ValueTask OnReceipt(IMqttDelivery delivery, CancellationToken cancellationToken)
    {
        var receipt = ImddJson.Deserialize<OutcomeReceipt>(delivery.Message.Payload.Span);
        delivery.Acknowledge();
        if (_sent.TryGetValue(receipt.FrameId, out var sent) && _receipts.TryAdd(receipt.FrameId, Stopwatch.GetElapsedTime(sent).TotalMilliseconds))
        {
            _window.Release();
        }

        return ValueTask.CompletedTask;
    }

    private void Read()
    {
        using var consumer = _clients.GetRequiredService<IKafkaClientFactory>().CreateConsumer("bench");
        consumer.Assign([KafkaTopics.Outcome], fromBeginning: true);
        while (!_stop.IsCancellationRequested)
        {
            if (consumer.Poll(PollTime) is not { Value: { } value })
            {
                continue;
            }

            var outcome = ImddJson.Deserialize<InspectionOutcome>(value.Span);
            if (_sent.TryGetValue(outcome.FrameId, out var sent) && _published.TryAdd(outcome.FrameId, Stopwatch.GetElapsedTime(sent).TotalMilliseconds)
                && outcome.Verdict == Verdict.Fail)
            {
                Interlocked.Increment(ref _failed);
            }
        }
    }
}
