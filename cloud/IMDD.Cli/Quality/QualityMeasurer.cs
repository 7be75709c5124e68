using IMDD.Imaging;
using IMDD.Inference;
using IMDD.Inference.Bundles;
using IMDD.Learning.Datasets.Samples;
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

    /// <summary>Measures, and tells what could not be.</summary>
    /// <exception cref="QualityException">A bundle was trained by another split than the data's, a data set cannot be read, or no picture can be measured.</exception>
    public async Task<Measured> MeasureAsync(QualityMeasurement measurement, string label, CancellationToken cancellation)
        => measurement.Measure == QualityMeasure.Eval
            ? Evaluate(measurement, label)
            : new Measured(await NameAsync(measurement.Parts[0], label, cancellation).ConfigureAwait(false), new Dictionary<string, string>(), null);

    private async Task<IReadOnlyDictionary<string, double>> NameAsync(QualityPart part, string label, CancellationToken cancellation)
    {
        var said = await trainer.RunAsync(["train", "naming", "--model", BundleOf(part), "--data", .. data.Resolve(part.Data)], label, cancellation).ConfigureAwait(false);
        return TrainerProcess.Understood<Dictionary<string, double>>(said).ToDictionary(m => m.Key, m => Rounded(m.Value), StringComparer.Ordinal);
    }

    private Measured Evaluate(QualityMeasurement measurement, string label)
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
                folds.Add(Open(part, bundle, side, ranksByConfidence));
            }

            // Folds of one data set have the same files.
            var unused = folds.SelectMany(f => f.Dataset.Problems.Select(p => (f.Dataset.Root, Problem: p))).Distinct().Select(p => p.Problem).ToList();
            Tell(label, "not used", unused);
            ModelEvaluator evaluator = new(folds[0].Model, decoder, Vocabulary.English, new EvaluationOptions { ChooseThresholds = false, Resamples = 0 });
            var report = evaluator.RunPooled(folds, side, (done, of) =>
            {
                if (done == of || done % ReportEvery == 0)
                {
                    progress.WriteLine($"{label}: {done} of {of} pictures");
                }
            });
            Tell(label, "not measured", report.Problems);
            if (report.Images == 0)
            {
                throw new QualityException($"No picture of '{measurement.Name}' can be measured{(report.Problems.Count > 0 ? $": {Shown(report.Problems)}" : ".")}");
            }

            return new Measured(
                report.Metrics.Where(m => m.Value.IsDefined).ToDictionary(m => m.Key, m => Rounded(m.Value.Value), StringComparer.Ordinal),
                report.Metrics.Where(m => !m.Value.IsDefined).ToDictionary(m => m.Key, m => m.Value.Undefined!, StringComparer.Ordinal),
                new MeasuredPictures(report.Images, unused.Count, report.Problems.Count));
        }
        finally
        {
            folds.ForEach(f => f.Model.Dispose());
        }
    }

    private EvaluationFold Open(QualityPart part, ModelBundle bundle, SplitName? side, bool ranksByConfidence)
    {
        var (dataset, split) = data.Read([part.Data[0]], new DivisionRule { With = part.SplitWith, TestGroups = part.TestGroups })[0];
        BundleModel model = new(SegmenterFactory.Create(bundle, new SegmenterOptions { MaxBatch = 1 }), ranksByConfidence: ranksByConfidence);
        var learned = LearnedSplits.Parse(model.SplitId);
        if (LearnedSplits.IsWhole(learned, split.Id) || (side is not null && !learned.Contains(split.Id, StringComparer.Ordinal)))
        {
            model.Dispose();
            throw new QualityException($"'{part.Training}' was trained by split {model.SplitId}, and {part.Data[0]} is divided here as {split.Id}: what is measured may have been learned.");
        }

        return new EvaluationFold(model, dataset, split);
    }

    private void Tell(string label, string what, IReadOnlyList<FileProblem> problems)
    {
        if (problems.Count > 0)
        {
            progress.WriteLine($"{label}: {what}: {Shown(problems)}");
        }
    }

    /// <summary>The first, and how many more.</summary>
    private static string Shown(IReadOnlyList<FileProblem> problems)
        => $"{problems[0].File}: {problems[0].Reason}{(problems.Count > 1 ? $" (and {problems.Count - 1} more)" : "")}";

    private string BundleOf(QualityPart part) => Path.Combine(folder, part.Training);

    private static double Rounded(double value) => Math.Round(value, SignificantDecimals);
}
