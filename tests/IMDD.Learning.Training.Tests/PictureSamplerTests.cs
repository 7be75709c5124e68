using IMDD.Learning.Training.Pictures;

namespace IMDD.Learning.Training.Tests;

public sealed class PictureSamplerTests
{
    [Fact]
    public void Weights_FewOfAClass_DrawnAsOftenAsMany()
    {
        // 40 normal, 30 with a line, 3 with a spot.
        List<TrainingPicture> pictures =
        [
            .. Enumerable.Range(0, 40).Select(i => TrainingPictures.Picture(3 * i)),
            .. Enumerable.Range(0, 30).Select(i => TrainingPictures.Picture(3 * i + 1)),
            .. Enumerable.Range(0, 3).Select(i => TrainingPictures.Picture(3 * i + 2)),
        ];

        var weights = PictureSampler.Weights(pictures);

        weights.Sum().ShouldBe(1, 1e-9);
        weights.Take(40).Sum().ShouldBe(0.3, 1e-9);
        weights.Skip(40).Take(30).Sum().ShouldBe(0.35, 1e-9);
        weights.Skip(70).Sum().ShouldBe(0.35, 1e-9);
    }

    [Fact]
    public void Weights_TwoDataSets_ShareByTheRootOfTheirSize()
    {
        List<TrainingPicture> pictures =
        [
            .. Enumerable.Range(0, 90).Select(TrainingPictures.Picture),
            .. Enumerable.Range(0, 10).Select(i => TrainingPictures.Picture(i) with { Dataset = 1 }),
        ];

        var weights = PictureSampler.Weights(pictures);

        weights.Skip(90).Sum().ShouldBe(Math.Sqrt(10) / (Math.Sqrt(10) + Math.Sqrt(90)), 1e-9);
    }
}
