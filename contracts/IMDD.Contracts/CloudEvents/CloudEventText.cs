using System.Globalization;

namespace IMDD.Contracts.CloudEvents;

/// <summary>How values are written as attribute text.</summary>
public static class CloudEventText
{
    /// <summary>Largest length of an attribute's text, in characters, both ways: what is read can be written again.</summary>
    public const int MaxAttributeLength = 4096;

    private const int MaxNameLength = 20;
    private const int MaxTimeLength = 64;
    private const int TraceParentLength = 55;
    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'";
    private const string Digits = "0123456789";
    private const string LowerHex = "0123456789abcdef";

    /// <summary>RFC 3339, UTC <c>Z</c>, microseconds.</summary>
    public static string Time(DateTimeOffset time) => time.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture);

    /// <summary>20-digit zero-padded decimal, so that text order is number order.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The number is negative.</exception>
    public static string Sequence(long sequence)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(sequence);
        return sequence.ToString("D20", CultureInfo.InvariantCulture);
    }

    /// <summary>
    /// Parses RFC 3339 with an offset; a time without one is refused, since nobody knows what it means. A leap second
    /// (<c>23:59:60</c>) reads as the first second of the next minute.
    /// </summary>
    public static bool TryParseTime(string? text, out DateTimeOffset time)
    {
        time = default;
        if (text is null || text.Length > MaxTimeLength || !HasRfc3339Shape(text))
        {
            return false;
        }

        var isLeapSecond = text.AsSpan(17, 2).SequenceEqual("60");
        var readable = isLeapSecond ? string.Concat(text.AsSpan(0, 17), "59", text.AsSpan(19)) : text;
        if (!DateTimeOffset.TryParse(readable, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal, out time))
        {
            return false;
        }

        if (isLeapSecond && time < DateTimeOffset.MaxValue.AddSeconds(-1))
        {
            time = time.AddSeconds(1);
        }

        return true;
    }

    /// <summary>Parses a decimal sequence number, padded or not.</summary>
    public static bool TryParseSequence(string? text, out long sequence)
        => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out sequence);

    /// <summary>True for a legal attribute name: 1 to 20 lower-case letters and digits.</summary>
    public static bool IsAttributeName(string name)
        => name.Length is > 0 and <= MaxNameLength && !name.AsSpan().ContainsAnyExcept("abcdefghijklmnopqrstuvwxyz0123456789");

    /// <summary>True for text that CloudEvents 1.0 (type system, String) allows: no control characters, no lone surrogates.</summary>
    public static bool IsAttributeValue(string value)
    {
        for (var i = 0; i < value.Length; i++)
        {
            var c = value[i];
            if (char.IsControl(c) || char.IsLowSurrogate(c))
            {
                return false;
            }

            if (char.IsHighSurrogate(c) && (++i == value.Length || !char.IsLowSurrogate(value[i])))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>True for a W3C Trace Context <c>traceparent</c> of version 00 with non-zero ids.</summary>
    public static bool IsTraceParent(string? text)
        => text is { Length: TraceParentLength }
        && text.StartsWith("00-", StringComparison.Ordinal) && text[35] == '-' && text[52] == '-'
        && IsHex(text, 3, 32) && IsHex(text, 36, 16) && IsHex(text, 53, 2)
        && text.AsSpan(3, 32).ContainsAnyExcept('0') && text.AsSpan(36, 16).ContainsAnyExcept('0');

    private static bool IsHex(string text, int start, int length) => !text.AsSpan(start, length).ContainsAnyExcept(LowerHex);

    /// <summary><c>YYYY-MM-DDThh:mm:ss[.f…](Z|±hh:mm)</c>: the parser behind it would take far more than that.</summary>
    private static bool HasRfc3339Shape(string text)
    {
        const string template = "0000-00-00T00:00:00";
        if (text.Length <= template.Length)
        {
            return false;
        }

        for (var i = 0; i < template.Length; i++)
        {
            if (template[i] == '0' ? !char.IsAsciiDigit(text[i]) : char.ToUpperInvariant(text[i]) != template[i])
            {
                return false;
            }
        }

        var rest = text.AsSpan(template.Length);
        if (rest[0] == '.')
        {
            var end = rest[1..].IndexOfAnyExcept(Digits);
            if (end < 1)
            {
                return false;
            }

            rest = rest[(end + 1)..];
        }

        return rest is "Z" or "z"
            || (rest.Length == 6 && rest[0] is '+' or '-' && rest[3] == ':'
                && !rest[1..3].ContainsAnyExcept(Digits) && !rest[4..].ContainsAnyExcept(Digits));
    }
}
