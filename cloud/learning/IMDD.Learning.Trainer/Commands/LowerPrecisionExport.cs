using System.Text.Json;
using IMDD.Imaging;
using IMDD.Inference;
using IMDD.Inference.Bundles;
using IMDD.Learning.Datasets.Samples;
using IMDD.Learning.Datasets.Splits;
using IMDD.Learning.Datasets.Words;
using IMDD.Learning.Evaluation.Models;
using IMDD.Learning.Evaluation.Reports;
using IMDD.Learning.Networks;
using IMDD.Learning.Onnx.Parity;
using IMDD.Learning.Onnx.Precision;
using IMDD.Learning.Onnx.Quantization;
using IMDD.Learning.Training;
using IMDD.Learning.Training.Models;
using IMDD.Learning.Training.Pictures;
using IMDD.Learning.Training.Runs;

namespace IMDD.Learning.Trainer.Commands;

/// <summary>Exports a trained model in eight or sixteen bits and lets the bundle through only if it is worth what the model is.</summary>
/// <param name="Precision">Eight or sixteen.</param>
/// <param name="Data"><c>KEY:PATH</c>: ranges are of its training side, and worth is measured on its validation side.</param>
internal sealed record LowerPrecisionExport(LowerPrecision Precision, string Data)
{
    // Ranges settle with some tens of pictures; more only take time.
    private const int CalibrationPictures = 128;

    /// <summary>Weights of 7 bits, for processors whose sums of two products of 8 bits overflow.</summary>
    public bool ReduceRange { get; init; }

    /// <summary>What runs the bundle while it is measured; one of <see cref="ExecutionProviders"/>.</summary>
    public string ExecutionProvider { get; init; } = ExecutionProviders.Cpu;

    /// <summary>Exports in several ways, measures each on the data's validation side, and leaves the first bundle that lost little.</summary>
    /// <returns>The last bundle's digest, and what model and bundle are worth.</returns>
    /// <exception cref="TrainingException">The folder is taken, or the data has no side that can be measured.</exception>
    /// <exception cref="SegmenterException">The execution provider is not there, or does not run it.</exception>
    public (string Digest, TaskReport Report) Run(EdgeModel model, IReadOnlyList<TrainingPicture> probes, string folder, DateTimeOffset createdAt, JsonElement? reference)
    {
        if (Directory.Exists(folder))
        {
            throw new TrainingException($"--out is {folder}, which exists: expected a new folder.");
        }

        OpenCvImageDecoder decoder = new();
        var (dataset, split) = new DatasetDivider(decoder).Read([Data], DivisionRule.Default)[0];
        using BundleModel full = new(new TorchSegmenter(model));
        var worth = Measure(full, decoder, dataset, split);
        if (worth is { Aupro: null, Iou: null })
        {
            throw new TrainingException($"The validation side of {Data} has no defects with masks: expected some, to measure what fewer bits cost.");
        }

        var unfinished = folder + ".partial";
        try
        {
            (string Digest, TaskReport Report) last = default;
            foreach (var write in Precision == LowerPrecision.Int8 ? Int8Ways() : Float16Ways())
            {
                var digest = write();
                using BundleModel lowered = new(SegmenterFactory.Create(ModelBundle.Open(unfinished), new SegmenterOptions { MaxBatch = 1, ExecutionProvider = ExecutionProvider }));
                last = (digest, new TaskReport(worth, Measure(lowered, decoder, dataset, split), TaskGate.MaxDropPoints));
                if (last.Report.Passed)
                {
                    Directory.Move(unfinished, folder);
                    break;
                }
            }

            return last;
        }
        finally
        {
            if (Directory.Exists(unfinished))
            {
                Directory.Delete(unfinished, recursive: true);
            }
        }

        // From the fastest on: what the finest map is made of takes a tenth of the time, and is what the thresholds were set on.
        IEnumerable<Func<string>> Int8Ways()
        {
            var calibration = CalibrationOf(Data);
            Int8Options[] ways = [new(), new() { Method = CalibrationMethod.MinMax }, new() { Method = CalibrationMethod.MinMax, KeepNames = [FinestMap()] }];
            return ways.Select(way => (Func<string>)(() => EdgeBundle.WriteInt8(model, calibration, way with { ReduceRange = ReduceRange }, probes, unfinished, createdAt, reference)));
        }

        IEnumerable<Func<string>> Float16Ways()
        {
            Float16Options[] ways = [new(), new() { KeepNames = [FinestMap()] }];
            return ways.Select(way => (Func<string>)(() => EdgeBundle.WriteFloat16(model, way, probes, unfinished, createdAt, reference)));
        }

        string FinestMap() => EdgeSegmenter.NetworkPath + model.Network.FinestPath;
    }

    private static List<TrainingPicture> CalibrationOf(string data)
    {
        var train = TrainingDataReader.Read([data], shots: null, seed: 0, normalOnly: false).Train;
        var step = Math.Max(1, (train.Count + CalibrationPictures - 1) / CalibrationPictures);
        return [.. train.OrderBy(picture => picture.Id, StringComparer.Ordinal).Where((_, index) => index % step == 0)];
    }

    private static TaskScores Measure(BundleModel model, OpenCvImageDecoder decoder, Dataset dataset, DatasetSplit split)
    {
        ModelEvaluator evaluator = new(model, decoder, Vocabulary.English, new EvaluationOptions { Resamples = 0 });
        var metrics = evaluator.Run(dataset, split, SplitName.Val).Metrics.Where(metric => metric.Value.IsDefined)
            .ToDictionary(metric => metric.Key, metric => (double?)metric.Value.Value, StringComparer.Ordinal);
        return new TaskScores(metrics.GetValueOrDefault("aupro_30"), metrics.GetValueOrDefault("iou_pooled"));
    }
}
