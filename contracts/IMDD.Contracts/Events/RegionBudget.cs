namespace IMDD.Contracts.Events;

/// <summary>Brings the regions of an event under the limits of <see cref="DefectEventBudget"/>.</summary>
internal static class RegionBudget
{
    /// <summary>
    /// The regions that fit. What goes, in this order: regions after the 64th, masks above 64 KiB, then masks and contours of the last regions, then the
    /// last regions themselves. Box, class and score of the first region always stay.
    /// </summary>
    /// <param name="all">The regions, the worst first.</param>
    /// <param name="otherBytes">Bytes of the event without them.</param>
    public static IReadOnlyList<DefectRegion> Fit(IReadOnlyList<DefectRegion> all, int otherBytes)
    {
        List<DefectRegion> regions = [.. all.Take(DefectDetected.MaxRegions)];
        for (var i = 0; i < regions.Count; i++)
        {
            if (DefectEventBudget.MaskBytes(regions[i]) > DefectEventBudget.MaxInlineMaskBytes)
            {
                regions[i] = regions[i] with { MaskRle = null };
            }
        }

        // Each region is measured on its own: the whole may be hundreds of times the limit.
        var sizes = regions.ConvertAll(Bytes);
        var size = otherBytes + sizes.Sum();
        size -= Reduce(regions, sizes, size - ImddJson.MaxEventBytes, r => r with { MaskRle = null });
        size -= Reduce(regions, sizes, size - ImddJson.MaxEventBytes, r => r with { ContourPx = null });
        while (regions.Count > 1 && size > ImddJson.MaxEventBytes)
        {
            size -= sizes[regions.Count - 1];
            regions.RemoveAt(regions.Count - 1);
        }

        return regions;
    }

    /// <summary>Takes something from the regions, last first, until <paramref name="excess"/> bytes are gone; returns how many went.</summary>
    private static int Reduce(List<DefectRegion> regions, List<int> sizes, int excess, Func<DefectRegion, DefectRegion> reduce)
    {
        var gone = 0;
        for (var i = regions.Count - 1; i >= 0 && gone < excess; i--)
        {
            regions[i] = reduce(regions[i]);
            var after = Bytes(regions[i]);
            gone += sizes[i] - after;
            sizes[i] = after;
        }

        return gone;
    }

    private static int Bytes(DefectRegion region) => ImddJson.Serialize(region).Length + 1;
}
