using Microsoft.Data.Sqlite;

namespace IMDD.Edge.Agent.Outcomes;

/// <summary>
/// Keeps the store within its limits: removes what is confirmed or too old, and applies the policy when that is not enough. Runs on the
/// writer's thread, a bounded number of rows at a time, so that a commit never waits long for it.
/// </summary>
internal sealed class StoreRoom : IDisposable
{
    private const int RowsAtATime = 500;
    private const double PurgeEarlyAbove = 0.8;
    private const double OpenBelow = 0.95;

    private readonly StoreOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Statement _pages, _freePages, _pageSize, _lanes;
    private readonly long _pageBytes;
    private long _usedBytes;
    private long _dropped;
    private long _lastCheck;

    public StoreRoom(SqliteConnection connection, StoreOptions options, TimeProvider time, ILogger logger)
    {
        (_options, _time, _logger) = (options, time, logger);
        _pages = new Statement(connection, "PRAGMA page_count", 0);
        _freePages = new Statement(connection, "PRAGMA freelist_count", 0);
        _pageSize = new Statement(connection, "PRAGMA page_size", 0);
        _lanes = new Statement(connection, "SELECT id, confirmed FROM lane", 0);
        _pageBytes = Number(_pageSize);
        Measure();
        _lastCheck = _time.GetTimestamp();
    }

    /// <summary>How often the limits are looked at.</summary>
    public TimeSpan CheckInterval { get; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Raised with the hard examples that had to go.</summary>
    public event Action<DroppedExamples>? ExamplesDropped;

    /// <summary>True while the store is so full that it has no room for what may be dropped.</summary>
    public bool IsShort => UsedBytes > _options.MaxBytes * PurgeEarlyAbove;

    /// <summary>True when the last look is that long ago.</summary>
    public bool IsDue => _time.GetElapsedTime(_lastCheck) >= CheckInterval;

    /// <summary>Bytes in use, without free pages and log.</summary>
    public long UsedBytes => Volatile.Read(ref _usedBytes);

    /// <summary>Unconfirmed outcomes dropped since the start.</summary>
    public long Dropped => Volatile.Read(ref _dropped);

    /// <summary>Makes the next look due.</summary>
    public void Invalidate() => _lastCheck = long.MinValue / 2;

    /// <summary>Purges, drops by policy, opens or closes the gate; the number of unconfirmed records dropped.</summary>
    public int Keep(StoreTransaction transaction, StoreAdmission admission)
    {
        _lastCheck = _time.GetTimestamp();
        Measure();
        Purge(transaction);
        var dropped = DropExamples(transaction);
        if (_usedBytes >= _options.MaxBytes && _options.WhenFull == StoreFullPolicy.DropOldestPass)
        {
            transaction.Begin();
            var passes = transaction.DropOldestPass(RowsAtATime);
            transaction.Commit();
            if (passes > 0)
            {
                dropped += passes;
                Interlocked.Add(ref _dropped, passes);
                Log.PassesDropped(_logger, passes, _options.MaxBytes);
                Measure();
            }
        }

        // Free pages come back only as rows go, so a store that just fell below its limit stays closed until there is room to work in.
        var limit = admission.IsOpen ? _options.MaxBytes : (long)(_options.MaxBytes * OpenBelow);
        if (_usedBytes < limit)
        {
            if (admission.Set(null))
            {
                Log.StoreHasRoom(_logger, _usedBytes, _options.MaxBytes);
            }
        }
        else if (admission.Set($"the store holds {_usedBytes} of {_options.MaxBytes} bytes"))
        {
            Log.StoreFull(_logger, _usedBytes, _options.MaxBytes);
        }

        return dropped;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var statement in (ReadOnlySpan<Statement>)[_pages, _freePages, _pageSize, _lanes])
        {
            statement.Dispose();
        }
    }

    /// <summary>What nobody has promised to keep goes first; the number of unconfirmed records that went.</summary>
    private int DropExamples(StoreTransaction transaction)
    {
        if (!IsShort)
        {
            return 0;
        }

        transaction.Begin();
        var statistics = transaction.DropStatistics(RowsAtATime);
        var dropped = transaction.DropExamples(RowsAtATime);
        transaction.Commit();
        if (dropped.Count > 0)
        {
            ExamplesDropped?.Invoke(dropped);
        }

        if (dropped.Count + statistics > 0)
        {
            Measure();
        }

        return dropped.Events.Count + statistics;
    }

    private void Purge(StoreTransaction transaction)
    {
        var now = _time.GetUtcNow();
        var isShort = IsShort;
        var before = now - (isShort ? TimeSpan.Zero : _options.KeepConfirmed);
        List<(OutboxLaneId Lane, long Confirmed)> lanes = [];
        using (var rows = _lanes.Query())
        {
            while (rows.Read())
            {
                lanes.Add((new OutboxLaneId(rows.GetInt64(0)), rows.GetInt64(1)));
            }
        }

        transaction.Begin();
        var purged = transaction.PurgeKnown(now - _options.RememberIds, RowsAtATime);
        foreach (var (lane, confirmed) in lanes)
        {
            // To look at the first is cheap; to look for old ones among the first hundreds, twice a second, is not.
            if (isShort || transaction.OldestConfirmed(lane, confirmed) < before)
            {
                purged += transaction.PurgeConfirmed(lane, confirmed, before, RowsAtATime);
            }
        }

        transaction.Commit();
        if (purged > 0)
        {
            Measure();
        }
    }

    private void Measure() => Volatile.Write(ref _usedBytes, (Number(_pages) - Number(_freePages)) * _pageBytes);

    private static long Number(Statement statement)
    {
        using var row = statement.Query();
        return row.Read() ? row.GetInt64(0) : 0;
    }
}
