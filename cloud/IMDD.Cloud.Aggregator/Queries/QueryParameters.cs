using System.Globalization;
using IMDD.Cloud.Aggregator.Windows;
using IMDD.Contracts.CloudEvents;
using IMDD.Contracts.Identity;

namespace IMDD.Cloud.Aggregator.Queries;

/// <summary>Reads query parameters and gathers everything that is wrong with them, by the parameter's name.</summary>
internal sealed class QueryParameters(DateTimeOffset now)
{
    private static readonly TimeSpan LongestByMinutes = TimeSpan.FromDays(7);
    private static readonly TimeSpan LongestByHours = TimeSpan.FromDays(731);

    // Above this a sum is taken over hours, which are few and kept longer.
    private static readonly TimeSpan SumByMinutes = TimeSpan.FromHours(26);

    private readonly Dictionary<string, string[]> _errors = new(StringComparer.Ordinal);

    public IDictionary<string, string[]> Errors => _errors;

    public bool IsValid => _errors.Count == 0;

    /// <summary>A line's path, or null where the parameter is absent and may be.</summary>
    public string? Line(string? text, bool required = false)
    {
        if (string.IsNullOrEmpty(text))
        {
            if (required)
            {
                Fail("line", "is required: enterprise/site/area/line.");
            }

            return null;
        }

        var parts = text.Split('/');
        if (parts.Length != 4 || !Array.TrueForAll(parts, NamePart.IsValid))
        {
            Fail("line", $"is '{Shortened(text)}': expected enterprise/site/area/line, each part {NamePart.Expected}.");
        }

        return text;
    }

    /// <summary>A digest, or null where the parameter is absent.</summary>
    public string? Digest(string name, string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        if (!ContentDigest.IsValid(text))
        {
            Fail(name, $"is '{Shortened(text)}': expected sha256: and 64 lower-case hex digits.");
        }

        return text;
    }

    /// <summary>Seconds of a window: <c>minute</c> (also where it is absent) or <c>hour</c>.</summary>
    public int Size(string? text)
    {
        switch (text)
        {
            case null or "" or "minute":
                return WindowSize.Minute;
            case "hour":
                return WindowSize.Hour;
            default:
                Fail("size", $"is '{Shortened(text)}': expected minute or hour.");
                return WindowSize.Minute;
        }
    }

    /// <summary>A span of windows of one size.</summary>
    public WindowSpan Span(string? from, string? to, int seconds)
    {
        var longest = seconds == WindowSize.Minute ? LongestByMinutes : LongestByHours;
        var (start, end) = Times(from, to, seconds == WindowSize.Minute ? TimeSpan.FromHours(1) : TimeSpan.FromDays(1), longest);
        return Whole(start, end, seconds);
    }

    /// <summary>A span to sum over: minutes where it is short, else hours.</summary>
    public WindowSpan SumSpan(string? from, string? to)
    {
        var (start, end) = Times(from, to, TimeSpan.FromHours(1), LongestByHours);
        return Whole(start, end, end - start <= SumByMinutes ? WindowSize.Minute : WindowSize.Hour);
    }

    public int Limit(string? text, int fallback, int most)
    {
        if (string.IsNullOrEmpty(text))
        {
            return fallback;
        }

        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) || value < 1 || value > most)
        {
            Fail("limit", $"is '{Shortened(text)}': expected a number from 1 to {most}.");
            return fallback;
        }

        return value;
    }

    /// <summary>The sequence of an entry to go on after; 0 where the parameter is absent.</summary>
    public long Sequence(string name, string? text)
    {
        if (!string.IsNullOrEmpty(text) && !long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _))
        {
            Fail(name, $"is '{Shortened(text)}': expected a number from 0.");
        }

        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : 0;
    }

    public DateTimeOffset? Time(string name, string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        if (CloudEventText.TryParseTime(text, out var time))
        {
            return time;
        }

        Fail(name, $"is '{Shortened(text)}': expected RFC 3339 with an offset, such as 2026-11-23T02:10:00Z (a '+' in an address is written %2B).");
        return null;
    }

    /// <summary>One of some words, or null where the parameter is absent.</summary>
    public string? OneOf(string name, string? text, params string[] words)
    {
        if (!string.IsNullOrEmpty(text) && !words.Contains(text, StringComparer.Ordinal))
        {
            Fail(name, $"is '{Shortened(text)}': expected {string.Join(" or ", words)}.");
        }

        return string.IsNullOrEmpty(text) ? null : text;
    }

    private (DateTimeOffset From, DateTimeOffset To) Times(string? from, string? to, TimeSpan fallback, TimeSpan longest)
    {
        var end = Time("to", to) ?? now;
        var start = Time("from", from) ?? (end - DateTimeOffset.UnixEpoch > fallback ? end - fallback : DateTimeOffset.UnixEpoch);
        if (IsValid && start >= end)
        {
            Fail("from", $"is {CloudEventText.Time(start)}: expected a time before 'to', {CloudEventText.Time(end)}.");
        }
        else if (IsValid && end - start > longest)
        {
            Fail("from", $"is {(end - start).TotalDays.ToString("F0", CultureInfo.InvariantCulture)} days before 'to': expected at most {longest.TotalDays:F0} for this size.");
        }

        return (start, end);
    }

    private static WindowSpan Whole(DateTimeOffset from, DateTimeOffset to, int seconds)
    {
        var end = WindowSize.StartOf(to, seconds);
        return new(WindowSize.StartOf(from, seconds), end == to || end > DateTimeOffset.MaxValue.AddSeconds(-seconds) ? end : end.AddSeconds(seconds), seconds);
    }

    private void Fail(string name, string message) => _errors[name] = [$"'{name}' {message}"];

    private static string Shortened(string text) => text.Length > 80 ? text[..80] + "…" : text;
}
