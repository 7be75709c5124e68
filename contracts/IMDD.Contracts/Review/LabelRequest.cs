namespace IMDD.Contracts.Review;

/// <summary>
/// A person's verdict on a frame. Of one that was given blind (<see cref="ReviewFrame.Blind"/>) it is <see cref="Events.LabelJudgement.FalseAlarm"/>,
/// the part is good, or <see cref="Events.LabelJudgement.MissedDefect"/> with every defect drawn: there is nothing to confirm or to rename. Whether
/// it was blind the curator knows.
/// </summary>
public sealed record LabelRequest : ReviewRequest
{
    /// <summary>One of <see cref="Events.LabelJudgement"/> but withdrawn, which is what undo says.</summary>
    public required string Judgement { get; init; }

    /// <summary>The right name; required by <see cref="Events.LabelJudgement.Renamed"/>.</summary>
    public string? Class { get; init; }

    /// <summary>Which of the model's regions is named otherwise; null: all of them.</summary>
    public int? Region { get; init; }

    /// <summary>What was drawn; required by <see cref="Events.LabelJudgement.MissedDefect"/>.</summary>
    public IReadOnlyList<DrawnRegion> Drawn { get; init; } = [];

    /// <summary>False where the model's own regions are not defects: only what was drawn is there.</summary>
    public bool KeepPredicted { get; init; } = true;

    /// <summary>At most 500 characters.</summary>
    public string? Comment { get; init; }
}
