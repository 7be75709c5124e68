namespace IMDD.Relational;

/// <summary>Times are kept as microseconds since 1970: the same in both databases, exact for what the wire carries, and ordered.</summary>
public static class Timestamp
{
    public static long ToMicroseconds(DateTimeOffset time) => (time.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks) / TimeSpan.TicksPerMicrosecond;

    public static DateTimeOffset FromMicroseconds(long microseconds) => DateTimeOffset.UnixEpoch.AddTicks(microseconds * TimeSpan.TicksPerMicrosecond);
}
