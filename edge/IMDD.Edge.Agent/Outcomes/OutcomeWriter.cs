using Microsoft.Data.Sqlite;

namespace IMDD.Edge.Agent.Outcomes;

/// <summary>
/// The one writer of the store, on a thread of its own. Whatever waits when it gets to it becomes one transaction with one sync to disk,
/// so the group grows with the load and a lone outcome waits for nobody.
/// </summary>
internal sealed class OutcomeWriter : IDisposable
{
    private static readonly TimeSpan FirstRetry = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromSeconds(5);

    private readonly CommandQueue _queue = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _abandon = new();
    private readonly SqliteConnection _connection;
    private readonly StoreTransaction _transaction;
    private readonly StoreRoom _room;
    private readonly StoreAdmission _admission;
    private readonly int _groupCommit;
    private readonly ILogger _logger;
    private readonly Thread _thread;
    private long _backlog;

    public OutcomeWriter(
        SqliteConnection connection, StoreTransaction transaction, StoreRoom room, StoreAdmission admission, long backlog, int groupCommit, ILogger logger)
    {
        (_connection, _transaction, _room, _admission, _backlog, _groupCommit, _logger) = (connection, transaction, room, admission, backlog, groupCommit, logger);
        _thread = new Thread(Run) { IsBackground = true, Name = "outcome-store" };
        _thread.Start();
    }

    /// <summary>Raised on the writer's thread after a commit, for each lane that got records or whose records became ready.</summary>
    public event Action<OutboxLaneId>? LaneChanged;

    /// <summary>Raised on the writer's thread with the hard examples that had to go because the store is short of room.</summary>
    public event Action<DroppedExamples>? ExamplesDropped
    {
        add => _room.ExamplesDropped += value;
        remove => _room.ExamplesDropped -= value;
    }

    /// <summary>True while the store is so full that it takes nothing that may be dropped.</summary>
    public bool IsShort => _room.IsShort;

    /// <summary>Completes when the writer has ended; faulted when the store cannot be written any more.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Records that Kafka has not confirmed.</summary>
    public long Backlog => Volatile.Read(ref _backlog);

    /// <summary>Size of what is in use, bytes.</summary>
    public long UsedBytes => _room.UsedBytes;

    /// <summary>Unconfirmed outcomes dropped by <see cref="StoreFullPolicy.DropOldestPass"/> since the start.</summary>
    public long Dropped => _room.Dropped;

    /// <summary>Hands a change over; its <see cref="StoreCommand.Committed"/> says when it is durable. Changes are made in the order given.</summary>
    public void Enqueue(StoreCommand command) => _queue.Add(command);

    /// <summary>Completes once everything handed over until now is durable.</summary>
    public Task FlushAsync(CancellationToken cancellationToken)
    {
        FlushMark mark = new();
        _queue.Add(mark);
        return mark.Done.WaitAsync(cancellationToken);
    }

    /// <summary>Ends once everything handed over is durable, or the token fires; what is not durable then was never acknowledged to anyone.</summary>
    public async Task CompleteAsync(CancellationToken cancellationToken)
    {
        _queue.Complete();
        await using var registration = cancellationToken.Register(Abandon);
        await _ended.Task;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _queue.Complete();
        Abandon();
        _thread.Join();
        _transaction.Dispose();
        _room.Dispose();
        _connection.Dispose();
        _abandon.Dispose();
    }

    private void Run()
    {
        List<StoreCommand> group = new(_groupCommit);
        try
        {
            while (Next(group))
            {
                CommitWithRetry(group);
                // First, so that who has waited for a flush finds its lanes announced.
                foreach (var lane in _transaction.TouchedLanes)
                {
                    LaneChanged?.Invoke(lane);
                }

                foreach (var command in group)
                {
                    command.Committed();
                }

                group.Clear();
                if (_room.IsDue)
                {
                    KeepRoom();
                }
            }

            _ended.TrySetResult();
        }
        catch (OperationCanceledException)
        {
            _ended.TrySetResult();
        }
        catch (Exception e)
        {
            Log.StoreFailed(_logger, e);
            _admission.Set("the store cannot be written");
            _ended.TrySetException(e);
        }
    }

    private void Abandon()
    {
        _abandon.Cancel();
        _queue.Abandon();
    }

    private bool Next(List<StoreCommand> group)
    {
        while (_queue.Take(group, _groupCommit, _room.CheckInterval))
        {
            if (group.Count > 0)
            {
                return true;
            }

            KeepRoom();
        }

        return false;
    }

    private void CommitWithRetry(List<StoreCommand> group)
    {
        for (var delay = FirstRetry; ; delay = delay * 2 < LongestRetry ? delay * 2 : LongestRetry)
        {
            try
            {
                Commit(group);
                return;
            }
            catch (SqliteException e) when (IsPassing(e))
            {
                _transaction.Rollback();
                if (_admission.Set($"the store cannot be written: {e.Message}"))
                {
                    Log.StoreStalled(_logger, e.Message);
                }

                // Nothing of the group is acknowledged: the disk may get room again, and until then frames stay where they are.
                if (_abandon.Token.WaitHandle.WaitOne(delay))
                {
                    throw new OperationCanceledException(_abandon.Token);
                }

                _room.Invalidate();
            }
        }
    }

    private void Commit(List<StoreCommand> group)
    {
        _transaction.Begin();
        foreach (var command in group)
        {
            command.Execute(_transaction);
        }

        var change = _transaction.BacklogChange;
        _transaction.Commit();
        Interlocked.Add(ref _backlog, change);
    }

    private void KeepRoom()
    {
        try
        {
            var dropped = _room.Keep(_transaction, _admission);
            Interlocked.Add(ref _backlog, -dropped);
        }
        catch (SqliteException e) when (IsPassing(e))
        {
            _transaction.Rollback();
            Log.StoreStalled(_logger, e.Message);
        }
    }

    /// <summary>Disk full, I/O error, locked, read-only: may pass. Anything else (damage above all) ends the process: the next start checks.</summary>
    private static bool IsPassing(SqliteException e)
        => e.SqliteErrorCode is SQLitePCL.raw.SQLITE_FULL or SQLitePCL.raw.SQLITE_IOERR or SQLitePCL.raw.SQLITE_BUSY or SQLitePCL.raw.SQLITE_LOCKED
            or SQLitePCL.raw.SQLITE_READONLY or SQLitePCL.raw.SQLITE_CANTOPEN;
}
