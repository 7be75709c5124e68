using IMDD.Contracts.Models;
using IMDD.Contracts.Training;
using IMDD.Inference;
using IMDD.Inference.Recipes;
using IMDD.Inference.Regions;
using IMDD.Learning.Evaluation.Images;

namespace IMDD.Learning.Evaluation.Replay;

/// <summary>
/// Predicts how often a candidate will fail a line's frames. Of the frames that the line failed, and of those that it passed, a sample says how many the
/// candidate fails, with exact intervals; the line's own counts say how many there are of either, in good and in bad minutes. Stratified estimation
/// (Cochran 1977, chapter 5), with the intervals of both added instead of their variances: wide rather than wrong. What passed adds to the upper end alone.
/// </summary>
public static class LineReplay
{
    /// <summary>How a station decides on a frame.</summary>
    /// <param name="result">What the candidate saw.</param>
    /// <param name="recipe">By what.</param>
    /// <param name="width">Of the frame, pixels.</param>
    /// <param name="height">Of the frame, pixels.</param>
    /// <param name="wasFailed">What the line decided.</param>
    /// <exception cref="SegmenterException">The candidate's outputs are not usable.</exception>
    public static ReplayVerdict Judge(SegmentationResult result, ResolvedRecipe recipe, int width, int height, bool wasFailed)
    {
        var regions = RegionExtractor.Extract(result, recipe.Manifest, recipe.Regions, width, height);
        var score = RecipeJudge.Score(result.ImageScore);
        bool? fails = RecipeJudge.Fails(regions, score, recipe);
        if (fails == false && recipe.UndecidedMargin > 0
            && RecipeJudge.NearMiss(regions, RegionExtractor.Extract(result, recipe.Manifest, recipe.NearRegions, width, height), score, recipe) is not null)
        {
            fails = null;
        }

        return new ReplayVerdict(
            wasFailed, fails, [.. regions.Where(r => RecipeJudge.Counts(r, recipe, margin: 0)).Select(r => r.Class).Distinct(StringComparer.Ordinal)]);
    }

    /// <summary>The prediction.</summary>
    /// <param name="line">The line's counts.</param>
    /// <param name="verdicts">What the candidate says of its frames, at least one.</param>
    /// <param name="classes">Ids of all classes of the candidate.</param>
    public static LinePrediction Predict(ReplayLine line, IReadOnlyList<ReplayVerdict> verdicts, IReadOnlyList<string> classes)
    {
        ArgumentOutOfRangeException.ThrowIfZero(verdicts.Count);
        var undecided = ExactInterval.Of(verdicts.Count(v => v.Fails is null), verdicts.Count);
        return new LinePrediction
        {
            Frames = verdicts.Count,
            AnyFailRate = Rate(v => v.Fails == true),
            FailRate = classes.ToDictionary(id => id, id => Rate(v => v.Fails == true && v.Classes.Contains(id)), StringComparer.Ordinal),
            RecipeDigest = line.Recipe is { } recipe ? RecipeDigest.Of(recipe) : null,
            UndecidedRate = [Rounded(undecided.Low), Rounded(undecided.High)],
        };

        IReadOnlyList<double> Rate(Func<ReplayVerdict, bool> counts)
        {
            var (failed, passed) = (Of(wasFailed: true), Of(wasFailed: false));
            double[] shares = [line.FailedLow, line.FailedHigh];
            return
            [
                // Passed frames are offered by chance, but not twice where they look alike: what is unlike the rest is too often among them.
                Rounded(shares.Min(share => share * failed.Low)),
                Rounded(shares.Max(share => share * failed.High + (1 - share) * passed.High)),
            ];

            (double Low, double High) Of(bool wasFailed)
            {
                var sample = verdicts.Where(v => v.WasFailed == wasFailed).ToList();
                return sample.Count == 0 ? (0, 1) : ExactInterval.Of(sample.Count(counts), sample.Count) is var interval ? (interval.Low, interval.High) : default;
            }
        }
    }

    private static double Rounded(double share) => Math.Round(Math.Clamp(share, 0, 1), 4);
}
