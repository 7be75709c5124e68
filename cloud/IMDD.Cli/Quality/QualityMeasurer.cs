using System.Text.Json;
using IMDD.Imaging;
using IMDD.Inference;
using IMDD.Inference.Bundles;
using IMDD.Learning.Datasets.Splits;
using IMDD.Learning.Datasets.Words;
using IMDD.Learning.Evaluation.Models;
using IMDD.Learning.Evaluation.Reports;

namespace IMDD.Cli.Quality;

/// <summary>Measures the models of one row and seed.</summary>
/// <param name="folder">Holds a bundle by the name of each training.</param>
/// <param name="data">Where the data sets are.</param>
/// <param name="trainer">For what needs more than the exported graph.</param>
/// <param name="progress">Told now and then.</param>
internal sealed class QualityMeasurer(string folder, DataRoot data, TrainerProcess trainer, TextWriter progress)
{
    private const int SignificantDecimals = 6;
    private const int ReportEvery = 100;

    /// <summary>The metrics that are defined, and the reasons for those that are not.</summary>
    /// <exception cref="QualityException">A bundle was trained by another split than the data's.</exception>
    public async Task<(IReadOnlyDictionary<string, double> Values, IReadOnlyDictionary<string, string> Undefined)> MeasureAsync(
        QualityMeasurement measurement, string label, CancellationToken cancellation)
        => measurement.Measure == QualityMeasure.Eval
            ? Evaluate(measurement, label)
            : (await NameAsync(measurement.Parts[0], label, cancellation).ConfigureAwait(false), new Dictionary<string, string>());

    private async Task<IReadOnlyDictionary<string, double>> NameAsync(QualityPart part, string label, CancellationToken cancellation)
    {
        var said = await trainer.RunAsync(["train", "naming", "--model", BundleOf(part), "--data", .. data.Resolve(part.Data)], label, cancellation).ConfigureAwait(false);
        return said.Deserialize<Dictionary<string, double>>()!.ToDictionary(m => m.Key, m => Rounded(m.Value), StringComparer.Ordinal);
    }

    private (IReadOnlyDictionary<string, double> Values, IReadOnlyDictionary<string, string> Undefined) Evaluate(QualityMeasurement measurement, string label)
    {
        OpenCvImageDecoder decoder = new();
        SplitName? side = measurement.Side == "all" ? null : Enum.Parse<SplitName>(measurement.Side, ignoreCase: true);
        List<EvaluationFold> folds = [];
        try
        {
            // Confidences of one model and highest pixels of another are no one scale.
            var bundles = measurement.Parts.Select(part => ModelBundle.Open(BundleOf(part))).ToList();
            var ranksByConfidence = bundles.TrueForAll(bundle => bundle.Manifest.RegionConfidence is not null);
            foreach (var (part, bundle) in measurement.Parts.Zip(bundles))
            {
                folds.Add(Open(part, bundle, side, decoder, ranksByConfidence));
            }

            ModelEvaluator evaluator = new(folds[0].Model, decoder, Vocabulary.English, new EvaluationOptions { ChooseThresholds = false, Resamples = 0 });
            var report = evaluator.RunPooled(folds, side, (done, of) =>
            {
                if (done == of || done % ReportEvery == 0)
                {
                    progress.WriteLine($"{label}: {done} of {of} pictures");
                }
            });
            return (
                report.Metrics.Where(m => m.Value.IsDefined).ToDictionary(m => m.Key, m => Rounded(m.Value.Value), StringComparer.Ordinal),
                report.Metrics.Where(m => !m.Value.IsDefined).ToDictionary(m => m.Key, m => m.Value.Undefined!, StringComparer.Ordinal));
        }
        finally
        {
            folds.ForEach(f => f.Model.Dispose());
        }
    }

    private EvaluationFold Open(QualityPart part, ModelBundle bundle, SplitName? side, OpenCvImageDecoder decoder, bool ranksByConfidence)
    {
        DivisionRule rule = new() { With = data.Resolve(part.SplitWith), TestGroups = part.TestGroups };
        var (dataset, split) = new DatasetDivider(decoder).Read([data.Resolve(part.Data[0])], rule)[0];
        BundleModel model = new(SegmenterFactory.Create(bundle, new SegmenterOptions { MaxBatch = 1 }), ranksByConfidence: ranksByConfidence);
        if (side is not null && !(model.SplitId ?? "").Split(' ').Contains(split.Id, StringComparer.Ordinal))
        {
            model.Dispose();
            throw new QualityException($"'{part.Training}' was trained by split {model.SplitId}, and {part.Data[0]} is divided here as {split.Id}: its test side may have been learned.");
        }

        return new EvaluationFold(model, dataset, split);
    }

    private string BundleOf(QualityPart part) => Path.Combine(folder, part.Training);

    private static double Rounded(double value) => Math.Round(value, SignificantDecimals);
}
