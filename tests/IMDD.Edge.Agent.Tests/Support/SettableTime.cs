namespace IMDD.Edge.Agent.Tests.Support;

/// <summary>A clock that can be set, also backwards; its timers run in real time.</summary>
internal sealed class SettableTime(DateTimeOffset now) : TimeProvider
{
    public DateTimeOffset Now { get; set; } = now;

    public override DateTimeOffset GetUtcNow() => Now;
}
