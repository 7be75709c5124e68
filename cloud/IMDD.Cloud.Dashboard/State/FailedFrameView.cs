using IMDD.Contracts.Events;
using IMDD.Contracts.Identity;
using IMDD.Contracts.Queries;

namespace IMDD.Cloud.Dashboard.State;

/// <summary>A failed frame as the page shows it.</summary>
public sealed record FailedFrameView(FailedFrame Frame)
{
    private const int MaxDescribed = 4;

    /// <summary>The event.</summary>
    public DefectDetected Defect => Frame.Defect;

    /// <summary><c>ce_id</c> of the outcome: the frame's identity on this page.</summary>
    public string OutcomeId => Defect.OutcomeId;

    /// <summary>False while the picture is not known to be in the blob store.</summary>
    public bool PictureStored => Defect.Frame.Uri is not null && ContentDigest.IsValid(Defect.Frame.Digest);

    /// <summary>Where the page finds the picture.</summary>
    public string PictureUrl => $"frames/{Defect.Frame.Digest}";

    /// <summary>Where the page finds the mask, transparent where there is no defect.</summary>
    public string MaskUrl => $"frames/{Defect.Frame.Digest}/mask.png?outcome={Uri.EscapeDataString(Defect.OutcomeId)}";

    /// <summary>The worst severity of its regions.</summary>
    public Severity Worst => Defect.Regions.Count == 0 ? Severity.Unknown : Defect.Regions.Max(region => region.Severity);

    /// <summary>What a person who cannot see the picture is told.</summary>
    public string Description
        => $"Frame {Defect.FrameId} of camera {Defect.CameraId}: "
        + string.Join("; ", Defect.Regions.Take(MaxDescribed).Select(region =>
            $"{Format.ClassName(region.Class)}, {Format.SeverityName(region.Severity)}, score {Format.Score(region.Score)}, {Place(region)}"))
        + (Defect.Regions.Count > MaxDescribed ? $"; and {Defect.Regions.Count - MaxDescribed} more regions." : ".");

    private string Place(DefectRegion region)
    {
        if (region.BboxPx.Count != 4 || Defect.Frame.Width <= 0 || Defect.Frame.Height <= 0)
        {
            return "place unknown";
        }

        var x = (region.BboxPx[0] + region.BboxPx[2] / 2.0) / Defect.Frame.Width;
        var y = (region.BboxPx[1] + region.BboxPx[3] / 2.0) / Defect.Frame.Height;
        var column = x < 1.0 / 3 ? "left" : x < 2.0 / 3 ? "centre" : "right";
        var row = y < 1.0 / 3 ? "top" : y < 2.0 / 3 ? "middle" : "bottom";
        return (row, column) == ("middle", "centre") ? "in the centre" : $"{row} {column}";
    }
}
