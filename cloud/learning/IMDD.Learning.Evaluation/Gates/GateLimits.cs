using System.Globalization;

namespace IMDD.Learning.Evaluation.Gates;

/// <summary>How much worse than the champion a challenger may be, as differences of shares from 0 to 1.</summary>
public sealed record GateLimits
{
    private const string Expected = "aupro, recall, false-alarms, class, new-class (0 to 1 each) and strict (true or false)";

    /// <summary>Of AUPRO, or of pooled IoU where that is undefined.</summary>
    public double Aupro { get; init; } = 0.02;

    /// <summary>Of the share of defective pictures that are rejected.</summary>
    public double Recall { get; init; } = 0.02;

    /// <summary>Of the share of normal pictures that are rejected.</summary>
    public double FalseAlarms { get; init; } = 0.02;

    /// <summary>Of the share of pictures of a class in which it is found and named.</summary>
    public double Class { get; init; } = 0.1;

    /// <summary>Least such share of a class that the champion does not know; 0: it is only reported.</summary>
    public double NewClass { get; init; }

    /// <summary>
    /// True: a challenger has to show that it is within the margins, which many pictures are needed for: the worse end of the 95 % interval
    /// decides. False: it is refused when it is worse by more than a margin and that is more than chance, so that the interval excludes zero.
    /// </summary>
    public bool Strict { get; init; }

    /// <summary>Parses <c>aupro=0.02,recall=0.02,false-alarms=0.02,class=0.1,new-class=0,strict=false</c>; what is not named keeps its default.</summary>
    /// <exception cref="ArgumentException">An unknown name or a value out of range; the message says which.</exception>
    public static GateLimits Parse(string text)
    {
        GateLimits limits = new();
        foreach (var pair in text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var cut = pair.IndexOf('=', StringComparison.Ordinal);
            var (key, value) = cut > 0 ? (pair[..cut], pair[(cut + 1)..]) : (pair, "");
            var isShare = double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var share) && share is >= 0 and <= 1;
            limits = key switch
            {
                "aupro" when isShare => limits with { Aupro = share },
                "recall" when isShare => limits with { Recall = share },
                "false-alarms" when isShare => limits with { FalseAlarms = share },
                "class" when isShare => limits with { Class = share },
                "new-class" when isShare => limits with { NewClass = share },
                "strict" when bool.TryParse(value, out var strict) => limits with { Strict = strict },
                _ => throw new ArgumentException($"The limit '{pair}' is not understood: expected {Expected}."),
            };
        }

        return limits;
    }
}
