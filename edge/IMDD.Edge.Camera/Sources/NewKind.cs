using IMDD.Synthetics;

namespace IMDD.Edge.Camera.Sources;

/// <summary>A kind of defect that turns up on a line after a while.</summary>
/// <param name="Kind">Which.</param>
/// <param name="AfterFrames">Frames before the first that may show it.</param>
/// <param name="Rate">Share of the frames from then on.</param>
internal sealed record NewKind(DefectKind Kind, ulong AfterFrames, double Rate)
{
    /// <summary>Whether a frame shows it: a function of its seed and its place, so that a run can be repeated.</summary>
    public bool Shows(ulong seed, ulong index)
        => index >= AfterFrames && (seed * 0x9E3779B97F4A7C15UL ^ seed >> 29) * 0xBF58476D1CE4E5B9UL >> 11 < Rate * (1UL << 53);
}
