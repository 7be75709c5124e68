namespace IMDD.Learning.Evaluation.Models;

/// <summary>
/// Where instances are looked for that do not reach a map's threshold. Average precision ranks what a detector is unsure of behind what it is sure of, and a
/// map cut at one threshold has nothing unsure. An instance is cut where no pixel of it belongs to a level above, at no less than about half of its peak.
/// </summary>
internal static class FaintLevels
{
    private const int Count = 3;

    /// <summary>The threshold halved again and again: from where to where the peaks of a level's instances lie, the end excluded.</summary>
    public static IEnumerable<(double From, double Below)> Under(double threshold)
    {
        for (var level = 0; level < Count && threshold > 0; level++)
        {
            yield return (threshold / 2, threshold);
            threshold /= 2;
        }
    }
}
