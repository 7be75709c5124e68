using IMDD.Imaging;
using IMDD.Learning.Datasets.Samples;
using IMDD.Learning.Datasets.Splits;
using IMDD.Learning.Datasets.Words;
using IMDD.Learning.Evaluation.Instances;
using IMDD.Learning.Evaluation.Models;
using IMDD.Learning.Evaluation.Reports;
using IMDD.Testing;

namespace IMDD.Learning.Evaluation.Tests;

/// <summary>Metrics by class on three pictures of 10×10 whose every value can be counted by hand.</summary>
public sealed class ClassMetricsTests : IDisposable
{
    private const int Side = 10;

    private readonly TestDirectory _directory = new();

    [Fact]
    public void Run_NamedMasks_AreCountedByClass()
    {
        // Truth: a scratch of 4×5 at the left, a dent of 2×5 at the right, a good part.
        var scratch = Sample(1, "scratch", Rectangle(0, 0, 4, 5));
        var dent = Sample(2, "dent", Rectangle(5, 0, 2, 5));
        var good = Sample(3, null, []);

        // Found: half of the scratch, rightly named; the dent as a whole, called a scratch; nothing on the good part.
        using ScriptedModel model = new(["scratch", "dent"], new Dictionary<byte, Prediction>
        {
            [1] = Prediction("scratch", 0.9f, 0, 0, 2, 5),
            [2] = Prediction("scratch", 0.8f, 5, 0, 2, 5),
            [3] = new Prediction(0.1f, new float[Side * Side], [], TimeSpan.Zero),
        });

        var report = Run(model, scratch, dent, good);

        // Scratch: 10 shared of 20 true + 20 called − 10; dent: none of 10.
        Metric(report, "miou").ShouldBe((10.0 / 30 + 0) / 2, 1e-12);
        Metric(report, "miou_with_background").ShouldBe((10.0 / 30 + 0 + 270.0 / 280) / 3, 1e-12);
        Metric(report, "miou_binary").ShouldBe((20.0 / 30 + 270.0 / 280) / 2, 1e-12);
        Metric(report, "iou_pooled").ShouldBe(20.0 / 30, 1e-12);
        Metric(report, "iou_class_scratch").ShouldBe(10.0 / 30, 1e-12);
        Metric(report, "iou_class_dent").ShouldBe(0);
        Metric(report, "iou_pooled_scratch").ShouldBe(10.0 / 20, 1e-12);
        Metric(report, "iou_pooled_dent").ShouldBe(1);
        Metric(report, "pixel_precision").ShouldBe(1);
        Metric(report, "pixel_recall").ShouldBe(20.0 / 30, 1e-12);
        Metric(report, "class_accuracy").ShouldBe(0.5);
        Metric(report, "image_accuracy").ShouldBe(1);
        Metric(report, "image_kappa").ShouldBe(1);

        // Truth scratch, dent, normal; called scratch, scratch, normal: 2/3 agree, (1·2 + 1·0 + 1·1)/9 by chance.
        Metric(report, "class_kappa").ShouldBe((2.0 / 3 - 1.0 / 3) / (1 - 1.0 / 3), 1e-12);

        // The half scratch has IoU 0.5 with its truth, as box and as mask; the dent is never called one.
        Metric(report, "ap50").ShouldBe(0.5, 1e-12);
        Metric(report, "mask_ap50").ShouldBe(0.5, 1e-12);
        Metric(report, "mask_ap75").ShouldBe(0);
        Metric(report, "mask_ap50_agnostic").ShouldBe(1, 1e-12);
        Metric(report, "mask_mean_best_iou").ShouldBe(0.75, 1e-12);
        Metric(report, "mean_best_iou").ShouldBe(0.75, 1e-12);
    }

    /// <summary>What nothing is said of is named by the surest of what lies below the threshold, where that is asked; what is said stands.</summary>
    [Fact]
    public void Run_InstancesBelowTheThreshold_NameWhatIsOtherwiseNotNamed()
    {
        using ScriptedModel model = new(["scratch", "dent"], new Dictionary<byte, Prediction>
        {
            [1] = Faint(("dent", 0.2), ("scratch", 0.3)),
            [2] = Said("dent", 0.6, ("scratch", 0.9)),
            [3] = Faint(),
        });

        var report = Run(model, Sample(1, "scratch", Rectangle(0, 0, 4, 5)), Sample(2, "dent", Rectangle(5, 0, 2, 5)), Sample(3, "dent", Rectangle(0, 0, 2, 2)));

        Metric(report, "class_accuracy").ShouldBe(1.0 / 3, 1e-12);
        Metric(report, "class_accuracy_likeliest").ShouldBe(2.0 / 3, 1e-12);

        static Prediction Faint(params (string Class, double Score)[] faint)
            => new(0.1f, new float[Side * Side], [.. faint.Select(f => new PredictedInstance(f.Class, f.Score, new Box(0, 0, 2, 2), null, IsDecisive: false))], TimeSpan.Zero);

        static Prediction Said(string named, double score, params (string Class, double Score)[] faint)
        {
            var below = Faint(faint);
            return below with { Instances = [new PredictedInstance(named, score, new Box(5, 0, 2, 5), null), .. below.Instances] };
        }
    }

