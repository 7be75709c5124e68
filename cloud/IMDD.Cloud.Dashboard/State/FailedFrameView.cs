using IMDD.Contracts.Events;
using IMDD.Contracts.Identity;
using IMDD.Contracts.Queries;

namespace IMDD.Cloud.Dashboard.State;

/// <summary>A failed frame as the page shows it.</summary>
public sealed record FailedFrameView(FailedFrame Frame)
{
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
    public string Description => FrameDescription.Of(Defect.FrameId, Defect.CameraId, Defect.Frame, Defect.Regions);
}
