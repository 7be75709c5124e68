using IMDD.Contracts.Events;
using IMDD.Contracts.Review;

namespace IMDD.Cloud.Dashboard.State;

/// <summary>A frame as the review page shows it.</summary>
/// <param name="Frame">The frame.</param>
/// <param name="Holder">Who has it before them; null where it only waits.</param>
public sealed record ReviewFrameView(ReviewFrame Frame, ReviewRequest? Holder = null)
{
    public string OutcomeId => Frame.OutcomeId;

    public string PictureUrl => $"frames/{Frame.Frame.Digest}";

    /// <summary>Null where there is nothing to lay over the picture.</summary>
    public string? MaskUrl => Frame.Regions.Count > 0 && HasSize ? $"frames/{Frame.Frame.Digest}/mask.png?outcome={Uri.EscapeDataString(OutcomeId)}{Asker}" : null;

    /// <summary>True where it is known how large the picture is, and so where a drawing lies.</summary>
    public bool HasSize => Frame.Frame is { Width: > 0, Height: > 0 };

    /// <summary>What a person who cannot see the picture is told.</summary>
    public string Description => Frame.Blind ? $"{VerdictName}. Frame {Frame.FrameId} of camera {Frame.CameraId}." : $"{VerdictName}. {FrameDescription.Of(Frame.FrameId, Frame.CameraId, Frame.Frame, Frame.Regions)}";

    public string VerdictName => Frame.Verdict switch
    {
        _ when Frame.Blind => "Blind look",
        Verdict.Pass => "Passed",
        Verdict.Fail => "Failed",
        _ => "Undecided",
    };

    /// <summary>How many frames it stands for beside itself; empty for none.</summary>
    public string Alike => Frame.Alike > 0 ? $"and {Format.Count(Frame.Alike)} alike" : "";

    /// <summary>Names of what the model saw, or that it saw nothing.</summary>
    public string Names => Frame.Blind ? "what was decided is not shown" : Frame.Regions.Count == 0 ? "no region" : Format.DefectNames(Frame.Regions);

    private string Asker => Holder is null ? "" : $"&rater={Uri.EscapeDataString(Holder.RaterId)}&holder={Uri.EscapeDataString(Holder.Holder)}";
}
