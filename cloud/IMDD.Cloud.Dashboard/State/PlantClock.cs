using System.Globalization;
using Microsoft.Extensions.Options;

namespace IMDD.Cloud.Dashboard.State;

/// <summary>Times as the plant's wall clock shows them.</summary>
public sealed class PlantClock
{
    private readonly TimeProvider _time;
    private readonly TimeZoneInfo _zone;

    public PlantClock(TimeProvider time, IOptions<DashboardOptions> options)
    {
        _time = time;
        _zone = options.Value.TimeZone is { Length: > 0 } id ? TimeZoneInfo.FindSystemTimeZoneById(id) : time.LocalTimeZone;
    }

    /// <summary>Now, in the plant's zone.</summary>
    public DateTimeOffset Now => In(_time.GetUtcNow());

    /// <summary>The zone's offset from UTC, such as <c>UTC+01:00</c>.</summary>
    public string ZoneName
    {
        get
        {
            var offset = Now.Offset;
            return offset == TimeSpan.Zero ? "UTC" : $"UTC{(offset < TimeSpan.Zero ? '-' : '+')}{offset:hh\\:mm}";
        }
    }

    /// <summary><c>14:05:09</c></summary>
    public string Second(DateTimeOffset time) => In(time).ToString("HH:mm:ss", CultureInfo.InvariantCulture);

    /// <summary><c>14:05</c></summary>
    public string HourMinute(DateTimeOffset time) => In(time).ToString("HH:mm", CultureInfo.InvariantCulture);

    /// <summary><c>2026-11-23 14:05</c></summary>
    public string Minute(DateTimeOffset time) => In(time).ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);

    /// <summary><c>2026-11-23 14:05:09.123</c></summary>
    public string Exact(DateTimeOffset time) => In(time).ToString("yyyy-MM-dd HH:mm:ss.fff", CultureInfo.InvariantCulture);

    /// <summary>How long ago, in the largest unit that says enough: <c>12 s</c>, <c>4 min</c>, <c>3 h</c>, <c>2 d</c>.</summary>
    public string Ago(DateTimeOffset time)
    {
        var age = _time.GetUtcNow() - time;
        return age switch
        {
            { TotalSeconds: < 1 } => "now",
            { TotalMinutes: < 1 } => $"{(int)age.TotalSeconds}\u202fs ago",
            { TotalHours: < 1 } => $"{(int)age.TotalMinutes}\u202fmin ago",
            { TotalDays: < 1 } => $"{(int)age.TotalHours}\u202fh ago",
            _ => $"{(int)age.TotalDays}\u202fd ago",
        };
    }

    private DateTimeOffset In(DateTimeOffset time) => TimeZoneInfo.ConvertTime(time, _zone);
}
