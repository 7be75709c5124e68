using IMDD.Contracts.Events;
using IMDD.Edge.Agent.Evidence;
using IMDD.Edge.Agent.Faults;
using IMDD.Edge.Agent.Outcomes;
using IMDD.Edge.Agent.Telemetry;
using IMDD.Storage;

namespace IMDD.Edge.Agent.Examples;

/// <summary>Stores the pictures of hard examples as blobs, oldest first and one at a time, and only then lets their events go.</summary>
internal sealed class ExampleUploader : IDisposable
{
    private const int ItemsAtATime = 16;
    private static readonly TimeSpan FirstRetry = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan IdlePause = TimeSpan.FromSeconds(5);

    private readonly OutcomeStore _store;
    private readonly EvidenceSpool _spool;
    private readonly IBlobStore _blobs;
    private readonly AgentIdentity _identity;
    private readonly HardExampleOptions _options;
    private readonly TimeSpan _maxRetryDelay;
    private readonly CrashPoints _crashPoints;
    private readonly AgentTelemetry _telemetry;
    private readonly TimeProvider _time;
    private readonly ILogger<ExampleUploader> _logger;
    private readonly SemaphoreSlim _new = new(0);

    public ExampleUploader(
        OutcomeStore store, EvidenceSpool spool, IBlobStore blobs, AgentIdentity identity, HardExampleOptions options, EvidenceOptions evidence, CrashPoints crashPoints,
        AgentTelemetry telemetry, TimeProvider time, ILogger<ExampleUploader> logger)
    {
        (_store, _spool, _blobs, _identity, _options, _maxRetryDelay, _crashPoints, _telemetry, _time, _logger)
            = (store, spool, blobs, identity, options, evidence.MaxRetryDelay, crashPoints, telemetry, time, logger);
        store.Writer.ExamplesDropped += Dropped;
    }

    /// <summary>Says that there is another.</summary>
    public void Wake() => _new.Release();

    /// <summary>Works until the token fires.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var retry = FirstRetry;
        while (true)
        {
            if (await StoreAllAsync(cancellationToken))
            {
                retry = FirstRetry;
                await _new.WaitAsync(IdlePause, cancellationToken);
            }
            else
            {
                await Task.Delay(retry, _time, cancellationToken);
                retry = retry * 2 < _maxRetryDelay ? retry * 2 : _maxRetryDelay;
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _store.Writer.ExamplesDropped -= Dropped;
        _new.Dispose();
    }

    /// <summary>False when the blob store is away.</summary>
    private async Task<bool> StoreAllAsync(CancellationToken cancellationToken)
    {
        ExampleItem? last = null;
        while (_store.Reader.Examples(last, ItemsAtATime) is { Count: > 0 } items)
        {
            foreach (var item in items)
            {
                if (!await TryStoreAsync(item, cancellationToken))
                {
                    return false;
                }
            }

            last = items[^1];
        }

        return true;
    }

    /// <summary>False when it is to be tried again.</summary>
    private async Task<bool> TryStoreAsync(ExampleItem item, CancellationToken cancellationToken)
    {
        try
        {
            var example = ImddJson.Deserialize<HardExample>(item.Value);
            if (await AddressAsync(item, cancellationToken) is not { } uri)
            {
                await GiveUpAsync(item, example.Reasons, "damaged", "its file is gone or damaged", cancellationToken);
                return true;
            }

            _crashPoints.Pass(CrashPoint.AfterExampleStored);
            FinishExample finish = new(item.OutcomeId, Prepare(item, example with { Frame = example.Frame with { Uri = uri.ToString() } }), _crashPoints);
            _store.Writer.Enqueue(finish);
            if (await finish.Done.WaitAsync(cancellationToken))
            {
                _telemetry.ExampleSent(example.Reasons);
                _spool.Forget(item);
            }

            return true;
        }
        catch (Exception e) when (e is not (OperationCanceledException or OutOfMemoryException))
        {
            // Also what nobody has thought of costs an example only.
            if (e is BlobStoreException { IsTransient: true } or IOException or UnauthorizedAccessException && _time.GetUtcNow() - item.Since < _options.GiveUpAfter)
            {
                Log.ExampleRetried(_logger, item.OutcomeId, e.Message);
                return false;
            }

            await GiveUpAsync(item, ReasonsOf(item.Value), "refused", e.Message, cancellationToken);
            return true;
        }
    }

    /// <summary>Where the picture is; a failed frame's, which is stored already, is not sent a second time. Null: it cannot be had any more.</summary>
    private async Task<Uri?> AddressAsync(ExampleItem item, CancellationToken cancellationToken)
        => (await _blobs.FindAsync(item.Digest, cancellationToken))?.Uri
            ?? (await _spool.ReadAsync(item.Digest, cancellationToken) is { } picture ? (await _blobs.PutAsync(picture, item.ContentType, cancellationToken)).Uri : null);

    private PreparedRecord Prepare(ExampleItem item, HardExample example)
        => new(HardExampleEvent.Create(example, new EventContext
        {
            Source = _identity.Source,
            Time = item.Happened,
            RecordedTime = _time.GetUtcNow(),
            TraceParent = item.TraceParent,
        }));

    private async Task GiveUpAsync(ExampleItem item, IReadOnlyList<string> reasons, string cause, string detail, CancellationToken cancellationToken)
    {
        FinishExample finish = new(item.OutcomeId, record: null, _crashPoints);
        _store.Writer.Enqueue(finish);
        if (await finish.Done.WaitAsync(cancellationToken))
        {
            Log.ExampleLost(_logger, item.OutcomeId, detail);
            _telemetry.ExampleDropped(reasons, cause);
            _spool.Forget(item);
        }
    }

    /// <summary>The store had no room for them.</summary>
    private void Dropped(DroppedExamples dropped)
    {
        Log.ExamplesDropped(_logger, dropped.Count);
        foreach (var item in dropped.Waiting)
        {
            _telemetry.ExampleDropped(ReasonsOf(item.Value), "store");
            _spool.Forget(item);
        }

        foreach (var value in dropped.Events)
        {
            _telemetry.ExampleDropped(ReasonsOf(value), "store");
        }
    }

    private static IReadOnlyList<string> ReasonsOf(byte[] value)
    {
        try
        {
            return ImddJson.Deserialize<HardExample>(value).Reasons;
        }
        catch (System.Text.Json.JsonException)
        {
            return [];
        }
    }
}
