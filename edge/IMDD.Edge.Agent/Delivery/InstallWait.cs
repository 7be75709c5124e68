using IMDD.Contracts.Events;

namespace IMDD.Edge.Agent.Delivery;

/// <summary>Waits for a maintenance window by the clock on the wall, which may be set while it waits.</summary>
internal static class InstallWait
{
    /// <summary>The clock is looked at no less often than this.</summary>
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(30);

    /// <summary>True while the window is still to come.</summary>
    public static bool IsAhead(InstallWindow window, DateTimeOffset now) => window.NotBefore > now;

    /// <summary>Returns while the window is open.</summary>
    /// <exception cref="DeliveryException">It is over.</exception>
    public static async Task UntilOpenAsync(InstallWindow window, TimeProvider time, CancellationToken cancellationToken)
    {
        while (window.NotBefore is { } from && from - time.GetUtcNow() is var left && left > TimeSpan.Zero)
        {
            await Task.Delay(left < LookInterval ? left : LookInterval, time, cancellationToken);
        }

        CheckNotOver(window, time.GetUtcNow());
    }

    /// <exception cref="DeliveryException">It is over.</exception>
    public static void CheckNotOver(InstallWindow window, DateTimeOffset now)
    {
        if (window.NotAfter is { } until && now >= until)
        {
            throw new DeliveryException(RolloutReason.WindowMissed, $"It might have been installed until {until:O}, and it is {now:O}.");
        }
    }
}
