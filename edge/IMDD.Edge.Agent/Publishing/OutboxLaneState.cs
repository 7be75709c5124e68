using IMDD.Edge.Agent.Outcomes;

namespace IMDD.Edge.Agent.Publishing;

/// <summary>
/// How far a lane has got: what is under way, in order, and up to where Kafka has confirmed without a gap. Used on the publisher's loop
/// alone.
/// </summary>
internal sealed class OutboxLaneState(OutboxLaneId id, string key, long confirmed)
{
    private readonly Queue<long> _order = new();
    private readonly HashSet<long> _done = [];
    private int _underWay;

    public OutboxLaneId Id { get; } = id;

    /// <summary>Key of the lane's records.</summary>
    public string Key { get; } = key;

    /// <summary>Position up to which everything is confirmed.</summary>
    public long Confirmed { get; private set; } = confirmed;

    /// <summary>Position from which to read on.</summary>
    public long ReadFrom { get; private set; } = confirmed;

    /// <summary>True while a record is to be sent again: nothing else is sent before.</summary>
    public bool IsRecovering { get; private set; }

    /// <summary>Not to be looked at before this (monotonic).</summary>
    public long NotBefore { get; set; }

    /// <summary>True when there may be records to read.</summary>
    public bool MayHaveMore { get; set; } = true;

    /// <summary>Attempts in a row that failed.</summary>
    public int Failures { get; private set; }

    /// <summary>Records handed to the client and not reported.</summary>
    public int UnderWay => _underWay;

    /// <summary>Records confirmed since the cursor was stored.</summary>
    public int Unstored { get; private set; }

    /// <summary>True when the record was confirmed before one in front of it failed: it is not sent again.</summary>
    public bool IsDone(long position) => _done.Contains(position);

    /// <summary>A record was handed to the client, or (a repeated one) passed over.</summary>
    public void Sent(long position)
    {
        ReadFrom = position;
        _order.Enqueue(position);
        if (!_done.Contains(position))
        {
            _underWay++;
        }
        else
        {
            MoveOn();
        }
    }

    /// <summary>A record is confirmed, or dead-lettered.</summary>
    public void Done(long position)
    {
        _underWay--;
        Failures = 0;
        _done.Add(position);
        if (!IsRecovering)
        {
            MoveOn();
        }

        EndRecovery();
    }

    /// <summary>A record has to be sent again, after all that is under way is reported.</summary>
    public void Failed()
    {
        _underWay--;
        if (!IsRecovering)
        {
            Failures++;
        }

        IsRecovering = true;
        EndRecovery();
    }

    /// <summary>The cursor up to <see cref="Confirmed"/> is handed to the store.</summary>
    public void Stored() => Unstored = 0;

    private void EndRecovery()
    {
        if (IsRecovering && _underWay == 0)
        {
            // Back to the first that is not confirmed; what was confirmed behind it is remembered and passed over.
            IsRecovering = false;
            MoveOn();
            _order.Clear();
            ReadFrom = Confirmed;
            MayHaveMore = true;
        }
    }

    private void MoveOn()
    {
        while (_order.TryPeek(out var position) && _done.Remove(position))
        {
            _order.Dequeue();
            Confirmed = position;
            Unstored++;
        }
    }
}
