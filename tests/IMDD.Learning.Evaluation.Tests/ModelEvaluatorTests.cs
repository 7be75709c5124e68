using IMDD.Imaging;
using IMDD.Inference;
using IMDD.Inference.Bundles;
using IMDD.Learning.Datasets.Readers;
using IMDD.Learning.Datasets.Splits;
using IMDD.Learning.Datasets.Words;
using IMDD.Learning.Evaluation.Models;
using IMDD.Learning.Evaluation.Reports;
using IMDD.Testing;

namespace IMDD.Learning.Evaluation.Tests;

/// <summary>The evaluator on the cold-start bundle and pictures whose defects nobody could miss.</summary>
public sealed class ModelEvaluatorTests
{
    private const int Side = 96;
    private const int Pictures = 8;

    [Fact]
    public void Run_ObviousDefects_AreFoundAndReported()
    {
        using TestDirectory directory = new();
        WriteDataset(directory);
        var dataset = DatasetReaders.Read("mvtec:" + directory.Path);
        var split = DatasetSplit.Of(dataset.Samples);
        using var model = Contrast();

        var report = new ModelEvaluator(model, new OpenCvImageDecoder(), Vocabulary.English, new EvaluationOptions()).Run(dataset, split, side: null);

        report.Images.ShouldBe(2 * Pictures);
        report.Problems.ShouldBeEmpty();
        Metric(report, "image_auroc").Value.ShouldBe(1);
        Metric(report, "pixel_auroc").Value.ShouldBeGreaterThan(0.9);
        Metric(report, "aupro_30").Value.ShouldBeGreaterThan(0.8);
        Metric(report, "class_accuracy").Undefined.ShouldBe("the model has none of the data set's classes");
        report.Intervals["image_auroc"].Low.ShouldBeLessThanOrEqualTo(report.Intervals["image_auroc"].High);
        var html = new HtmlReport(model, new OpenCvImageDecoder()).Render(report);
        html.Replace("<wbr>", "", StringComparison.Ordinal).ShouldContain(">pixel_auroc<");
        html.Split("data:image/jpeg").Length.ShouldBe(1 + 4 * 2 * Pictures);
    }

    [Fact]
    public void Run_MaskOfAnotherSize_IsReportedAndTheRestIsMeasured()
    {
        using TestDirectory directory = new();
        WriteDataset(directory);
        File.WriteAllBytes(directory.File("part/ground_truth/dent/000_mask.png"), ImageEncoder.EncodeGreyPng(new byte[4], 2, 2));
        var dataset = DatasetReaders.Read("mvtec:" + directory.Path);
        using var model = Contrast();

        var report = new ModelEvaluator(model, new OpenCvImageDecoder(), Vocabulary.English, new EvaluationOptions { Resamples = 0 })
            .Run(dataset, DatasetSplit.Of(dataset.Samples), side: null);

        report.Images.ShouldBe(2 * Pictures - 1);
        report.Problems.ShouldHaveSingleItem().Reason.ShouldContain("2×2");
    }

    [Fact]
    public void Run_TestSide_IsMeasuredAtTheValidationThreshold()
    {
        using TestDirectory directory = new();
        WriteDataset(directory);
        var dataset = DatasetReaders.Read("mvtec:" + directory.Path);
        using var model = Contrast();

        var split = DatasetSplit.Of(dataset.Samples);

        var report = new ModelEvaluator(model, new OpenCvImageDecoder(), Vocabulary.English, new EvaluationOptions()).Run(dataset, split, SplitName.Test);

        // By definition, picture by picture: the threshold of best F1 on the validation side, applied to the test side.
        var validation = Scores(model, split.Take(dataset.Samples, SplitName.Val));
        var test = Scores(model, split.Take(dataset.Samples, SplitName.Test));
        var threshold = validation.Select(s => s.Score).OrderDescending().MaxBy(t => F1(validation, t));
        report.Side.ShouldBe("test");
        Metric(report, "image_threshold_val").Value.ShouldBe(threshold);
        Metric(report, "image_f1_at_val").Value.ShouldBe(F1(test, threshold), 1e-12);
        Metric(report, "pixel_f1_at_val").Value.ShouldBeInRange(0.5, Metric(report, "pixel_f1_max").Value);
        report.Intervals["false_alarm_rate_at_full_recall"].Low.ShouldBe(0);
        report.Intervals["false_alarm_rate_at_full_recall"].High.ShouldBeInRange(0.5, 1);
    }