    [Fact]
    public void RunPooled_TwoModels_RanksTheirDetectionsTogether()
    {
        // Alone each model's right detection comes first; together the wrong one of the second stands above the right one of the first.
        using ScriptedModel first = new(["scratch"], new Dictionary<byte, Prediction> { [1] = Prediction("scratch", 0.6f, 0, 0, 4, 5) });
        using ScriptedModel second = new(["scratch"], new Dictionary<byte, Prediction>
        {
            [2] = Prediction("scratch", 0.9f, 0, 0, 4, 5),
            [3] = Prediction("scratch", 0.8f, 0, 0, 4, 5),
        });
        Dataset one = new("made", "", [Sample(1, "scratch", Rectangle(0, 0, 4, 5))], []);
        Dataset two = new("made", "", [Sample(2, "scratch", Rectangle(0, 0, 4, 5)), Sample(3, null, [])], []);

        var report = new ModelEvaluator(first, new OpenCvImageDecoder(), Vocabulary.English, new EvaluationOptions { Resamples = 0 }).RunPooled(
            [new EvaluationFold(first, one, DatasetSplit.Of(one.Samples)), new EvaluationFold(second, two, DatasetSplit.Of(two.Samples))], side: null);

        report.Images.ShouldBe(3);

        // Precision 1 up to half of the truth, 2/3 beyond it: 51 recall points of the 101, and 50.
        Metric(report, "ap50").ShouldBe((51 + 50 * 2.0 / 3) / 101, 1e-12);
        Metric(report, "image_auroc").ShouldBe(0.5);
        Value(report, "image_f1_at_val").Undefined.ShouldBe("figures of several models are pooled");
    }

    [Fact]
    public void Run_MaskWithClassNumbers_IsCountedByTheClassOfEachPixel()
    {
        var mask = new byte[Side * Side];
        foreach (var i in Rectangle(0, 0, 3, 10))
        {
            mask[i] = 1;
        }

        foreach (var i in Rectangle(6, 0, 3, 10))
        {
            mask[i] = 2;
        }

        File.WriteAllBytes(_directory.File("classes.png"), ImageEncoder.EncodeGreyPng(mask, Side, Side));
        var sample = Sample(1, null, []) with
        {
            IsAnomalous = true,
            Classes = ["dent", "scratch"],
            Mask = new MaskFile(_directory.File("classes.png"), MaskEncoding.NonZero, ["", "scratch", "dent"]),
        };
        using ScriptedModel model = new(["scratch", "dent"], new Dictionary<byte, Prediction>
        {
            [1] = new(
                1,
                new float[Side * Side],
                [new PredictedInstance("scratch", 0.9, new Box(0, 0, 3, 10), Mask(0, 0, 3, 10)), new PredictedInstance("dent", 0.8, new Box(6, 0, 9, 10), Mask(6, 0, 3, 10))],
                TimeSpan.Zero),
        });

        var report = Run(model, sample);

        Metric(report, "miou").ShouldBe(1);
        Metric(report, "ap50").ShouldBe(1, 1e-12);
        Metric(report, "mask_ap").ShouldBe(1, 1e-12);
    }

    [Fact]
    public void Run_OutlineInTwoParts_IsOneDefect()
    {
        var sample = Sample(1, null, []) with
        {
            IsAnomalous = true,
            Classes = ["scratch"],
            Boxes = [new AnnotatedBox("scratch", 0, 0, 10, 3)],
            Polygons = [new AnnotatedPolygon("scratch", [0, 0, 2, 0, 2, 2, 0, 2], 1), new AnnotatedPolygon("scratch", [7, 0, 9, 0, 9, 2, 7, 2], 1)],
        };
        var cells = new bool[30];
        foreach (var i in Rectangle(0, 0, 3, 3).Concat(Rectangle(7, 0, 3, 3)))
        {
            cells[i] = true;
        }

        using ScriptedModel model = new(["scratch"], new Dictionary<byte, Prediction>
        {
            [1] = new(1, new float[Side * Side], [new PredictedInstance("scratch", 0.9, new Box(0, 0, 10, 3), new InstanceMask(0, 0, 10, 3, cells))], TimeSpan.Zero),
        });

        var report = Run(model, sample);

        Metric(report, "mask_ap").ShouldBe(1, 1e-12);
        Metric(report, "ap").ShouldBe(1, 1e-12);
    }

