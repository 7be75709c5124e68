using IMDD.Contracts.CloudEvents;
using IMDD.Contracts.Identity;

namespace IMDD.Contracts.Events;

/// <summary>Makes events of <c>imdd.metrics.line-minute.v1</c> and <c>line-hour.v1</c>.</summary>
public static class LineWindowEvent
{
    /// <summary>
    /// One revision of a window; its time is the window's end. Publish to <see cref="Topics.KafkaTopics.ForWindow"/>.
    /// </summary>
    /// <exception cref="ArgumentException">The counts do not add up, or the window does not start on its own length.</exception>
    public static CloudEvent Create(LineWindow window, EventSource source, DateTimeOffset recordedTime)
    {
        _ = Topics.KafkaTopics.ForWindow(window.WindowSeconds);
        EventGuard.That(
            window.Total == window.Passed + window.Failed + window.Undecided,
            $"Total is {window.Total}: expected passed {window.Passed} + failed {window.Failed} + undecided {window.Undecided}.",
            nameof(window.Total));
        EventGuard.That(
            window.WindowStart.UtcTicks % TimeSpan.FromSeconds(window.WindowSeconds).Ticks == 0,
            $"WindowStart is {CloudEventText.Time(window.WindowStart)}: expected a multiple of {window.WindowSeconds} s.",
            nameof(window.WindowStart));
        EventGuard.Score(window.Yield, nameof(window.Yield));
        EventContext context = new() { Source = source, Time = window.WindowStart.AddSeconds(window.WindowSeconds), RecordedTime = recordedTime };
        return new EventBuilder(EventTypes.LineWindowUpdated, context)
            .Key(Key(window.Line, window.WindowStart))
            .BuildJson(EventId.ForWindow(window.Line, window.WindowStart, window.WindowSeconds, window.Revision), window.Line, window);
    }

    /// <summary><c>{line}/{window start}</c>, the start in UTC to the second: <c>acme/ulm/paint/line2/2026-11-23T02:10:00Z</c>.</summary>
    public static string Key(string line, DateTimeOffset windowStart)
        => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{line}/{windowStart.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss'Z'}");
}
