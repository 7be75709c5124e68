namespace IMDD.Edge.Agent.Examples;

/// <summary>Counts within the window of time that it is; another window, also one before it, begins at nought.</summary>
internal sealed class BudgetWindow(TimeSpan length, int most)
{
    private long _window = -1;

    /// <summary>How many were taken in the window.</summary>
    public int Used { get; private set; }

    /// <summary>Number of the window.</summary>
    public long WindowOf(DateTimeOffset now) => now.UtcTicks / length.Ticks;

    public bool HasRoom(DateTimeOffset now)
    {
        Turn(now);
        return Used < most;
    }

    public void Take(DateTimeOffset now)
    {
        Turn(now);
        Used++;
    }

    /// <summary>What an earlier life of the process has used.</summary>
    public void Restore(long window, int used) => (_window, Used) = (window, used);

    private void Turn(DateTimeOffset now)
    {
        var window = WindowOf(now);
        if (window != _window)
        {
            (_window, Used) = (window, 0);
        }
    }
}
