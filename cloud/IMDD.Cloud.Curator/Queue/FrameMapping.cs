using IMDD.Cloud.Curator.State;
using IMDD.Contracts.Events;
using IMDD.Contracts.Review;
using IMDD.Relational;

namespace IMDD.Cloud.Curator.Queue;

/// <summary>From rows to answers.</summary>
internal static class FrameMapping
{
    /// <summary>A frame with everything that is known of it. Its row must have data.</summary>
    public static ReviewFrame ToFrame(FrameRow row)
    {
        var frame = ImddJsonText.Read<ReviewFrame>(row.Data!);
        if (row.Announced is { } announced)
        {
            frame = Complete(frame, ImddJsonText.Read<FrameStored>(announced));
        }

        return frame with { Uncertainty = row.Uncertainty, State = row.State, Labels = (int)row.Labels };
    }

    /// <summary>The frame with the addresses that were announced after its event.</summary>
    public static ReviewFrame Complete(ReviewFrame frame, FrameStored announced)
    {
        List<DefectRegion> regions = [.. frame.Regions];
        foreach (var mask in announced.Masks ?? [])
        {
            // The two events were written apart: an index is not believed.
            if (mask.Region >= 0 && mask.Region < regions.Count)
            {
                regions[mask.Region] = regions[mask.Region] with { MaskUri = mask.Uri };
            }
        }

        return frame with { Frame = frame.Frame with { Uri = frame.Frame.Uri ?? announced.Frame.Uri }, Regions = regions };
    }
}