    /// <summary>As it is learned: a dent within a scratch is a dent, whichever was outlined first.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Run_OutlineWithinALargerOne_IsNotHidden(bool smallFirst)
    {
        List<AnnotatedPolygon> outlines = [new("scratch", [0, 0, 0, 9, 9, 9, 9, 0]), new("dent", [2, 2, 4, 2, 4, 4, 2, 4])];
        if (smallFirst)
        {
            outlines.Reverse();
        }

        var around = Enumerable.Repeat(true, Side * Side).ToArray();
        foreach (var i in Rectangle(2, 2, 3, 3))
        {
            around[i] = false;
        }

        using ScriptedModel model = new(["scratch", "dent"], new Dictionary<byte, Prediction>
        {
            [1] = new(
                1,
                new float[Side * Side],
                [new PredictedInstance("scratch", 0.9, new Box(0, 0, 10, 10), new InstanceMask(0, 0, 10, 10, around)), new PredictedInstance("dent", 0.8, new Box(2, 2, 5, 5), Mask(2, 2, 3, 3))],
                TimeSpan.Zero),
        });

        var report = Run(model, Sample(1, null, []) with { IsAnomalous = true, Classes = ["dent", "scratch"], Polygons = outlines });

        Metric(report, "iou_class_dent").ShouldBe(1);
        Metric(report, "iou_class_scratch").ShouldBe(1);
    }

    [Fact]
    public void Run_BoxesOnly_LeaveMasksAndPixelsUndefinedWithAReason()
    {
        using ScriptedModel model = new(["scratch"], new Dictionary<byte, Prediction>
        {
            [1] = new(0.9f, null, [new PredictedInstance("scratch", 0.9, new Box(0, 0, 4, 5), null)], TimeSpan.Zero),
        });

        var report = Run(model, Sample(1, "scratch", Rectangle(0, 0, 4, 5)));

        Metric(report, "ap").ShouldBe(1, 1e-12);
        Value(report, "pixel_auroc").Undefined.ShouldBe("the model gives no score per pixel");
        Value(report, "mask_ap50").Undefined.ShouldBe("the model gives boxes only");
        Value(report, "image_auroc").Undefined.ShouldBe("no negative sample");
    }

    public void Dispose() => _directory.Dispose();

    private static EvaluationReport Run(ScriptedModel model, params DatasetSample[] samples)
        => new ModelEvaluator(model, new OpenCvImageDecoder(), Vocabulary.English, new EvaluationOptions { Resamples = 0 })
            .Run(new Dataset("scripted", "", samples, []), DatasetSplit.Of(samples), side: null);

    private static MetricValue Value(EvaluationReport report, string key) => report.Metrics.Single(m => m.Key == key).Value;

    private static double Metric(EvaluationReport report, string key) => Value(report, key).Value;

    private static int[] Rectangle(int x, int y, int width, int height)
        => [.. from row in Enumerable.Range(y, height) from column in Enumerable.Range(x, width) select row * Side + column];

    private static InstanceMask Mask(int x, int y, int width, int height) => new(x, y, width, height, Enumerable.Repeat(true, width * height).ToArray());

    private static Prediction Prediction(string name, float score, int x, int y, int width, int height)
    {
        var scores = new float[Side * Side];
        foreach (var i in Rectangle(x, y, width, height))
        {
            scores[i] = score;
        }

        return new Prediction(score, scores, [new PredictedInstance(name, score, new Box(x, y, x + width, y + height), Mask(x, y, width, height))], TimeSpan.Zero);
    }

    private DatasetSample Sample(byte number, string? className, int[] defective)
    {
        using RgbImage image = new(Side, Side);
        image.Pixels.Fill(number);
        var path = _directory.File($"{number}.png");
        File.WriteAllBytes(path, ImageEncoder.EncodePng(image));
        var mask = new byte[Side * Side];
        Array.ForEach(defective, i => mask[i] = 255);
        File.WriteAllBytes(_directory.File($"{number}_mask.png"), ImageEncoder.EncodeGreyPng(mask, Side, Side));
        return new DatasetSample
        {
            Id = $"{number}.png",
            ImagePath = path,
            IsAnomalous = className is not null,
            Classes = className is null ? [] : [className],
            Mask = className is null ? null : new MaskFile(_directory.File($"{number}_mask.png"), MaskEncoding.NonZero),
            Group = $"{number}",
        };
    }
}
