using IMDD.Learning.Evaluation.Images;
using IMDD.Learning.Evaluation.Pixels;
using IMDD.Learning.Evaluation.Ranking;

namespace IMDD.Learning.Evaluation.Reports;

/// <summary>Picture by picture: is it defective, and what is it.</summary>
internal sealed class ImageTally(ClassMeanings meanings, ValidationThresholds validation)
{
    private const string Normal = "normal";

    private readonly ScoreCollector _scores = new();
    private readonly List<(string Truth, string Predicted)> _named = [];
    private ConfusionCounts _decisions;
    private int _defectiveNamed;
    private int _rightlyNamed;
    private int _rightlyLikeliest;

    /// <summary>False alarms at full recall; null where one side is missing. After <see cref="Metrics"/>.</summary>
    public FalseAlarms? FalseAlarms { get; private set; }

    public void Add(SampleResult result)
    {
        var sample = result.Sample;
        _scores.Add(result.ImageScore, sample.IsAnomalous);
        _decisions += Decision(result.IsRejected, sample.IsAnomalous);
        var classes = sample.Classes.Select(meanings.OfTruth).ToList();
        if (sample.IsAnomalous && classes.Count > 0)
        {
            _defectiveNamed++;
            _rightlyNamed += IsOf(classes, result.PredictedClass);
            _rightlyLikeliest += IsOf(classes, result.LikeliestClass);
        }

        // A picture of several classes has no one right answer, so it takes no part in the agreement.
        if (!sample.IsAnomalous || classes.Count == 1)
        {
            _named.Add((sample.IsAnomalous ? classes[0] : Normal, result.PredictedClass ?? Normal));
        }
    }

    public IEnumerable<KeyValuePair<string, MetricValue>> Metrics()
    {
        var ranked = _scores.Rank();
        FalseAlarms = Images.FalseAlarms.AtFullRecall(ranked);
        yield return new("image_auroc", ranked.Auroc());
        yield return new("image_ap", ranked.AveragePrecision());
        yield return new("image_f1_max", ranked.F1Max().F1);
        yield return new("image_accuracy", _decisions.Accuracy);
        yield return new("image_precision", _decisions.Precision);
        yield return new("image_recall", _decisions.Recall);
        yield return new("image_f1", _decisions.Dice);
        yield return new("image_kappa", _decisions.Kappa);
        yield return new("image_threshold_val", validation.Image);
        foreach (var metric in AtValidation(ranked))
        {
            yield return metric;
        }

        yield return new("false_alarm_rate_at_full_recall", FalseAlarms is { } alarms ? MetricValue.Of(alarms.Rate.Share) : MetricValue.NaN("one class only"));
        yield return new("class_accuracy", OfNamed(_rightlyNamed));
        yield return new("class_accuracy_likeliest", OfNamed(_rightlyLikeliest));
        yield return new("class_kappa", ByClass(Agreement()));
    }

    private IEnumerable<KeyValuePair<string, MetricValue>> AtValidation(RankedScores ranked)
    {
        ConfusionCounts? counts = null;
        if (validation.Image.IsDefined)
        {
            var point = ranked.At((float)validation.Image.Value);
            counts = new ConfusionCounts(
                point.TruePositives, point.FalsePositives, ranked.Positives - point.TruePositives, ranked.Negatives - point.FalsePositives);
        }

        yield return new("image_accuracy_at_val", counts?.Accuracy ?? validation.Image);
        yield return new("image_precision_at_val", counts?.Precision ?? validation.Image);
        yield return new("image_recall_at_val", counts?.Recall ?? validation.Image);
        yield return new("image_f1_at_val", counts?.Dice ?? validation.Image);
    }

    private static int IsOf(List<string> classes, string? name) => name is not null && classes.Contains(name, StringComparer.Ordinal) ? 1 : 0;

    private MetricValue OfNamed(int rightly) => ByClass(MetricValue.Ratio(rightly, _defectiveNamed, "the data set names no defects"));

    private MetricValue ByClass(MetricValue value) => value.IsDefined && !meanings.Shared ? ClassMeanings.NotShared : value;

    private MetricValue Agreement()
    {
        var names = _named.SelectMany(n => (string[])[n.Truth, n.Predicted]).Distinct(StringComparer.Ordinal).ToList();
        ConfusionMatrix matrix = new(names.Count);
        foreach (var (truth, predicted) in _named)
        {
            matrix.Add(names.IndexOf(truth), names.IndexOf(predicted));
        }

        return matrix.Kappa();
    }

    private static ConfusionCounts Decision(bool rejected, bool defective)
        => new(rejected && defective ? 1 : 0, rejected && !defective ? 1 : 0, !rejected && defective ? 1 : 0, !rejected && !defective ? 1 : 0);
}