    [Fact]
    public void Run_AllSides_ChoosesNoThresholdOnWhatIsMeasured()
    {
        using TestDirectory directory = new();
        WriteDataset(directory);
        var dataset = DatasetReaders.Read("mvtec:" + directory.Path);
        using var model = Contrast();

        var report = new ModelEvaluator(model, new OpenCvImageDecoder(), Vocabulary.English, new EvaluationOptions { Resamples = 0 })
            .Run(dataset, DatasetSplit.Of(dataset.Samples), side: null);

        Metric(report, "image_f1_at_val").Undefined.ShouldNotBeNull().ShouldContain("validation side");
        Metric(report, "iou_pooled_at_val").IsDefined.ShouldBeFalse();
    }

    [Fact]
    public void Run_MorePixelsThanAreRanked_UsesTheHistogramAndSaysHowFarItMayBeOff()
    {
        using TestDirectory directory = new();
        WriteDataset(directory);
        var dataset = DatasetReaders.Read("mvtec:" + directory.Path);
        var split = DatasetSplit.Of(dataset.Samples);
        using var model = Contrast();
        EvaluationOptions options = new() { Resamples = 0 };

        var exact = new ModelEvaluator(model, new OpenCvImageDecoder(), Vocabulary.English, options).Run(dataset, split, side: null);
        var binned = new ModelEvaluator(model, new OpenCvImageDecoder(), Vocabulary.English, options with { MaxExactPixels = 1000 }).Run(dataset, split, side: null);

        exact.Metrics.ShouldNotContain(m => m.Key == "pixel_auroc_error_bound");
        Metric(binned, "pixel_auroc").Value.ShouldBe(Metric(exact, "pixel_auroc").Value, Metric(binned, "pixel_auroc_error_bound").Value);
    }

    private static List<(float Score, bool IsDefective)> Scores(BundleModel model, IReadOnlyList<Datasets.Samples.DatasetSample> samples)
        => [.. samples.Select(s =>
        {
            using var image = new OpenCvImageDecoder().Decode(File.ReadAllBytes(s.ImagePath), new DecodeLimits());
            return (model.Predict(image, null).ImageScore, s.IsAnomalous);
        })];

    private static double F1(List<(float Score, bool IsDefective)> scores, float threshold)
        => 2.0 * scores.Count(s => s.IsDefective && s.Score >= threshold) / (scores.Count(s => s.Score >= threshold) + scores.Count(s => s.IsDefective));

    private static BundleModel Contrast() => new(SegmenterFactory.Create(
        ModelBundle.Open(Repository.PathOf("edge", "IMDD.Edge.Agent", "bundles", "contrast")), new SegmenterOptions { Threads = 1 }));

    private static MetricValue Metric(EvaluationReport report, string key) => report.Metrics.Single(m => m.Key == key).Value;

    private static void WriteDataset(TestDirectory directory)
    {
        foreach (var folder in (string[])["part/train/good", "part/test/dent", "part/ground_truth/dent"])
        {
            Directory.CreateDirectory(directory.File(folder));
        }

        Random random = new(4);
        for (var i = 0; i < Pictures; i++)
        {
            var mask = new byte[Side * Side];
            for (var y = 30; y < 44; y++)
            {
                mask.AsSpan(y * Side + 20 + i, 14).Fill(255);
            }

            File.WriteAllBytes(directory.File($"part/train/good/{i:D3}.png"), Picture(random, []));
            File.WriteAllBytes(directory.File($"part/test/dent/{i:D3}.png"), Picture(random, mask));
            File.WriteAllBytes(directory.File($"part/ground_truth/dent/{i:D3}_mask.png"), ImageEncoder.EncodeGreyPng(mask, Side, Side));
        }
    }

    private static byte[] Picture(Random random, byte[] mask)
    {
        using RgbImage image = new(Side, Side);
        for (var i = 0; i < Side * Side; i++)
        {
            var value = (byte)(110 + random.Next(8) + (mask.Length > 0 && mask[i] > 0 ? 110 : 0));
            image.Pixels.Slice(3 * i, 3).Fill(value);
        }

        return ImageEncoder.EncodePng(image);
    }
}
