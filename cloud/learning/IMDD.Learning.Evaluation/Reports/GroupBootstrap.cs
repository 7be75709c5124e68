using IMDD.Learning.Evaluation.Pixels;
using IMDD.Learning.Evaluation.Ranking;

namespace IMDD.Learning.Evaluation.Reports;

/// <summary>Percentile intervals by drawing whole groups with replacement: pictures of one part are not independent.</summary>
internal static class GroupBootstrap
{
    private const double Tail = 0.025;

    /// <summary>Intervals of the image AUROC and of pooled IoU and Dice; a metric that most resamples leave undefined has none.</summary>
    public static Dictionary<string, MetricInterval> Intervals(IReadOnlyList<SampleResult> results, int resamples, int seed)
    {
        var groups = results.GroupBy(r => r.Sample.Group, StringComparer.Ordinal).Select(g => g.ToList()).ToList();
        Dictionary<string, List<double>> draws = new(StringComparer.Ordinal) { ["image_auroc"] = [], ["iou_pooled"] = [], ["dice_pooled"] = [] };
        Random random = new(seed);
        List<float> scores = [];
        List<bool> labels = [];
        for (var resample = 0; resample < resamples; resample++)
        {
            scores.Clear();
            labels.Clear();
            ConfusionCounts counts = default;
            for (var i = 0; i < groups.Count; i++)
            {
                foreach (var result in groups[random.Next(groups.Count)])
                {
                    scores.Add(result.ImageScore);
                    labels.Add(result.Sample.IsAnomalous);
                    counts += result.Counts ?? default;
                }
            }

            Keep(draws["image_auroc"], RankedScores.From([.. scores], [.. labels]).Auroc());
            Keep(draws["iou_pooled"], counts.Iou);
            Keep(draws["dice_pooled"], counts.Dice);
        }

        return draws.Where(d => d.Value.Count > resamples / 2).ToDictionary(d => d.Key, d => Interval(d.Value), StringComparer.Ordinal);
    }

    private static void Keep(List<double> draws, MetricValue value)
    {
        if (value.IsDefined)
        {
            draws.Add(value.Value);
        }
    }

    private static MetricInterval Interval(List<double> draws)
    {
        draws.Sort();
        return new MetricInterval(draws[(int)(Tail * (draws.Count - 1))], draws[(int)Math.Ceiling((1 - Tail) * (draws.Count - 1))]);
    }
}
