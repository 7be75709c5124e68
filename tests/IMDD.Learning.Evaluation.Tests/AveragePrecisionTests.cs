using IMDD.Learning.Evaluation.Instances;

namespace IMDD.Learning.Evaluation.Tests;

public sealed class AveragePrecisionTests
{
    [Fact]
    public void WorkedVector_Boxes_MatchPublishedValues()
    {
        Box[][] truths = [[new(10, 10, 30, 30), new(50, 50, 70, 80)], [new(5, 5, 25, 15)]];
        (int Image, double Score, Box Box)[] detections =
        [
            (0, .9, new(12, 10, 32, 30)), (0, .85, new(100, 100, 120, 120)), (0, .8, new(50, 52, 70, 84)),
            (1, .7, new(5, 5, 19, 15)), (1, .5, new(5, 6, 25, 16)), (0, .4, new(11, 11, 29, 29)),
        ];
        var precision = new AveragePrecision();
        for (var image = 0; image < truths.Length; image++)
        {
            var boxes = truths[image];
            precision.Add(image, "defect", boxes.Length, [.. detections.Where(d => d.Image == image)
                .Select(d => (d.Score, (IReadOnlyList<double>)[.. boxes.Select(b => b.Iou(d.Box))]))]);
        }

        precision.At(0.5).Value.ShouldBe(0.8341584158, 1e-10);
        precision.At(0.75).Value.ShouldBe(0.7564356436, 1e-10);
        precision.Coco().Value.ShouldBe(0.5605940594, 1e-10);
        precision.MeanBestIou().Value.ShouldBe((0.8181818182 + 0.8235294118 + 0.8181818182) / 3, 1e-9);
    }

    [Fact]
    public void At_NoTrueInstance_IsUndefined()
    {
        var precision = new AveragePrecision();
        precision.Add(0, "scratch", 0, [(0.9, [])]);

        precision.At(0.5).Undefined.ShouldBe("no true instance");
    }

    [Fact]
    public void At_DuplicateDetections_CountOnceEach()
    {
        var precision = new AveragePrecision();
        precision.Add(0, "scratch", 1, [(0.9, [1.0]), (0.8, [1.0])]);
        precision.Add(1, "scratch", 1, []);

        // Half of the recall points have precision 1, the rest 0.
        precision.At(0.5).Value.ShouldBe(51.0 / 101, 1e-12);
    }

    [Fact]
    public void Add_ImageTwice_IsRefused()
    {
        var precision = new AveragePrecision();
        precision.Add(0, "scratch", 0, []);

        Should.Throw<ArgumentException>(() => precision.Add(0, "scratch", 0, [])).Message.ShouldContain("twice");
    }
}
