namespace IMDD.Contracts.Events;

/// <summary>What holds of every word on a frame, one person's or all.</summary>
internal static class ExampleGuard
{
    private const int MaxRegions = 64;

    /// <exception cref="ArgumentException">The digest is none, or verdict and regions contradict each other.</exception>
    public static void Check(FrameReference frame, Verdict verdict, IReadOnlyList<LabelledRegion> regions)
    {
        EventGuard.Digest(frame.Digest, "Frame.Digest");
        EventGuard.That(verdict != Verdict.Unknown, "Verdict is unknown: expected pass, fail or undecided.", "Verdict");
        EventGuard.That(verdict == Verdict.Fail == regions.Count > 0, $"Verdict is {verdict} with {regions.Count} regions: expected some exactly for a fail.", "Regions");
        EventGuard.That(regions.Count <= MaxRegions, $"There are {regions.Count} regions: expected at most {MaxRegions}.", "Regions");
        foreach (var region in regions)
        {
            EventGuard.NotEmpty(region.Class, "Class");
            EventGuard.That(region.BboxPx.Count == 4, $"BboxPx has {region.BboxPx.Count} numbers: expected x, y, width, height.", "BboxPx");
        }
    }
}
