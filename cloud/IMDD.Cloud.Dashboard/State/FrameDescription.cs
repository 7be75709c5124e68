using IMDD.Contracts.Events;

namespace IMDD.Cloud.Dashboard.State;

/// <summary>A picture in words.</summary>
public static class FrameDescription
{
    private const int MaxDescribed = 4;

    /// <summary>What a person who cannot see the picture is told.</summary>
    public static string Of(string frameId, string cameraId, FrameReference frame, IReadOnlyList<DefectRegion> regions)
        => $"Frame {frameId} of camera {cameraId}: "
        + (regions.Count == 0 ? "no region" : string.Join("; ", regions.Take(MaxDescribed).Select(region =>
            $"{Format.ClassName(region.Class)}, {Format.SeverityName(region.Severity)}, score {Format.Score(region.Score)}, {Place(region, frame)}")))
        + (regions.Count > MaxDescribed ? $"; and {regions.Count - MaxDescribed} more regions." : ".");

    private static string Place(DefectRegion region, FrameReference frame)
    {
        if (region.BboxPx.Count != 4 || frame.Width <= 0 || frame.Height <= 0)
        {
            return "place unknown";
        }

        var x = (region.BboxPx[0] + region.BboxPx[2] / 2.0) / frame.Width;
        var y = (region.BboxPx[1] + region.BboxPx[3] / 2.0) / frame.Height;
        var column = x < 1.0 / 3 ? "left" : x < 2.0 / 3 ? "centre" : "right";
        var row = y < 1.0 / 3 ? "top" : y < 2.0 / 3 ? "middle" : "bottom";
        return (row, column) == ("middle", "centre") ? "in the centre" : $"{row} {column}";
    }
}
