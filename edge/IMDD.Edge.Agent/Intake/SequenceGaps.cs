namespace IMDD.Edge.Agent.Intake;

/// <summary>
/// Finds the frames of one camera that should have come and did not: numbers between those that came, of the same boot. Not thread-safe.
/// </summary>
internal sealed class SequenceGaps(TimeProvider time)
{
    /// <summary>A larger jump is another numbering, not a loss: nothing is made up for it.</summary>
    public const int LargestGap = 10_000;

    private const int MaxBoots = 4;

    private readonly List<Boot> _boots = [];

    /// <summary>Takes note of a frame that came; the size of a jump too large to be a gap, else 0.</summary>
    public long Seen(string bootId, long sequence)
    {
        var boot = Find(bootId);
        if (boot is null)
        {
            if (_boots.Count == MaxBoots)
            {
                _boots.RemoveAt(0);
            }

            _boots.Add(new Boot(bootId, sequence));
            return 0;
        }

        if (sequence <= boot.High)
        {
            boot.Missing.Remove(sequence);
            return 0;
        }

        var jump = sequence - boot.High - 1;
        var isGap = jump + boot.Missing.Count <= LargestGap;
        if (isGap)
        {
            for (var missing = boot.High + 1; missing < sequence; missing++)
            {
                boot.Missing[missing] = time.GetTimestamp();
            }
        }

        boot.High = sequence;
        return isGap ? 0 : jump;
    }

    /// <summary>Takes up numbering known from an earlier life, with the numbers that have no outcome yet.</summary>
    public void Resume(string bootId, long high, IEnumerable<long> missing)
    {
        Boot boot = new(bootId, high);
        foreach (var sequence in missing)
        {
            boot.Missing[sequence] = time.GetTimestamp();
        }

        _boots.Add(boot);
    }

    /// <summary>Takes out the frames that have been missing for <paramref name="timeout"/>.</summary>
    public IReadOnlyList<(string BootId, long Sequence)> TakeOverdue(TimeSpan timeout)
    {
        List<(string, long)> overdue = [];
        foreach (var boot in _boots)
        {
            foreach (var (sequence, since) in boot.Missing)
            {
                if (time.GetElapsedTime(since) >= timeout)
                {
                    overdue.Add((boot.Id, sequence));
                }
            }
        }

        foreach (var (bootId, sequence) in overdue)
        {
            Find(bootId)!.Missing.Remove(sequence);
        }

        return overdue;
    }

    /// <summary>Starts all waits again: while the broker was away nothing could come.</summary>
    public void RestartWaits()
    {
        foreach (var boot in _boots)
        {
            foreach (var sequence in boot.Missing.Keys.ToList())
            {
                boot.Missing[sequence] = time.GetTimestamp();
            }
        }
    }

    private Boot? Find(string id)
    {
        foreach (var boot in _boots)
        {
            if (boot.Id == id)
            {
                return boot;
            }
        }

        return null;
    }

    private sealed class Boot(string id, long high)
    {
        public string Id { get; } = id;

        public long High { get; set; } = high;

        /// <summary>Sequence and when it was missed.</summary>
        public SortedDictionary<long, long> Missing { get; } = [];
    }
}
