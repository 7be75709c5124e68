using System.Globalization;
using System.Text;
using IMDD.Contracts.Events;

namespace IMDD.Cloud.Dashboard.State;

/// <summary>How figures are written on the page: the same everywhere, and readable from across the hall.</summary>
public static class Format
{
    /// <summary>What stands where there is no figure.</summary>
    public const string None = "–";

    private const char ThinSpace = '\u202f';

    /// <summary><c>12 345</c>, groups apart by a narrow no-break space.</summary>
    public static string Count(long value)
        => value.ToString("#,0", CultureInfo.InvariantCulture).Replace(',', ThinSpace);

    /// <summary>A fraction as <c>97.4 %</c>; one decimal, two near the ends, where a tenth hides what matters.</summary>
    public static string Percent(double? fraction)
    {
        if (fraction is not { } value || !double.IsFinite(value))
        {
            return None;
        }

        var percent = value * 100;
        var digits = percent is (> 99 and < 100) or (> 0 and < 1) ? "0.00" : "0.0";
        return percent.ToString(digits, CultureInfo.InvariantCulture) + ThinSpace + "%";
    }

    /// <summary>A score as <c>0.94</c>.</summary>
    public static string Score(double? value)
        => value is { } score && double.IsFinite(score) ? score.ToString("0.00", CultureInfo.InvariantCulture) : None;

    /// <summary>Milliseconds as <c>18.8 ms</c>.</summary>
    public static string Milliseconds(double? value)
        => value is { } ms && double.IsFinite(ms) ? ms.ToString("0.0", CultureInfo.InvariantCulture) + ThinSpace + "ms" : None;

    /// <summary>A class id as words: <c>missing-part</c> as <c>missing part</c>.</summary>
    public static string ClassName(string id) => id.Replace('-', ' ').Replace('_', ' ');

    /// <summary>A severity in words.</summary>
    public static string SeverityName(Severity severity) => severity switch
    {
        Severity.Minor => "minor",
        Severity.Major => "major",
        Severity.Critical => "critical",
        _ => "unknown",
    };

    /// <summary>The last part of a line's path, which people call it by.</summary>
    public static string LineName(string linePath) => linePath[(linePath.LastIndexOf('/') + 1)..];

    /// <summary>The first digits of a digest, enough to compare by eye.</summary>
    public static string ShortDigest(string? digest)
    {
        const int Shown = 12;
        if (string.IsNullOrEmpty(digest))
        {
            return None;
        }

        var start = digest.IndexOf(':') + 1;
        return digest.Length - start <= Shown ? digest[start..] : digest.Substring(start, Shown);
    }

    /// <summary>The defects of a frame in words, the worst first, each name once: <c>scratch, 2 × pit</c>.</summary>
    public static string DefectNames(IReadOnlyList<DefectRegion> regions)
    {
        if (regions.Count == 0)
        {
            return "unnamed defect";
        }

        StringBuilder text = new();
        foreach (var group in regions.GroupBy(region => region.Class, StringComparer.Ordinal).OrderByDescending(g => g.Max(r => r.Severity)))
        {
            if (text.Length > 0)
            {
                text.Append(", ");
            }

            var count = group.Count();
            if (count > 1)
            {
                text.Append(CultureInfo.InvariantCulture, $"{count} × ");
            }

            text.Append(ClassName(group.Key));
        }

        return text.ToString();
    }
}
