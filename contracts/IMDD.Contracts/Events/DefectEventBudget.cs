namespace IMDD.Contracts.Events;

/// <summary>Keeps a defect event within its limits: 64 regions, a mask of 64 KiB in line, 256 KiB in all.</summary>
public static class DefectEventBudget
{
    /// <summary>Largest run-length encoding that stays in the event, bytes as written.</summary>
    public const int MaxInlineMaskBytes = 64 * 1024;

    /// <summary>Room for <c>maskUri</c> of a region whose mask moves, bytes.</summary>
    private const int UriAllowance = 256;

    /// <summary>Room for more digits of <c>regionsOmitted</c>, bytes.</summary>
    private const int CountAllowance = 16;

    /// <summary>
    /// Indexes of the regions whose mask must move to a blob before the event is made: those above <see cref="MaxInlineMaskBytes"/>, and,
    /// from the last (the least) region up, as many as it takes to come under the event's limit.
    /// </summary>
    public static IReadOnlyList<int> MasksToMove(DefectDetected defect)
    {
        SortedSet<int> moved = [];
        for (var i = 0; i < defect.Regions.Count; i++)
        {
            if (MaskBytes(defect.Regions[i]) > MaxInlineMaskBytes)
            {
                moved.Add(i);
            }
        }

        var size = ImddJson.Serialize(defect).Length - moved.Sum(i => MaskBytes(defect.Regions[i]) - UriAllowance);
        for (var i = defect.Regions.Count - 1; i >= 0 && size > ImddJson.MaxEventBytes; i--)
        {
            if (MaskBytes(defect.Regions[i]) > UriAllowance && moved.Add(i))
            {
                size -= MaskBytes(defect.Regions[i]) - UriAllowance;
            }
        }

        return [.. moved];
    }

    /// <summary>
    /// The event without the masks that move, within every limit also once their addresses are in it. Regions keep their indexes; those
    /// that had to go, with or without a mask, are the last.
    /// </summary>
    /// <param name="defect">The whole event.</param>
    /// <param name="moved">Indexes as <see cref="MasksToMove"/> gives them.</param>
    public static DefectDetected WithoutMasks(DefectDetected defect, IReadOnlyList<int> moved)
    {
        if (moved.Count == 0)
        {
            return Fit(defect);
        }

        var room = new string('x', UriAllowance);
        List<DefectRegion> regions = [.. defect.Regions];
        foreach (var index in moved)
        {
            regions[index] = regions[index] with { MaskRle = null, MaskUri = room };
        }

        var fitted = Fit(defect with { Regions = regions });
        return fitted with { Regions = [.. fitted.Regions.Select(r => r.MaskUri == room ? r with { MaskUri = null } : r)] };
    }

    /// <summary>
    /// The same event within every limit, for when no blob can be had. What goes, in this order: regions after the 64th (counted in
    /// <see cref="DefectDetected.RegionsOmitted"/>), masks above 64 KiB, then masks and contours of the last regions, then the last
    /// regions themselves. Box, class and score of the first region always stay.
    /// </summary>
    public static DefectDetected Fit(DefectDetected defect)
    {
        var regions = RegionBudget.Fit(defect.Regions, ImddJson.Serialize(defect with { Regions = [] }).Length + CountAllowance);
        return defect with { Regions = regions, RegionsOmitted = defect.RegionsOmitted + defect.Regions.Count - regions.Count };
    }

    /// <summary>Bytes of the mask as written: a backslash, which the encoding uses, takes two.</summary>
    internal static int MaskBytes(DefectRegion region)
        => region.MaskRle is { } mask ? mask.Counts.Length + mask.Counts.AsSpan().Count('\\') : 0;
}
