namespace IMDD.Testing;

/// <summary>The machine's clock, set forward: what waits goes on at its own pace.</summary>
public sealed class ShiftedTime : TimeProvider
{
    private long _shiftTicks;

    /// <summary>Sets it forward.</summary>
    public void Shift(TimeSpan by) => Interlocked.Add(ref _shiftTicks, by.Ticks);

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => base.GetUtcNow().AddTicks(Interlocked.Read(ref _shiftTicks));
}
