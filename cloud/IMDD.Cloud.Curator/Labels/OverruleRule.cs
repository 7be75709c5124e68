using IMDD.Contracts.Events;
using IMDD.Contracts.Review;

namespace IMDD.Cloud.Curator.Labels;

/// <summary>Whether what people agree on overturns what was decided, and the event that says so.</summary>
internal static class OverruleRule
{
    /// <summary>
    /// True for another verdict, and for a fail of which no defect has a name that the model gave. Where the model decided nothing, or named
    /// nothing, there is nothing to overturn.
    /// </summary>
    /// <param name="frame">With what was decided.</param>
    /// <param name="verdict">What is agreed.</param>
    /// <param name="regions">The defects that are agreed.</param>
    public static bool IsOverruled(ReviewFrame frame, Verdict verdict, IReadOnlyList<LabelledRegion> regions)
    {
        if (frame.Verdict is not (Verdict.Pass or Verdict.Fail) || verdict is not (Verdict.Pass or Verdict.Fail))
        {
            return false;
        }

        if (frame.Verdict != verdict)
        {
            return true;
        }

        var named = frame.Regions.Select(region => region.Class).Where(name => name != Vocabulary.UnknownDefect).ToHashSet(StringComparer.Ordinal);
        return verdict == Verdict.Fail && named.Count > 0 && !regions.Any(region => named.Contains(region.Class));
    }

    /// <summary>The frame as a hard example, with what the model had said of it; its picture must be stored.</summary>
    public static HardExample Example(ReviewFrame frame) => HardExampleEvent.Fit(new HardExample
    {
        FrameId = frame.FrameId,
        OutcomeId = frame.OutcomeId,
        CameraId = frame.CameraId,
        AssetPath = frame.AssetPath,
        Reasons = [HardReason.Overruled],
        Frame = frame.Frame,
        Verdict = frame.Verdict,
        Regions = frame.Regions,
        Model = frame.Model,
    });
}
