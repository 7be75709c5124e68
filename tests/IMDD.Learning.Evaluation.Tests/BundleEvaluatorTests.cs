using IMDD.Imaging;
using IMDD.Inference;
using IMDD.Inference.Bundles;
using IMDD.Learning.Datasets.Readers;
using IMDD.Learning.Datasets.Splits;
using IMDD.Learning.Datasets.Words;
using IMDD.Learning.Evaluation.Bundles;
using IMDD.Testing;

namespace IMDD.Learning.Evaluation.Tests;

/// <summary>The evaluator on the cold-start bundle and pictures whose defects nobody could miss.</summary>
public sealed class BundleEvaluatorTests
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
        using var segmenter = SegmenterFactory.Create(ModelBundle.Open(Repository.PathOf("edge", "IMDD.Edge.Agent", "bundles", "contrast")), new SegmenterOptions { Threads = 1 });

        var report = new BundleEvaluator(segmenter, new OpenCvImageDecoder(), Vocabulary.English, new EvaluationOptions()).Run(dataset, split, side: null);

        report.Images.ShouldBe(2 * Pictures);
        report.Problems.ShouldBeEmpty();
        Metric(report, "image_auroc").Value.ShouldBe(1);
        Metric(report, "pixel_auroc").Value.ShouldBeGreaterThan(0.9);
        Metric(report, "aupro_30").Value.ShouldBeGreaterThan(0.8);
        Metric(report, "class_accuracy").Undefined.ShouldBe("the bundle has none of the data set's classes");
        report.Intervals["image_auroc"].Low.ShouldBeLessThanOrEqualTo(report.Intervals["image_auroc"].High);
        var html = new HtmlReport(segmenter, new OpenCvImageDecoder()).Render(report);
        html.ShouldContain("pixel_auroc");
        html.Split("data:image/jpeg").Length.ShouldBe(1 + 4 * 2 * Pictures);
    }

    [Fact]
    public void Run_MaskOfAnotherSize_IsReportedAndTheRestIsMeasured()
    {
        using TestDirectory directory = new();
        WriteDataset(directory);
        File.WriteAllBytes(directory.File("part/ground_truth/dent/000_mask.png"), ImageEncoder.EncodeGreyPng(new byte[4], 2, 2));
        var dataset = DatasetReaders.Read("mvtec:" + directory.Path);
        using var segmenter = SegmenterFactory.Create(ModelBundle.Open(Repository.PathOf("edge", "IMDD.Edge.Agent", "bundles", "contrast")), new SegmenterOptions { Threads = 1 });

        var report = new BundleEvaluator(segmenter, new OpenCvImageDecoder(), Vocabulary.English, new EvaluationOptions { Resamples = 0 })
            .Run(dataset, DatasetSplit.Of(dataset.Samples), side: null);

        report.Images.ShouldBe(2 * Pictures - 1);
        report.Problems.ShouldHaveSingleItem().Reason.ShouldContain("2×2");
    }

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
