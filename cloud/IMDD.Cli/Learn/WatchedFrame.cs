using IMDD.Contracts.Events;

namespace IMDD.Cli.Learn;

/// <summary>What is known of one frame: what it shows, what was said of it.</summary>
internal sealed class WatchedFrame
{
    /// <summary>A fail without its regions is taken as it is after this: their event waits for the picture.</summary>
    private static readonly TimeSpan RegionsWithin = TimeSpan.FromSeconds(30);

    /// <summary>From 0.</summary>
    public required int Line { get; init; }

    /// <summary>The new kind's mask; null where the frame does not show it, or its truth is not known yet.</summary>
    public byte[]? NewMask { get; set; }

    /// <summary>All it shows; null where the truth is not known yet.</summary>
    public LineTruth? Truth { get; set; }

    /// <summary>When its truth was read, since the start.</summary>
    public TimeSpan ShownAt { get; set; }

    /// <summary>When its outcome was read, since the start.</summary>
    public TimeSpan DecidedAt { get; set; }

    public Verdict? Verdict { get; set; }

    /// <summary>Release that decided.</summary>
    public string? Release { get; set; }

    /// <summary>Of a fail.</summary>
    public IReadOnlyList<DefectRegion>? Regions { get; set; }

    /// <summary>True: somebody was offered it for labelling. It proves nothing then.</summary>
    public bool Offered { get; set; }

    /// <summary>True: fail, and a region overlaps the new kind's mask.</summary>
    public bool Detected { get; private set; }

    /// <summary>True: detected, and a region that overlaps has the new name.</summary>
    public bool Caught { get; private set; }

    /// <summary>True when all is known that decides whether it was caught.</summary>
    public bool IsJudged(TimeSpan now) => NewMask is not null && Verdict is { } verdict
        && (verdict != Contracts.Events.Verdict.Fail || Regions is not null || now - DecidedAt > RegionsWithin);

    /// <summary>Sets the two once mask and regions are there.</summary>
    public void Judge(string name, double minIou)
    {
        if (NewMask is not { } truth || Regions is not { } regions || Detected)
        {
            return;
        }

        foreach (var region in regions)
        {
            if (region.MaskRle is { } mask && MaskOverlap.Iou(truth, mask) >= minIou)
            {
                Detected = true;
                Caught |= region.Class == name;
            }
        }
    }
}
