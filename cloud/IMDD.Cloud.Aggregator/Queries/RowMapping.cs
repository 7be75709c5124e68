using IMDD.Cloud.Aggregator.State;
using IMDD.Contracts.Events;
using IMDD.Contracts.Queries;
using IMDD.Relational;

namespace IMDD.Cloud.Aggregator.Queries;

/// <summary>From rows to answers.</summary>
internal static class RowMapping
{
    public static FailedFrame ToFailedFrame(FailedFrameRow row)
    {
        var defect = ImddJsonText.Read<DefectDetected>(row.Defect!);
        if (defect.Frame.Uri is null && row.Frame is { } stored)
        {
            defect = defect with { Frame = defect.Frame with { Uri = ImddJsonText.Read<FrameReference>(stored).Uri } };
        }

        if (row.Masks is { } masks)
        {
            defect = defect with { Regions = WithAddresses(defect.Regions, ImddJsonText.Read<IReadOnlyList<StoredMask>>(masks)) };
        }

        return new FailedFrame(row.Line, row.Camera, row.Time, defect);
    }

    private static List<DefectRegion> WithAddresses(IReadOnlyList<DefectRegion> regions, IReadOnlyList<StoredMask> masks)
    {
        List<DefectRegion> addressed = [.. regions];
        foreach (var mask in masks)
        {
            // The two events were written apart: an index is not believed.
            if (mask.Region < addressed.Count)
            {
                addressed[mask.Region] = addressed[mask.Region] with { MaskUri = mask.Uri };
            }
        }

        return addressed;
    }

    public static AgentView ToAgent(EdgeStateRow row) => new(row.Place, ImddJsonText.Read<AgentState>(row.Data), row.Recorded);

    /// <summary>A camera's state is reported when it changes; its last frame is known from its outcomes.</summary>
    public static CameraView ToCamera(EdgeStateRow row, DateTimeOffset? lastOutcome)
    {
        var state = ImddJsonText.Read<CameraState>(row.Data);
        return new CameraView(row.Place, state.LastFrameTime > lastOutcome ? state : state with { LastFrameTime = lastOutcome ?? state.LastFrameTime }, row.Recorded);
    }

    public static CameraConservation ToConservation(CameraBootRow row) => new()
    {
        Camera = row.Camera,
        BootId = row.Boot,
        Sent = row.Sent,
        Returned = row.Returned,
        Spooled = row.Spooled,
        Resent = row.Resent,
        Outcomes = row.Outcomes,
        Difference = row.Sent - row.Outcomes,
        Imbalanced = row.Imbalanced,
        ReportedAt = row.Reported,
        LastOutcomeTime = row.LastOutcome,
    };
}
