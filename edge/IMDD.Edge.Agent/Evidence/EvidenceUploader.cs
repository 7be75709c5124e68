using IMDD.Contracts.Events;
using IMDD.Edge.Agent.Outcomes;
using IMDD.Edge.Agent.Telemetry;
using IMDD.Storage;

namespace IMDD.Edge.Agent.Evidence;

/// <summary>Stores the spooled pictures and masks as blobs, oldest first, for as long as it takes within a limit, and tells the store what came of it.</summary>
internal sealed class EvidenceUploader : IDisposable
{
    private const int ItemsAtATime = 64;
    private static readonly TimeSpan FirstRetry = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan IdlePause = TimeSpan.FromSeconds(1);

    /// <summary>How far the day's budget on disk may be behind.</summary>
    private static readonly TimeSpan BudgetInterval = TimeSpan.FromSeconds(1);

    private readonly OutcomeStore _store;
    private readonly EvidenceSpool _spool;
    private readonly IBlobStore _blobs;
    private readonly EvidenceOptions _options;
    private readonly AgentTelemetry _telemetry;
    private readonly TimeProvider _time;
    private readonly ILogger<EvidenceUploader> _logger;
    private readonly SemaphoreSlim _new = new(0, 1);
    private long _budgetRemembered;

    public EvidenceUploader(
        OutcomeStore store, EvidenceSpool spool, IBlobStore blobs, EvidenceOptions options, AgentTelemetry telemetry, TimeProvider time,
        ILogger<EvidenceUploader> logger)
    {
        (_store, _spool, _blobs, _options, _telemetry, _time, _logger) = (store, spool, blobs, options, telemetry, time, logger);
        store.Writer.LaneChanged += lane =>
        {
            if (lane.Kind == OutboxKind.Defect)
            {
                Wake();
            }
        };
    }

    /// <summary>Works until the token fires.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var retry = FirstRetry;
        while (true)
        {
            EvidenceItem? last = null;
            var allStored = true;
            while (allStored && _store.Reader.Evidence(last, ItemsAtATime) is { Count: > 0 } items)
            {
                foreach (var some in items.Chunk(_options.Parallel))
                {
                    allStored &= (await Task.WhenAll(some.Select(item => TryStoreAsync(item, cancellationToken)))).All(stored => stored);
                }

                last = items[^1];
            }

            await RememberBudgetAsync(cancellationToken);
            if (allStored)
            {
                retry = FirstRetry;
                await _new.WaitAsync(IdlePause, cancellationToken);
            }
            else
            {
                await Task.Delay(retry, _time, cancellationToken);
                retry = retry * 2 < _options.MaxRetryDelay ? retry * 2 : _options.MaxRetryDelay;
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _new.Dispose();

    /// <summary>False when it is to be tried again.</summary>
    private async Task<bool> TryStoreAsync(EvidenceItem item, CancellationToken cancellationToken)
    {
        var (isAgain, picture) = await TryPutAsync(item, item.Digest, item.ContentType, cancellationToken);
        List<StoredMask> masks = [];
        foreach (var mask in item.Masks)
        {
            // What was put before a failure is put again: the store keeps equal content once.
            var (isMaskAgain, uri) = isAgain ? (true, null) : await TryPutAsync(item, mask.Digest, EvidenceMask.ContentType, cancellationToken);
            isAgain |= isMaskAgain;
            if (uri is not null)
            {
                masks.Add(new StoredMask(mask.Region, uri.ToString()));
            }
        }

        if (isAgain)
        {
            return false;
        }

        FinishEvidence finish = new(item.OutcomeId, picture, masks);
        _store.Writer.Enqueue(finish);
        await finish.Done.WaitAsync(cancellationToken);
        _spool.Forget(item);
        return true;
    }

    /// <summary>The blob's address, or null where there never will be one; or that it is to be tried again.</summary>
    private async Task<(bool IsAgain, Uri? Uri)> TryPutAsync(EvidenceItem item, string digest, string contentType, CancellationToken cancellationToken)
    {
        try
        {
            if (await _spool.ReadAsync(digest, cancellationToken) is { } bytes)
            {
                var uri = (await _blobs.PutAsync(bytes, contentType, cancellationToken)).Uri;
                _telemetry.EvidenceStored(bytes.Length);
                return (false, uri);
            }

            Log.EvidenceLost(_logger, item.OutcomeId, "its file is gone or damaged");
            _telemetry.EvidenceSkipped("damaged");
        }
        catch (BlobStoreException e)
        {
            if (e.IsTransient && _time.GetUtcNow() - item.Since < _options.GiveUpAfter)
            {
                Log.EvidenceRetried(_logger, item.OutcomeId, e.Message);
                return (true, null);
            }

            Log.EvidenceLost(_logger, item.OutcomeId, e.Message);
            _telemetry.EvidenceSkipped("refused");
        }

        return (false, null);
    }

    private async Task RememberBudgetAsync(CancellationToken cancellationToken)
    {
        if (_time.GetElapsedTime(_budgetRemembered) < BudgetInterval)
        {
            return;
        }

        _budgetRemembered = _time.GetTimestamp();
        var (day, bytes) = _spool.UsedToday;
        if (_store.Reader.Number(EvidenceNumbers.Day) == day && _store.Reader.Number(EvidenceNumbers.Bytes) == bytes)
        {
            return;
        }

        SetNumber done = new(EvidenceNumbers.Bytes, bytes);
        _store.Writer.Enqueue(new SetNumber(EvidenceNumbers.Day, day));
        _store.Writer.Enqueue(done);
        await done.Done.WaitAsync(cancellationToken);
    }

    private void Wake()
    {
        // Called on the writer's thread alone, so that the count cannot rise in between.
        if (_new.CurrentCount == 0)
        {
            _new.Release();
        }
    }
}
