using IMDD.Learning.Evaluation.Pixels;

namespace IMDD.Learning.Evaluation.Gates;

/// <summary>What one model made of one picture.</summary>
/// <param name="IsRejected">True when it would reject the part: by its image threshold, or by any region.</param>
/// <param name="Counts">Pixels at the threshold; null without pixel truth.</param>
/// <param name="Overlap">For the overlap curve; null without pixel truth.</param>
/// <param name="Named">Per class that the picture shows, whether a region of that name lies on one of its defects.</param>
internal sealed record PictureFigures(bool IsRejected, ConfusionCounts? Counts, OverlapHistogram? Overlap, IReadOnlyDictionary<string, bool> Named);
