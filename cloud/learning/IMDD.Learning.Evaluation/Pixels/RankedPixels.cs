using IMDD.Learning.Evaluation.Ranking;

namespace IMDD.Learning.Evaluation.Pixels;

/// <summary>Ranked pixels; defective ones with the region each belongs to, ascending by key.</summary>
internal sealed record RankedPixels(RankedScores Scores, uint[] PositiveKeys, int[] PositiveRegions);
