using System.Text.Json;
using IMDD.Learning.Evaluation.Distributions;
using IMDD.Learning.Evaluation.Images;
using IMDD.Learning.Evaluation.Pixels;
using IMDD.Learning.Evaluation.Ranking;
using IMDD.Testing;

namespace IMDD.Learning.Evaluation.Tests;

public sealed class MetricsGoldenTests
{
    private const double Absolute = 1e-9;
    private const double FrechetRelative = 1e-6;

    public static TheoryData<string> Files => [.. GoldenFolder.Files("metrics*.safetensors")];

    [Theory]
    [MemberData(nameof(Files))]
    public void Metrics_ReferenceTensors_Match(string name)
    {
        var path = GoldenFolder.Find(name, out var reason);
        Assert.SkipWhen(path is null, reason);
        var file = new SafetensorsFile(path!);
        var expected = JsonDocument.Parse(file.Metadata("expected")).RootElement;
        var shape = file.Shape("maps");
        int images = shape[0], height = shape[1], width = shape[2];
        var maps = Array.ConvertAll(file.Doubles("maps"), v => (float)v);
        var masks = Array.ConvertAll(file.Doubles("masks"), v => v != 0);

        var pixels = new PixelScores();
        var imageScores = new ScoreCollector();
        var at = new SegmentationScores(0.3f);
        for (var i = 0; i < images; i++)
        {
            var map = maps.AsSpan(i * width * height, width * height);
            var mask = masks.AsSpan(i * width * height, width * height);
            pixels.Add(map, mask, width, height);
            at.Add(map, mask);
            var max = float.MinValue;
            foreach (var score in map)
            {
                max = Math.Max(max, score);
            }

            imageScores.Add(max, mask.Contains(true));
        }

        Check(expected, "pixel_auroc", pixels.Auroc());
        Check(expected, "pixel_average_precision", pixels.AveragePrecision());
        Check(expected, "image_auroc", imageScores.Rank().Auroc());
        Check(expected, "aupro_30", pixels.Aupro(0.3));
        Check(expected, "aupro_5", pixels.Aupro(0.05));
        pixels.Regions.ShouldBe(expected.GetProperty("regions").GetInt32());
        var thresholded = expected.GetProperty("at_0_3");
        Check(thresholded, "accuracy", at.Pooled.Accuracy);
        Check(thresholded, "precision", at.Pooled.Precision);
        Check(thresholded, "recall", at.Pooled.Recall);
        Check(thresholded, "f1", at.Pooled.Dice);
        Check(thresholded, "dice", at.Pooled.Dice);
        Check(thresholded, "iou", at.Pooled.Iou);

        var raterA = file.Doubles("rater_a");
        var raterB = file.Doubles("rater_b");
        var matrix = new ConfusionMatrix((int)Math.Max(raterA.Max(), raterB.Max()) + 1);
        for (var i = 0; i < raterA.Length; i++)
        {
            matrix.Add((int)raterA[i], (int)raterB[i]);
        }

        Check(expected, "cohen_kappa", matrix.Kappa());
        var frechet = FrechetDistance.Of(Statistics(file, "features_real"), Statistics(file, "features_generated"));
        var frechetExpected = expected.GetProperty("frechet_distance").GetDouble();
        frechet.Value.ShouldBe(frechetExpected, FrechetRelative * Math.Abs(frechetExpected));
        InceptionScore.Of(Rows(file, "class_probabilities")).Mean.ShouldBe(expected.GetProperty("inception_score_1_split").GetDouble(), Absolute);
    }

    private static void Check(JsonElement expected, string key, MetricValue actual)
        => actual.Value.ShouldBe(expected.GetProperty(key).GetDouble(), Absolute, key);

    private static FeatureStatistics Statistics(SafetensorsFile file, string name)
    {
        var rows = Rows(file, name);
        var statistics = new FeatureStatistics(rows[0].Length);
        foreach (var row in rows)
        {
            statistics.Add(row);
        }

        return statistics;
    }

    private static double[][] Rows(SafetensorsFile file, string name)
    {
        var width = file.Shape(name)[1];
        return [.. file.Doubles(name).Chunk(width)];
    }
}
