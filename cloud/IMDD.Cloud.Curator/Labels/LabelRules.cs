using IMDD.Contracts.Events;
using IMDD.Contracts.Review;

namespace IMDD.Cloud.Curator.Labels;

/// <summary>From a person's verdict on an outcome to what the frame is.</summary>
internal static class LabelRules
{
    private const int MaxComment = 500;

    /// <summary>Verdict and all regions, or null with what is wrong told to <paramref name="problems"/>.</summary>
    /// <param name="frame">With what was decided.</param>
    /// <param name="request">What is said of it.</param>
    /// <param name="blind">True where that was not shown: nothing of it is kept.</param>
    /// <param name="problems">Told what is wrong.</param>
    public static (Verdict Verdict, List<LabelledRegion> Regions)? Read(ReviewFrame frame, LabelRequest request, bool blind, LabelProblems problems)
    {
        problems.Require(request.Comment is not { Length: > MaxComment }, "comment", $"has {request.Comment?.Length} characters: expected at most {MaxComment}.");
        var drawn = DrawnRegions.Read(request.Drawn, frame.Frame, problems);
        if (blind)
        {
            return Unseen(request, drawn, problems);
        }

        var isFail = frame.Verdict == Verdict.Fail;
        List<LabelledRegion> predicted = isFail && request.KeepPredicted ? [.. frame.Regions.Select(Predicted)] : [];
        switch (request.Judgement)
        {
            case LabelJudgement.Confirmed:
                problems.Require(frame.Verdict is Verdict.Pass or Verdict.Fail, "judgement", "cannot confirm: nothing was decided.");
                problems.Require(drawn.Count == 0 && request.KeepPredicted, "drawn", "is not what was decided: expected missedDefect.");
                problems.Require(!isFail || frame.Regions.Count > 0, "judgement", "cannot confirm: the model drew no region. Draw the defect as missedDefect.");
                return problems.Any ? null : (frame.Verdict, predicted);
            case LabelJudgement.Renamed:
                problems.Require(isFail, "judgement", "cannot rename: the frame did not fail.");
                return Rename(predicted, request, problems) is { } renamed ? Failed([.. renamed, .. drawn], problems) : null;
            case LabelJudgement.FalseAlarm:
                problems.Require(frame.Verdict != Verdict.Pass, "judgement", "cannot be a false alarm: the frame passed.");
                problems.Require(drawn.Count == 0, "drawn", "must be empty: a good frame has no defect.");
                return problems.Any ? null : (Verdict.Pass, []);
            case LabelJudgement.MissedDefect:
                problems.Require(request.Drawn.Count > 0, "drawn", "is empty: draw what was missed.");
                return Failed([.. predicted, .. drawn], problems);
            default:
                problems.Add(
                    "judgement",
                    $"is not known: expected {LabelJudgement.Confirmed}, {LabelJudgement.Renamed}, {LabelJudgement.FalseAlarm} or {LabelJudgement.MissedDefect}.");
                return null;
        }
    }

    private static (Verdict Verdict, List<LabelledRegion> Regions)? Unseen(LabelRequest request, List<LabelledRegion> drawn, LabelProblems problems)
    {
        switch (request.Judgement)
        {
            case LabelJudgement.FalseAlarm:
                problems.Require(drawn.Count == 0, "drawn", "must be empty: a good frame has no defect.");
                return problems.Any ? null : (Verdict.Pass, []);
            case LabelJudgement.MissedDefect:
                problems.Require(request.Drawn.Count > 0, "drawn", "is empty: draw what is there.");
                return Failed(drawn, problems);
            default:
                problems.Add(
                    "judgement", $"cannot be said of what was not shown: expected {LabelJudgement.FalseAlarm}, the part is good, or {LabelJudgement.MissedDefect}, a blind look.");
                return null;
        }
    }

    private static List<LabelledRegion>? Rename(List<LabelledRegion> predicted, LabelRequest request, LabelProblems problems)
    {
        if (!DefectName.TryNormalise(request.Class, out var name))
        {
            problems.Add("class", $"is not a name: expected {DefectName.Expected}.");
            return null;
        }

        if (request.Region is { } index)
        {
            if (!problems.Require(index >= 0 && index < predicted.Count, "region", $"is {index}: the frame has {predicted.Count} regions, from 0."))
            {
                return null;
            }

            predicted[index] = predicted[index] with { Class = name };
            return predicted;
        }

        return [.. predicted.Select(region => region with { Class = name })];
    }

    private static (Verdict Verdict, List<LabelledRegion> Regions)? Failed(List<LabelledRegion> regions, LabelProblems problems)
    {
        if (!problems.Any)
        {
            problems.Require(regions.Count > 0, "drawn", "is empty and there is no region of the model's: a bad frame has at least one defect.");
            problems.Require(regions.Count <= DefectDetected.MaxRegions, "drawn", $"makes {regions.Count} regions in all: expected at most {DefectDetected.MaxRegions}.");
        }

        return problems.Any ? null : (Verdict.Fail, regions);
    }

    private static LabelledRegion Predicted(DefectRegion region) => new()
    {
        Class = region.Class,
        BboxPx = region.BboxPx,
        ContourPx = region.ContourPx,
        MaskRle = region.MaskRle,
        MaskUri = region.MaskUri,
    };
}
